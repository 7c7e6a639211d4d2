/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static s2n.tls.S2NConstants.*;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.Test;

/** Descriptors, and threads. */
public class TransportTest extends Support {
    /** Two connected sockets, with their descriptors, which Java does not tell: they are the ones that are new. */
    private static final class Sockets implements AutoCloseable {
        final SocketChannel left;
        final SocketChannel right;
        final int leftFd;
        final int rightFd;

        Sockets() throws IOException {
            try (ServerSocketChannel listener = ServerSocketChannel.open()) {
                listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                TreeSet<Integer> before = descriptors();
                left = SocketChannel.open(listener.getLocalAddress());
                leftFd = fresh(before);
                before = descriptors();
                right = listener.accept();
                rightFd = fresh(before);
            }
        }

        private static TreeSet<Integer> descriptors() throws IOException {
            try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
                return all.filter(Sockets::isSocket).map(path -> Integer.valueOf(path.getFileName().toString()))
                        .collect(Collectors.toCollection(TreeSet::new));
            }
        }

        private static boolean isSocket(Path path) {
            try {
                return Files.readSymbolicLink(path).toString().startsWith("socket:");
            } catch (IOException gone) {
                return false;
            }
        }

        private static int fresh(TreeSet<Integer> before) throws IOException {
            TreeSet<Integer> now = descriptors();
            now.removeAll(before);
            assertEquals("one new socket", 1, now.size());
            return now.first();
        }

        @Override
        public void close() throws IOException {
            left.close();
            right.close();
        }
    }

    private static Connection over(int fd, int mode, Config config) {
        Connection conn = new Connection(mode);
        conn.setConfig(config);
        conn.setFd(fd);
        if (mode == S2N_CLIENT) {
            conn.setServerName("localhost");
        }
        return conn;
    }

    private static void negotiate(Connection conn) {
        while (conn.negotiate() != S2N_NOT_BLOCKED) {
            Thread.onSpinWait();
        }
    }

    private static void sendAll(Connection conn, byte[] data) {
        byte[] rest = data;
        while (rest.length > 0) {
            rest = Arrays.copyOfRange(rest, conn.send(rest), rest.length);
        }
    }

    private static byte[] receive(Connection conn, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        while (out.size() < size) {
            byte[] more = conn.recv(size - out.size());
            if (more != null && more.length == 0) {
                break;
            }
            if (more != null) {
                out.write(more, 0, more.length);
            }
        }
        return out.toByteArray();
    }

    @Test
    public void noSuchDescriptor() {
        Connection client = over(999_999, S2N_CLIENT, clientConfig("default_tls13"));
        S2NException error = error(client::negotiate);
        assertTrue(error instanceof S2NException.Io);
        assertTrue(error.getErrno() > 0);
    }

    @Test
    public void thePeerIsGone() throws IOException {
        try (Sockets sockets = new Sockets()) {
            Connection client = over(sockets.leftFd, S2N_CLIENT, clientConfig("default_tls13"));
            sockets.right.close();
            error(() -> negotiate(client));
        }
    }

    /** One thread receives while another one sends, at both ends. */
    @Test
    public void bothDirectionsAtOnce() throws Exception {
        byte[] data = new byte[1 << 20];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) (i * 31 + i / 257);
        }
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Sockets sockets = new Sockets()) {
            Connection client = over(sockets.leftFd, S2N_CLIENT, clientConfig("default_tls13"));
            Connection server = over(sockets.rightFd, S2N_SERVER, serverConfig("default_tls13"));
            Future<?> other = threads.submit(() -> negotiate(server));
            negotiate(client);
            other.get(60, TimeUnit.SECONDS);
            threads.submit(() -> sendAll(client, data));
            threads.submit(() -> sendAll(server, data));
            Future<byte[]> there = threads.submit(() -> receive(server, data.length));
            Future<byte[]> here = threads.submit(() -> receive(client, data.length));
            assertArrayEquals(data, there.get(60, TimeUnit.SECONDS));
            assertArrayEquals(data, here.get(60, TimeUnit.SECONDS));
        } finally {
            threads.shutdown();
            assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        }
    }

    /** Threads use one connection while another one closes it: an error in the worst case, never a dead process. */
    @Test
    public void closedByAnotherThread() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        AtomicInteger errors = new AtomicInteger();
        for (int round = 0; round < 200; round++) {
            Connection conn = connection(S2N_CLIENT, baseConfig("default_tls13"));
            Runnable use = () -> {
                try {
                    for (int i = 0; i < 20; i++) {
                        conn.negotiate();
                        conn.getCipher();
                    }
                } catch (S2NException error) {
                    assertEquals("S2N_SCRIPT_CLOSED", error.getName());
                    errors.incrementAndGet();
                }
            };
            Future<?> one = threads.submit(use);
            Future<?> two = threads.submit(use);
            threads.submit(conn::close).get(60, TimeUnit.SECONDS);
            one.get(60, TimeUnit.SECONDS);
            two.get(60, TimeUnit.SECONDS);
            fails("S2N_SCRIPT_CLOSED", conn::negotiate);
        }
        threads.shutdown();
        assertTrue(threads.awaitTermination(60, TimeUnit.SECONDS));
        assertTrue("some were interrupted", errors.get() > 0);
    }
}
