/* SPDX-License-Identifier: Apache-2.0 */
import static s2n.tls.S2NConstants.*;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import s2n.tls.Config;
import s2n.tls.Connection;

/**
 * Connects, sends a line, prints what comes back; in between the connection is saved and continued by a new object.
 * usage: java -cp s2n-tls.jar EchoClient.java HOST PORT CA.pem [LINE]
 */
final class EchoClient implements AutoCloseable {
    private final Config config = new Config();
    private final Socket socket;
    private Connection conn;

    private EchoClient(String host, int port, String ca) throws IOException {
        socket = new Socket(host, port);
        config.setCipherPreferences("default_tls13");
        config.setSerializationVersion(S2N_SERIALIZED_CONN_V1);
        config.setVerificationCaLocation(ca, null);
        conn = connection();
        conn.setServerName(host);
    }

    /** Java keeps its descriptors to itself, so TLS reads and writes memory, and this program the socket. */
    private Connection connection() {
        Connection made = new Connection(S2N_CLIENT);
        made.setConfig(config);
        made.useMemory();
        return made;
    }

    private void flush() throws IOException {
        socket.getOutputStream().write(conn.take());
    }

    private void fill() throws IOException {
        byte[] buffer = new byte[16384];
        int n = socket.getInputStream().read(buffer);
        if (n < 0) {
            conn.feedEof();
        } else {
            conn.feed(Arrays.copyOf(buffer, n));
        }
    }

    private void handshake() throws IOException {
        while (conn.negotiate() != S2N_NOT_BLOCKED) {
            flush();
            fill();
        }
        flush();
    }

    /** Bytes that were fed belong to the old connection: it has to read them before it is saved. */
    private byte[] saveAndContinue() throws IOException {
        ByteArrayOutputStream early = new ByteArrayOutputStream();
        do {
            byte[] data = conn.recv(4096);
            if (data != null) {
                early.write(data);
            } else if (conn.incoming() > 0) {
                fill();
            }
        } while (conn.incoming() > 0);
        byte[] blob = conn.serialize();
        conn.close();
        conn = connection();
        conn.deserialize(blob);
        return early.toByteArray();
    }

    private void send(byte[] data) throws IOException {
        for (int at = 0; at < data.length; ) {
            at += conn.send(Arrays.copyOfRange(data, at, data.length));
            flush();
        }
    }

    private byte[] receive() throws IOException {
        byte[] data = conn.recv(4096);
        while (data == null) {
            fill();
            data = conn.recv(4096);
        }
        return data;
    }

    @Override
    public void close() throws IOException {
        conn.close();
        config.close();
        socket.close();
    }

    public static void main(String[] args) throws IOException {
        if (args.length < 3) {
            System.err.println("usage: EchoClient HOST PORT CA.pem [LINE]");
            System.exit(2);
        }
        String line = (args.length > 3 ? args[3] : "hello") + "\n";
        try (EchoClient client = new EchoClient(args[0], Integer.parseInt(args[1]), args[2])) {
            client.handshake();
            System.out.println(client.conn.getCipher() + " with " + client.conn.getKeyExchangeGroup());
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            answer.write(client.saveAndContinue());
            client.send(line.getBytes(StandardCharsets.UTF_8));
            while (answer.size() < line.length()) {
                byte[] data = client.receive();
                if (data.length == 0) {
                    throw new EOFException("the server closed the connection");
                }
                answer.write(data);
            }
            System.out.print(answer.toString(StandardCharsets.UTF_8));
            client.conn.shutdownSend();
            client.flush();
        }
    }
}
