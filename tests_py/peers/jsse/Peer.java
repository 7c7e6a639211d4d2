// SPDX-License-Identifier: Apache-2.0

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Scanner;
import java.util.Timer;
import java.util.TimerTask;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * The JSSE peer: speaks tests_py/peers/PROTOCOL.md on standard input and output, one conversation per line.
 *
 * Groups are a matter of the whole JVM, so the adapter (__init__.py) decides on them with the command line; the rest is
 * told here, in an SSLContext made anew for every job.
 */
public final class Peer {
    private static final int PATIENCE = 20_000;
    private static final int RECORD = 16384;
    /** What each side sends on the first connection of a resumption. */
    private static final int GREETING = 16;
    private static final char[] NO_PASSWORD = new char[0];
    /**
     * What the JDK disables, without the triple DES of the matrix, and with ecdsa_sha1: a JSSE server signs TLS 1.3
     * handshakes with it when the client prefers it, against RFC 8446, 4.4.3.
     */
    private static final String DISABLED =
            "SSLv3, TLSv1, TLSv1.1, RC4, DES, MD5withRSA, DH keySize < 1024, EC keySize < 224, anon, NULL, ECDH,"
                    + " ecdsa_sha1";
    private static final Timer CLOCK = new Timer(true);

    private final Map<String, String> words = new HashMap<>();
    private final byte[] send;
    private final byte[] expect;
    private final long started = System.currentTimeMillis();
    private final SSLContext context;

