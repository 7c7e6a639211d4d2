/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

import org.junit.Test;

/** The one function that the library calls: whether a name in a certificate is trusted. */
public class CallbackTest extends Support {
    private static Pair asking(Predicate<String> function) {
        Config config = clientConfig("default_tls13");
        config.setVerifyHost(function);
        return new Pair(config, serverConfig("default_tls13"));
    }

    @Test
    public void yesAndNo() throws InterruptedException {
        List<String> names = new ArrayList<>();
        Pair ends = asking(name -> names.add(name));
        System.gc(); /* nobody but the config has the function */
        ends.shake();
        assertEquals(List.of("localhost"), names);
        fails("S2N_ERR_CERT_INVALID_HOSTNAME", asking(name -> false)::shake);
    }

    @Test
    public void throwing() {
        S2NException error = fails("S2N_SCRIPT_CALLBACK", asking(name -> {
            throw new IllegalStateException("not today \ud83d\ude00");
        })::shake);
        assertTrue(error.getMessage(), error.getMessage().contains("not today"));
        fails("S2N_SCRIPT_CALLBACK", asking(name -> {
            throw new StackOverflowError();
        })::shake);
        fails("S2N_SCRIPT_CALLBACK", asking(name -> {
            throw new RuntimeException(new String(new char[100_000]));
        })::shake);
        fails("S2N_SCRIPT_CALLBACK", asking(name -> (Boolean) null)::shake);
        fails("S2N_SCRIPT_CALLBACK", asking(name -> new Connection(7) != null)::shake);
    }

    @Test
    public void inside() {
        Pair[] ends = new Pair[1];
        List<String> errors = new ArrayList<>();
        ends[0] = asking(name -> {
            errors.add(error(() -> ends[0].client.send(ALL)).getName());
            connected();
            error(() -> new Connection(7));
            return true;
        });
        ends[0].shake();
        assertEquals(List.of("S2N_SCRIPT_BUSY"), errors);
        assertArrayEquals(ALL, passOn(ends[0].client, ends[0].server, ALL));
        ends[0] = null; /* else the function keeps the connection, and that the config and the function */
        Pair[] closing = new Pair[1];
        closing[0] = asking(name -> {
            closing[0].client.close();
            System.gc();
            return true;
        });
        fails("S2N_SCRIPT_CLOSED", () -> closing[0].shake());
        closing[0] = null;
    }

    @Test
    public void wrong() {
        Config config = new Config();
        fails("S2N_SCRIPT_NULL", () -> config.setVerifyHost(null));
        for (int i = 0; i < 100_000; i++) {
            config.setVerifyHost(new byte[1000].length > i ? name -> true : name -> false);
        }
        config.close();
        fails("S2N_SCRIPT_CLOSED", () -> config.setVerifyHost(name -> true));
    }
}
