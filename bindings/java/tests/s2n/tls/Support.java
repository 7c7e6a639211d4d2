/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertTrue;
import static org.junit.Assert.fail;
import static s2n.tls.S2NConstants.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

import org.junit.After;
import org.junit.Before;

/** What the tests share: configs, a handshake in memory between two connections, and looking at errors. */
public abstract class Support {
    static final byte[] ALL = allBytes();
    private static final Set<String> TYPES =
            Set.of("IO", "CLOSED", "BLOCKED", "ALERT", "PROTO", "INTERNAL", "USAGE");

    private long before;

    @Before
    public final void count() throws InterruptedException {
        before = collect(0);
    }

    /** Whatever a test leaves behind, the collector finds. */
    @After
    public final void nothingIsLeft() throws InterruptedException {
        assertEquals("objects of the library", before, collect(before));
    }

    /** Collects garbage until no more than this is alive; a Cleaner works in its own time. Returns what is alive. */
    static long collect(long wanted) throws InterruptedException {
        long live = S2N.liveObjects();
        for (int tries = 0; tries < 200 && live > wanted; tries++) {
            System.gc();
            Thread.sleep(5);
            long now = S2N.liveObjects();
            if (wanted == 0 && now == live && tries > 3) {
                break;
            }
            live = now;
        }
        return live;
    }

    interface Code {
        void run() throws Exception;
    }

    /** The S2NException that the code ends with. */
    static S2NException error(Code code) {
        try {
            code.run();
        } catch (S2NException error) {
            assertFalse("a message", error.getMessage().isEmpty());
            assertTrue(error.getType(), TYPES.contains(error.getType()));
            assertTrue(error.toString(), error.toString().contains(error.getName()));
            return error;
        } catch (Exception other) {
            throw new AssertionError("another exception", other);
        }
        fail("no error");
        return null;
    }

    static S2NException fails(String name, Code code) {
        S2NException error = error(code);
        assertEquals(error.getMessage(), name, error.getName());
        return error;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    static byte[] filled(int size, int value) {
        byte[] data = new byte[size];
        Arrays.fill(data, (byte) value);
        return data;
    }

    private static byte[] allBytes() {
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        return all;
    }

    static byte[] pki(String name) {
        try {
            return Files.readAllBytes(Path.of(System.getenv("S2N_TEST_PKI"), name));
        } catch (IOException problem) {
            throw new UncheckedIOException(problem);
        }
    }

    static Config baseConfig(String policy) {
        Config config = new Config();
        config.setCipherPreferences(policy);
        config.setSerializationVersion(S2N_SERIALIZED_CONN_V1);
        config.setMaxBlindingDelay(0);
        return config;
    }

    static CertChain chain() {
        CertChain chain = new CertChain();
        chain.loadPemBytes(pki("server.pem"), pki("server.key"));
        return chain;
    }

    static Config serverConfig(String policy) {
        Config config = baseConfig(policy);
        config.addCertChainAndKeyToStore(chain());
        return config;
    }

    static Config clientConfig(String policy) {
        Config config = baseConfig(policy);
        config.addPemToTrustStore(new String(pki("ca.pem"), StandardCharsets.US_ASCII));
        return config;
    }

    static Connection connection(int mode, Config config) {
        Connection conn = new Connection(mode);
        conn.setConfig(config);
        conn.useMemory();
        if (mode == S2N_CLIENT) {
            conn.setServerName("localhost");
        }
        return conn;
    }

    /** Two connections that talk to each other. */
    static final class Pair {
        final Connection client;
        final Connection server;

        Pair(Config clientConfig, Config serverConfig) {
            client = connection(S2N_CLIENT, clientConfig);
            server = connection(S2N_SERVER, serverConfig);
        }

        Pair(String policy) {
            this(clientConfig(policy), serverConfig(policy));
        }

        void pump() {
            server.feed(client.take());
            client.feed(server.take());
        }

        Pair shake() {
            for (int i = 0; i < 20; i++) {
                int here = client.negotiate();
                int there = server.negotiate();
                pump();
                if (here == S2N_NOT_BLOCKED && there == S2N_NOT_BLOCKED) {
                    return this;
                }
            }
            throw new AssertionError("the handshake does not end");
        }
    }

    static Pair connected() {
        return new Pair("default_tls13").shake();
    }

    /** Sends all of it through memory; what came out at the other end. */
    static byte[] passOn(Connection from, Connection to, byte[] data) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] rest = data;
        while (out.size() < data.length) {
            if (rest.length > 0) {
                rest = Arrays.copyOfRange(rest, from.send(rest), rest.length);
            }
            to.feed(from.take());
            for (byte[] more = to.recv(1 << 20); more != null; more = to.recv(1 << 20)) {
                assertNotNull(more);
                if (more.length == 0) {
                    return out.toByteArray();
                }
                out.write(more, 0, more.length);
            }
        }
        return out.toByteArray();
    }
}
