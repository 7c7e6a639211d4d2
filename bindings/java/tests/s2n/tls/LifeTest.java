/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static s2n.tls.S2NConstants.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.Test;

/** Lives and deaths of handles, in every order, and very many of them. */
public class LifeTest extends Support {
    private static final int MANY = 100_000;

    /** Of the 300 MiB and more that all of them at once would take. */
    private static final long CAP = 120L << 20;

    @Test
    public void closedTwice() {
        Connection conn = new Connection(S2N_CLIENT);
        Config config = new Config();
        CertChain chain = new CertChain();
        Psk psk = new Psk();
        long live = S2N.liveObjects();
        assertFalse(conn.isClosed() || config.isClosed() || chain.isClosed() || psk.isClosed());
        for (int i = 0; i < 2; i++) {
            conn.close();
            config.close();
            chain.close();
            psk.close();
            assertTrue(conn.isClosed() && config.isClosed() && chain.isClosed() && psk.isClosed());
        }
        assertEquals(live - 4, S2N.liveObjects());
    }

    @Test
    public void whatIsInUseStaysAlive() {
        CertChain chain = chain();
        Config serverConfig = baseConfig("default_tls13");
        serverConfig.addCertChainAndKeyToStore(chain);
        chain.close();
        Config clientConfig = clientConfig("default_tls13");
        Pair ends = new Pair(clientConfig, serverConfig);
        clientConfig.close();
        serverConfig.close();
        fails("S2N_SCRIPT_CLOSED", chain::getLength);
        fails("S2N_SCRIPT_CLOSED", serverConfig::getClientAuthType);
        ends.shake();
        assertArrayEquals(ALL, passOn(ends.client, ends.server, ALL));
    }

    @Test
    public void whatIsInUseStaysAliveThroughCollections() throws InterruptedException {
        Pair ends = new Pair(clientConfig("default_tls13"), serverConfig("default_tls13"));
        for (int i = 0; i < 5; i++) { /* nobody but the connections has the configs */
            System.gc();
            Thread.sleep(5);
        }
        ends.shake();
        assertArrayEquals(ALL, passOn(ends.client, ends.server, ALL));
    }

    @Test
    public void chainsOutliveTheirConnection() throws InterruptedException {
        Pair ends = connected();
        CertChain chosen = ends.server.getSelectedCert();
        CertChain peer = ends.client.getPeerCertChain();
        assertNull("a client without a certificate", ends.client.getSelectedCert());
        byte[] leaf = chosen.getDer(0);
        ends.client.close();
        ends.server.close();
        ends = null;
        System.gc();
        Thread.sleep(5);
        assertEquals(2, peer.getLength());
        assertArrayEquals(leaf, peer.getDer(0));
        assertArrayEquals(leaf, chosen.getDer(0));
    }

    @Test
    public void releasedByHand() {
        Connection conn = new Connection(S2N_CLIENT);
        conn.release();
        conn.release();
        fails("S2N_SCRIPT_CLOSED", conn::negotiate);
        assertTrue(conn.isClosed());
        Connection other = new Connection(S2N_CLIENT);
        fails("S2N_SCRIPT_CLOSED", conn::negotiate);
        S2NJNI.delete_Connection(Connection.getCPtr(conn));
        conn.close();
        assertFalse("the place was taken again, the ticket was not", other.isClosed());
        other.close();
    }

    @Test
    public void forgedTickets() {
        fails("S2N_SCRIPT_NULL", new Connection(0, false)::negotiate);
        try (Config config = new Config(); Connection conn = new Connection(S2N_CLIENT)) {
            for (long forged : new long[] {1, -1, 0x7f0000001000L, Long.MIN_VALUE, Config.getCPtr(config) + 1}) {
                fails("S2N_SCRIPT_CLOSED", new Connection(forged, true)::negotiate);
                fails("S2N_SCRIPT_CLOSED", () -> conn.setConfig(new Config(forged, true)));
            }
            String name = error(new Connection(Config.getCPtr(config), false)::negotiate).getName();
            assertTrue(name, name.equals("S2N_SCRIPT_CLOSED") || name.equals("S2N_SCRIPT_WRONG_TYPE"));
            assertFalse(config.isClosed());
        }
    }

    private static long resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
            }
        }
        throw new AssertionError("no VmRSS");
    }

    private interface Maker {
        void make(int i);
    }

    private static void many(Maker maker) throws IOException {
        for (int i = 0; i < 2000; i++) {
            maker.make(i); /* the heap and the compiler have grown */
        }
        long start = resident();
        long most = start;
        for (int i = 0; i < MANY; i++) {
            maker.make(i);
            if (i % 5000 == 0) {
                most = Math.max(most, resident());
            }
        }
        assertTrue("grown by " + (most - start >> 20) + " MiB", most - start < CAP);
    }

    @Test
    public void manyConnectionsLeftToTheCollector() throws IOException {
        many(i -> new Connection(S2N_SERVER).setConfig(new Config()));
    }

    @Test
    public void manyConnectionsClosed() throws IOException {
        many(i -> {
            try (Connection conn = new Connection(S2N_SERVER); Config config = new Config()) {
                conn.setConfig(config);
            }
        });
    }

    @Test
    public void manyConfigsWithAChain() throws IOException {
        CertChain chain = chain();
        many(i -> new Config().addCertChainAndKeyToStore(chain));
        chain.close();
    }

    @Test
    public void manyChainsAndKeys() throws IOException {
        many(i -> {
            assertFalse(new CertChain().isClosed());
            assertFalse(new Psk().isClosed());
        });
    }
}
