/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Finds the native part, and frees what unreachable proxies leave behind.
 *
 * <p>The native part is the file that the system property {@code s2n.tls.library} names, else the one inside the jar for
 * this machine, which is copied to a temporary file, else {@code libs2n_tls_java.so} in {@code java.library.path}. It
 * needs {@code libs2n.so.1} where the dynamic linker looks.
 */
final class Native {
    private static final String NAME = "s2n_tls_java";
    private static final Cleaner CLEANER = Cleaner.create();

    /**
     * A proxy is small in Java and big in C, so the collector would wait too long where a program does not close. As
     * direct buffers do, it is called when there are so many more proxies than the fewest since it was called last.
     */
    private static final int SLACK = 8192;

    private static int alive;
    private static int floor;

    private Native() {
    }

    static void load() {
        String chosen = System.getProperty("s2n.tls.library");
        if (chosen != null) {
            System.load(Path.of(chosen).toAbsolutePath().toString());
            return;
        }
        try (InputStream inside = Native.class.getResourceAsStream(resource())) {
            if (inside != null) {
                loadCopy(inside);
                return;
            }
        } catch (IOException problem) {
            throw new UncheckedIOException("cannot unpack lib" + NAME + ".so", problem);
        }
        System.loadLibrary(NAME);
    }

    private static String resource() {
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return "native/" + system + "-" + machine + "/lib" + NAME + ".so";
    }

    private static void loadCopy(InputStream inside) throws IOException {
        Path copy = Files.createTempFile(NAME, ".so");
        try {
            Files.copy(inside, copy, StandardCopyOption.REPLACE_EXISTING);
            System.load(copy.toString());
        } finally {
            Files.delete(copy); /* what is mapped stays */
        }
    }

    /** Runs {@code action}, which must not refer to {@code proxy}, once: by clean(), or when the proxy is unreachable. */
    static Cleaner.Cleanable cleanable(Object proxy, Runnable action) {
        Cleaner.Cleanable cleanable = CLEANER.register(proxy, () -> {
            action.run();
            cleaned();
        });
        if (made()) {
            System.gc();
        }
        return cleanable;
    }

    /** Counts, and says whether it is time to call the collector. */
    private static synchronized boolean made() {
        alive++;
        if (alive - floor <= Math.max(SLACK, floor)) {
            return false;
        }
        floor = alive;
        return true;
    }

    private static synchronized void cleaned() {
        alive--;
        floor = Math.min(floor, alive);
    }
}
