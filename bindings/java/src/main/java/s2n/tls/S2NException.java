/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

/**
 * What a method fails with. There is a nested class for each type of error; {@link #getName()} says which one it is, for
 * instance {@code S2N_ERR_CERT_UNTRUSTED}, or {@code S2N_SCRIPT_CLOSED} for an error of the bindings.
 */
public class S2NException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;
    private final String type;
    private final String source;
    private final int code;
    private final int alert;
    private final int errno;

    private S2NException(
            String name, String type, String message, String source, int code, int alert, int errno) {
        super(message);
        this.name = name;
        this.type = type;
        this.source = source;
        this.code = code;
        this.alert = alert;
        this.errno = errno;
    }

    /** The transport failed; see {@link #getErrno()}. */
    public static final class Io extends S2NException {
        private static final long serialVersionUID = 1L;

        private Io(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** The connection is closed, or the stream ended without a goodbye. */
    public static final class Closed extends S2NException {
        private static final long serialVersionUID = 1L;

        private Closed(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** Something has to happen first. Methods of a connection return a blocked status instead. */
    public static final class Blocked extends S2NException {
        private static final long serialVersionUID = 1L;

        private Blocked(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** The peer sent an alert; see {@link #getAlert()}. */
    public static final class Alert extends S2NException {
        private static final long serialVersionUID = 1L;

        private Alert(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** The peer broke the protocol, or cannot be trusted. */
    public static final class Proto extends S2NException {
        private static final long serialVersionUID = 1L;

        private Proto(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** The library's own trouble, such as memory. */
    public static final class Internal extends S2NException {
        private static final long serialVersionUID = 1L;

        private Internal(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** The program's mistake: a wrong argument, a closed object, calls in the wrong order. */
    public static final class Usage extends S2NException {
        private static final long serialVersionUID = 1L;

        private Usage(String name, String type, String message, String source, int code, int alert, int errno) {
            super(name, type, message, source, code, alert, errno);
        }
    }

    /** Called by the native part. */
    static S2NException of(
            String name, String type, String message, String source, int code, int alert, int errno) {
        switch (type) {
            case "IO":
                return new Io(name, type, message, source, code, alert, errno);
            case "CLOSED":
                return new Closed(name, type, message, source, code, alert, errno);
            case "BLOCKED":
                return new Blocked(name, type, message, source, code, alert, errno);
            case "ALERT":
                return new Alert(name, type, message, source, code, alert, errno);
            case "PROTO":
                return new Proto(name, type, message, source, code, alert, errno);
            case "USAGE":
                return new Usage(name, type, message, source, code, alert, errno);
            default:
                return new Internal(name, type, message, source, code, alert, errno);
        }
    }

    /** The error's name, the same in every language. */
    public final String getName() {
        return name;
    }

    /** IO, CLOSED, BLOCKED, ALERT, PROTO, INTERNAL or USAGE. */
    public final String getType() {
        return type;
    }

    /** The library's error number; 0 for errors of the bindings. */
    public final int getCode() {
        return code;
    }

    /** The TLS alert that was received, or that belongs to the error; -1 if there is none. */
    public final int getAlert() {
        return alert;
    }

    /** For IO errors the system's error number, else 0. */
    public final int getErrno() {
        return errno;
    }

    /** Where in the library it happened; may be empty. */
    public final String getSource() {
        return source;
    }

    @Override
    public String toString() {
        return getClass().getName() + ": " + name + ": " + getMessage();
    }
}
