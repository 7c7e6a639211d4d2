/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static s2n.tls.S2NConstants.*;

import org.junit.After;
import org.junit.Before;
import org.junit.Test;

/**
 * Whatever a program does wrong is an error with a name, and the process lives. Wrong types and wrong numbers of
 * arguments do not get past Java's compiler.
 */
public class BadInputTest extends Support {
    private Connection conn;
    private Config config;
    private CertChain chain;
    private Psk psk;

    @Before
    public final void make() {
        conn = new Connection(S2N_CLIENT);
        config = new Config();
        chain = new CertChain();
        psk = new Psk();
    }

    @After
    public final void usableAfterwards() {
        assertFalse(conn.isClosed() || config.isClosed() || chain.isClosed() || psk.isClosed());
        conn.setServerName("localhost");
        psk.setIdentity(ALL);
        assertEquals(S2N_CLIENT, conn.getMode());
        conn.close();
        config.close();
        chain.close();
        psk.close();
    }

    @Test
    public void nulls() {
        fails("S2N_SCRIPT_NULL", () -> conn.setConfig(null));
        fails("S2N_SCRIPT_NULL", () -> conn.appendPsk(null));
        fails("S2N_SCRIPT_NULL", () -> config.addCertChainAndKeyToStore(null));
        fails("S2N_ERR_NULL", () -> conn.setServerName(null));
        fails("S2N_ERR_NULL", () -> conn.setSession(null));
        fails("S2N_ERR_NULL", () -> psk.setIdentity(null));
    }

    @Test
    public void numbers() {
        fails("S2N_SCRIPT_RANGE", () -> conn.setFd(1L << 31));
        fails("S2N_SCRIPT_RANGE", () -> conn.setFd(Long.MAX_VALUE));
        fails("S2N_SCRIPT_RANGE", () -> conn.setFd(Long.MIN_VALUE));
        fails("S2N_SCRIPT_RANGE", () -> config.setMaxCertChainDepth(65536));
        fails("S2N_SCRIPT_RANGE", () -> config.setMaxCertChainDepth(-1));
        fails("S2N_SCRIPT_RANGE", () -> config.setSessionStateLifetime(-1));
        fails("S2N_SCRIPT_RANGE", () -> conn.recv(0));
        fails("S2N_SCRIPT_RANGE", () -> conn.recv(-1));
        fails("S2N_SCRIPT_RANGE", () -> conn.setBlinding(2));
        fails("S2N_SCRIPT_RANGE", () -> new Connection(2));
    }

    @Test
    public void text() {
        fails("S2N_SCRIPT_NUL", () -> conn.setServerName("local\0host"));
        fails("S2N_SCRIPT_NUL", () -> config.addPemToTrustStore("a\0b"));
        fails("S2N_SCRIPT_WRONG_TYPE", () -> conn.setServerName("half\ud800"));
        fails("S2N_ERR_SERVER_NAME_TOO_LONG", () -> conn.setServerName("x".repeat(1 << 20)));
        fails("S2N_ERR_INVALID_SECURITY_POLICY", () -> conn.setCipherPreferences("\ud83d\ude00"));
    }

    @Test
    public void sizes() {
        fails("S2N_SCRIPT_RANGE", () -> psk.setIdentity(new byte[70_000]));
        fails("S2N_SCRIPT_RANGE", () -> config.appendProtocolPreference(new byte[256]));
        fails("S2N_ERR_INVALID_SERIALIZED_CONNECTION", () -> conn.deserialize(new byte[8 << 20]));
    }

    @Test
    public void whatTheLibrarySays() {
        S2NException bad =
                fails("S2N_ERR_INVALID_SERIALIZED_CONNECTION", () -> conn.deserialize(filled(100_000, 0xff)));
        assertEquals("USAGE", bad.getType());
        assertTrue(bad instanceof S2NException.Usage);
        assertTrue(bad.getCode() > 0);
        assertEquals(-1, bad.getAlert());
        assertEquals(0, bad.getErrno());
        assertFalse(bad.getSource().isEmpty());
        fails("S2N_ERR_INVALID_SERIALIZED_SESSION_STATE", () -> conn.setSession(filled(100, 0xff)));
        fails("S2N_ERR_INVALID_SECURITY_POLICY", () -> config.setCipherPreferences("nonsense"));
        assertTrue(error(() -> chain.loadPemBytes(bytes("garbage"), new byte[10])).getName().startsWith("S2N_ERR_"));
        assertTrue(error(() -> config.addPemToTrustStore("garbage")).getName().startsWith("S2N_ERR_"));
        assertTrue(error(() -> chain.getDer(0)).getName().startsWith("S2N_ERR_"));
    }

    @Test
    public void wrongOrder() {
        fails("S2N_SCRIPT_STATE", conn::take);
        fails("S2N_SCRIPT_STATE", () -> conn.feed(ALL));
        fails("S2N_ERR_INVALID_STATE", conn::serialize);
        try (Config base = baseConfig("default_tls13"); Connection early = connection(S2N_CLIENT, base);
                Connection server = new Connection(S2N_SERVER)) {
            fails("S2N_ERR_HANDSHAKE_NOT_COMPLETE", early::serialize);
            fails("S2N_ERR_SERVER_MODE", () -> server.setSession(ALL));
        }
        fails("S2N_SCRIPT_STATE", conn::acceptEarlyData);
        conn.useMemory();
        fails("S2N_SCRIPT_STATE", conn::useMemory);
        conn.feedEof();
        fails("S2N_SCRIPT_STATE", () -> conn.feed(ALL));
        conn.setConfig(config);
        fails("S2N_SCRIPT_IN_USE", () -> config.setMaxCertChainDepth(3));
    }

    @Test
    public void garbageFromTheWire() {
        Connection client = connection(S2N_CLIENT, clientConfig("default_tls13"));
        assertEquals(S2N_BLOCKED_ON_READ, client.negotiate());
        assertEquals(S2N_BLOCKED_ON_READ, client.blocked());
        client.feed(filled(256, 0xfe));
        assertEquals("PROTO", error(client::negotiate).getType());
        error(client::negotiate);
    }

    @Test
    public void untrusted() {
        Pair ends = new Pair(baseConfig("default_tls13"), serverConfig("default_tls13"));
        S2NException error = error(ends::shake);
        assertEquals("S2N_ERR_CERT_UNTRUSTED", error.getName());
        assertTrue(error instanceof S2NException.Proto);
    }

    @Test
    public void endsOfStreams() {
        Pair ends = connected();
        assertNull(ends.client.recv(10));
        ends.server.shutdownSend();
        ends.pump();
        assertEquals(0, ends.client.recv(10).length);
        assertEquals(S2N_NOT_BLOCKED, ends.client.blocked());
        Pair cut = connected();
        cut.client.feedEof();
        assertTrue(error(() -> cut.client.recv(10)) instanceof S2NException.Closed);
    }
}
