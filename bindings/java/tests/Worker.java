/* SPDX-License-Identifier: Apache-2.0 */
import static s2n.tls.S2NConstants.*;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

import s2n.tls.CertChain;
import s2n.tls.Config;
import s2n.tls.Connection;
import s2n.tls.S2NException;

/** The round trip's worker: bindings/tests/PROTOCOL.md. usage: java -cp s2n-tls.jar Worker.java FD */
final class Worker {
    private static final Set<String> NEEDS_CONNECTION = Set.of("SEND", "RECV", "SERIALIZE", "INFO", "SHUTDOWN");

    private int fd;
    private Connection conn;

    private Worker(int fd) {
        this.fd = fd;
    }

    public static void main(String[] args) throws IOException {
        Worker worker = new Worker(Integer.parseInt(args[args.length - 1]));
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, "US-ASCII");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            out.print(worker.answer(line.split(" ")) + "\n");
            out.flush();
            if (line.equals("QUIT")) {
                break;
            }
        }
    }

    private String answer(String[] words) {
        try {
            if (conn == null && NEEDS_CONNECTION.contains(words[0])) {
                return "error S2N_SCRIPT_STATE no connection";
            }
            String value = run(words);
            return value == null ? "ok" : "ok " + value;
        } catch (S2NException error) {
            return "error " + error.getName() + " " + error.getMessage();
        } catch (IOException | RuntimeException error) {
            return "error JAVA " + error.toString().replace('\n', ' ');
        }
    }

    private String run(String[] words) throws IOException {
        switch (words[0]) {
            case "HANDSHAKE":
                handshake(words[1].equals("server"), words[2], words[3], words[4]);
                return null;
            case "DESERIALIZE":
                conn = connection(words[1].equals("server"), config("default_tls13"));
                conn.deserialize(fromHex(words[2]));
                return null;
            case "SOCKET":
                drop();
                fd = Integer.parseInt(words[1]);
                return null;
            case "BAD":
                bad(words[1]);
                return null;
            case "CLOSE":
                drop();
                return null;
            case "QUIT":
                return null;
            default:
                return runConnected(words);
        }
    }

    private String runConnected(String[] words) {
        switch (words[0]) {
            case "SEND":
                send(fromHex(words[1]));
                return null;
            case "RECV":
                return toHex(receive(Integer.parseInt(words[1])));
            case "SERIALIZE":
                byte[] blob = conn.serialize();
                drop();
                return toHex(blob);
            case "INFO":
                return conn.getActualProtocolVersion() + " " + conn.getCipher();
            case "SHUTDOWN":
                conn.shutdownSend();
                return null;
            default:
                throw new IllegalArgumentException(words[0]);
        }
    }

    private static Config config(String policy) {
        Config config = new Config();
        config.setCipherPreferences(policy);
        config.setSerializationVersion(S2N_SERIALIZED_CONN_V1);
        config.setMaxBlindingDelay(0);
        return config;
    }

    private Connection connection(boolean server, Config config) {
        Connection made = new Connection(server ? S2N_SERVER : S2N_CLIENT);
        made.setConfig(config);
        made.setFd(fd);
        return made;
    }

    private void handshake(boolean server, String policy, String cert, String key) throws IOException {
        Config config = config(policy);
        if (server) {
            CertChain chain = new CertChain();
            chain.loadPemBytes(Files.readAllBytes(Path.of(cert)), Files.readAllBytes(Path.of(key)));
            config.addCertChainAndKeyToStore(chain);
        } else {
            config.addPemToTrustStore(Files.readString(Path.of(cert)));
        }
        conn = connection(server, config);
        if (!server) {
            conn.setServerName("localhost");
        }
        while (conn.negotiate() != S2N_NOT_BLOCKED) {
            continue;
        }
    }

    private void send(byte[] data) {
        byte[] rest = data;
        while (rest.length > 0) {
            rest = Arrays.copyOfRange(rest, conn.send(rest), rest.length);
        }
    }

    private byte[] receive(int size) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        while (data.size() < size) {
            byte[] more = conn.recv(size - data.size());
            if (more == null) {
                continue;
            }
            if (more.length == 0) {
                break;
            }
            data.write(more, 0, more.length);
        }
        return data.toByteArray();
    }

    private void drop() {
        if (conn != null) {
            conn.close();
            conn = null;
        }
    }

    private static void bad(String what) {
        Connection victim = new Connection(S2N_CLIENT);
        if (what.equals("closed")) {
            victim.close();
            victim.serialize();
        } else {
            byte[] blob = new byte[40];
            Arrays.fill(blob, (byte) 0xff);
            victim.deserialize(blob);
        }
    }

    private static String toHex(byte[] data) {
        StringBuilder text = new StringBuilder(data.length == 0 ? "-" : "");
        for (byte b : data) {
            text.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
        }
        return text.toString();
    }

    private static byte[] fromHex(String text) {
        byte[] data = new byte[text.equals("-") ? 0 : text.length() / 2];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) Integer.parseInt(text.substring(2 * i, 2 * i + 2), 16);
        }
        return data;
    }
}