    public static void main(String[] args) {
        Security.setProperty("jdk.tls.disabledAlgorithms", DISABLED);
        System.setProperty("com.sun.net.ssl.requireCloseNotify", "true");
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8)) {
            while (lines.hasNextLine()) {
                String line = lines.nextLine();
                try {
                    out.println("done ok=1" + new Peer(line).run(out));
                } catch (Exception failure) {
                    failure.printStackTrace();
                    out.println("done ok=0 error=" + quote(text(failure)));
                }
            }
        }
    }

    /** An exception with its causes: JSSE often says what is wrong in the innermost one. */
    private static String text(Throwable failure) {
        StringBuilder all = new StringBuilder(failure.toString());
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            all.append(" <- ").append(cause);
        }
        return all.toString();
    }

    private static String quote(String text) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char letter = (char) (each & 0xff);
            boolean plain = letter < 128 && (Character.isLetterOrDigit(letter) || "-_.:/,+".indexOf(letter) >= 0);
            out.append(plain ? String.valueOf(letter) : String.format("%%%02X", (int) letter));
        }
        return out.toString();
    }

    // ---- a job ------------------------------------------------------------------------------------------------

    private Peer(String line) throws IOException, GeneralSecurityException {
        for (String word : line.split(" ")) {
            int middle = word.indexOf('=');
            if (middle > 0) {
                String value = word.substring(middle + 1).replace("+", "%2B");
                words.put(word.substring(0, middle), URLDecoder.decode(value, StandardCharsets.UTF_8));
            }
        }
        if (!word("psk").isEmpty() || !word("early").isEmpty()) {
            throw new IOException("JSSE has neither external PSKs nor early data");
        }
        send = Files.readAllBytes(Path.of(word("send")));
        expect = Files.readAllBytes(Path.of(word("expect")));
        context = makeContext();
    }

    private String word(String key) {
        return words.getOrDefault(key, "");
    }

    private boolean flag(String key) {
        return word(key).equals("1");
    }

    private int number(String key, int otherwise) {
        return word(key).isEmpty() ? otherwise : Integer.parseInt(word(key));
    }

    private String run(PrintStream out) throws IOException {
        switch (word("role")) {
            case "client":
                return connections(this::connect);
            case "server":
                try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
                    listener.setSoTimeout(PATIENCE);
                    out.println("listening port=" + listener.getLocalPort());
                    return connections(() -> accept(listener));
                }
            default:
                throw new IOException("role " + word("role"));
        }
    }

    private interface Opener {
        Link open() throws IOException;
    }

    /**
     * One connection, or two. JSSE does not tell whether a session was resumed, but a session keeps the time of its
     * creation, also through a ticket, so that of the second connection is the first one's if it was.
     */
    private String connections(Opener opener) throws IOException {
        long creation = 0;
        if (flag("resume")) {
            try (Link first = opener.open()) {
                first.greet();
                creation = first.socket.getSession().getCreationTime();
            }
        }
        try (Link link = opener.open()) {
            String answer = link.converse();
            boolean resumed = link.socket.getSession().getCreationTime() == creation;
            return answer + " resumed=" + (resumed ? 1 : 0);
        }
    }

    private Link connect() throws IOException {
        Socket tcp = new Socket();
        tcp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), number("port", 0)), PATIENCE);
        // Host and port are the session cache's key.
        SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(tcp, word("name"), tcp.getPort(), true);
        SSLParameters parameters = parameters();
        parameters.setServerNames(List.of(new SNIHostName(word("name"))));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setUseClientMode(true);
        socket.setSSLParameters(parameters);
        return new Link(tcp, socket, true);
    }

    private Link accept(ServerSocket listener) throws IOException {
        Socket tcp = listener.accept();
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, (InputStream) null, true);
        SSLParameters parameters = parameters();
        parameters.setNeedClientAuth(flag("auth"));
        socket.setUseClientMode(false);
        socket.setSSLParameters(parameters);
        return new Link(tcp, socket, false);
    }

    private SSLParameters parameters() {
        SSLParameters parameters =
                new SSLParameters(new String[] {word("suite")}, new String[] {"TLSv" + word("version")});
        if (!word("alpn").isEmpty()) {
            parameters.setApplicationProtocols(word("alpn").split(","));
        }
        return parameters;
    }

    // ---- keys and certificates --------------------------------------------------------------------------------

    private SSLContext makeContext() throws IOException, GeneralSecurityException {
        KeyStore trusted = emptyStore();
        for (Certificate each : certificates(word("ca"))) {
            trusted.setCertificateEntry("ca" + trusted.size(), each);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = emptyStore();
        if (!word("cert").isEmpty()) {
            Certificate[] chain = certificates(word("cert")).toArray(new Certificate[0]);
            own.setKeyEntry("own", key(chain[0].getPublicKey().getAlgorithm()), NO_PASSWORD, chain);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(own, NO_PASSWORD);
        SSLContext made = SSLContext.getInstance("TLS");
        made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return made;
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static Collection<? extends Certificate> certificates(String path)
            throws IOException, GeneralSecurityException {
        try (InputStream file = Files.newInputStream(Path.of(path))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(file);
        }
    }

    private PrivateKey key(String algorithm) throws IOException, GeneralSecurityException {
        String body = Files.readString(Path.of(word("key"))).replaceAll("-----[^-]*-----", "");
        byte[] der = Base64.getMimeDecoder().decode(body);
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    }

    // ---- one connection ---------------------------------------------------------------------------------------

    private final class Link implements AutoCloseable {
        private final Socket tcp;
        private final SSLSocket socket;
        private final boolean client;
        private final TimerTask end = new TimerTask() {
            @Override
            public void run() {
                abort();
            }
        };

        Link(Socket tcp, SSLSocket socket, boolean client) throws IOException {
            this.tcp = tcp;
            this.socket = socket;
            this.client = client;
            tcp.setTcpNoDelay(true);
            CLOCK.schedule(end, Math.max(1, started + PATIENCE - System.currentTimeMillis()));
        }

        /** Whatever waits for the socket fails at once. */
        private void abort() {
            try {
                tcp.close();
            } catch (IOException failure) {
                failure.printStackTrace();
            }
        }

        @Override
        public void close() throws IOException {
            end.cancel();
            tcp.close();
        }

        /** JSSE pads the records of TLS 1.3, so what fills a record is for JSSE to know: it gets the whole at once. */
        private void write(int from, int to) throws IOException {
            int chunk = number("chunk", RECORD);
            if (chunk >= RECORD) {
                chunk = Math.max(1, to - from);
            }
            OutputStream out = socket.getOutputStream();
            for (int at = from; at < to; at += chunk) {
                out.write(send, at, Math.min(chunk, to - at));
            }
            out.flush();
        }

        private void read(int from, int to) throws IOException {
            byte[] buffer = new byte[65536];
            int at = from;
            while (at < to) {
                int count = socket.getInputStream().read(buffer, 0, Math.min(buffer.length, to - at));
                if (count < 0) {
                    throw new IOException("closed by the other side at offset " + at);
                }
                int wrong = Arrays.mismatch(buffer, 0, count, expect, at, at + count);
                if (wrong >= 0) {
                    throw new IOException("wrong byte at offset " + (at + wrong));
                }
                at += count;
            }
        }

        /** close_notify both ways; how the other side has ended the connection. */
        private String end() throws IOException {
            if (word("close").equals("peer")) {
                socket.shutdownOutput();
            }
            try {
                if (socket.getInputStream().read() >= 0) {
                    throw new IOException("more data than expected");
                }
            } catch (SSLException failure) {
                // JSSE insists on close_notify here; this is how it reports that there was none.
                if (failure.getCause() instanceof EOFException) {
                    return "eof";
                }
                throw failure;
            }
            if (!socket.isOutputShutdown()) {
                socket.shutdownOutput();
            }
            return "clean";
        }

        /** The first connection of a resumption. */
        void greet() throws IOException {
            socket.startHandshake();
            if (client) {
                write(0, GREETING);
                read(0, GREETING);
            } else {
                read(0, GREETING);
                write(0, GREETING);
            }
            end();
        }

        String converse() throws IOException {
            socket.startHandshake();
            int half = send.length / 2;
            if (client) {
                speak(0, half);
                read(0, half);
                speak(half, send.length);
                read(half, expect.length);
            } else {
                read(0, half);
                speak(0, half);
                read(half, expect.length);
                speak(half, send.length);
            }
            String answer = describe();
            return answer + " closed=" + end();
        }

        /** In TLS 1.3 a handshake on top of another is a key update that asks for the other side's. */
        private void speak(int from, int to) throws IOException {
            if (flag("key_update")) {
                socket.startHandshake();
            }
            write(from, to);
        }

        private String describe() {
            String suite = socket.getSession().getCipherSuite().replaceFirst("^SSL_", "TLS_");
            String version = socket.getSession().getProtocol().replaceFirst("^TLSv", "");
            String answer = " version=" + quote(version) + " suite=" + quote(suite);
            String alpn = socket.getApplicationProtocol();
            if (alpn != null && !alpn.isEmpty()) {
                answer += " alpn=" + quote(alpn);
            }
            return client ? answer : answer + " client_cert=" + (verified() ? 1 : 0);
        }

        private boolean verified() {
            try {
                return socket.getSession().getPeerCertificates().length > 0;
            } catch (SSLPeerUnverifiedException none) {
                return false;
            }
        }
    }
}
