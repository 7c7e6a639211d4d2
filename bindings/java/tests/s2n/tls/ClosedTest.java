/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static s2n.tls.S2NConstants.*;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Set;
import java.util.function.Predicate;

import org.junit.Test;

/** Every method of a closed object, and closed objects as arguments. */
public class ClosedTest extends Support {
    private static final Set<String> ALLOWED = Set.of("close", "isClosed");

    private static Object argument(Class<?> type, AutoCloseable[] open, long number) {
        if (type == long.class) {
            return number;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == byte[].class) {
            return new byte[1];
        }
        if (type == String.class) {
            return "text";
        }
        if (type == Predicate.class) {
            return (Predicate<String>) name -> true;
        }
        for (AutoCloseable object : open) {
            if (type.isInstance(object)) {
                return object;
            }
        }
        throw new AssertionError("what is a " + type);
    }

    private static String nameOf(Method method, AutoCloseable object, AutoCloseable[] open, long number)
            throws IllegalAccessException {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = argument(method.getParameterTypes()[i], open, number);
        }
        try {
            return "no error: " + method.invoke(object, arguments);
        } catch (InvocationTargetException thrown) {
            assertTrue(thrown.getCause().toString(), thrown.getCause() instanceof S2NException);
            return ((S2NException) thrown.getCause()).getName();
        }
    }

    @Test
    public void everyMethod() throws Exception {
        AutoCloseable[] open = {new Config(), new CertChain(), new Psk()};
        for (AutoCloseable object : new AutoCloseable[] {new Connection(S2N_CLIENT), new Config(), new CertChain(), new Psk()}) {
            object.close();
            int tried = 0;
            for (Method method : object.getClass().getDeclaredMethods()) {
                if (!Modifier.isPublic(method.getModifiers()) || ALLOWED.contains(method.getName())) {
                    continue;
                }
                String name = nameOf(method, object, open, 0);
                if (name.equals("S2N_SCRIPT_RANGE")) {
                    name = nameOf(method, object, open, 1);
                }
                assertEquals(method.toString(), "S2N_SCRIPT_CLOSED", name);
                tried++;
            }
            assertTrue("methods were tried", tried > 5);
        }
        for (AutoCloseable object : open) {
            object.close();
        }
    }

    @Test
    public void asArguments() {
        Config config = new Config();
        CertChain chain = new CertChain();
        Psk psk = new Psk();
        config.close();
        chain.close();
        psk.close();
        try (Connection conn = new Connection(S2N_CLIENT); Config other = new Config()) {
            fails("S2N_SCRIPT_CLOSED", () -> conn.setConfig(config));
            fails("S2N_SCRIPT_CLOSED", () -> conn.appendPsk(psk));
            fails("S2N_SCRIPT_CLOSED", () -> other.addCertChainAndKeyToStore(chain));
        }
    }
}
