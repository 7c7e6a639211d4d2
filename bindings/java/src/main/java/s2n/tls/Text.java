/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Strings as the library has them: UTF-8. */
final class Text {
    private Text() {
    }

    /** Half a surrogate pair has no UTF-8, and is refused instead of replaced. */
    static byte[] toUtf8(String text) {
        if (text == null) {
            return null;
        }
        try {
            ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[encoded.remaining()];
            encoded.get(bytes);
            return bytes;
        } catch (CharacterCodingException problem) {
            throw S2NException.of("S2N_SCRIPT_WRONG_TYPE", "USAGE", "the text is not valid UTF-16", "", 0, -1, 0);
        }
    }

    static String fromUtf8(byte[] bytes) {
        return bytes == null ? null : new String(bytes, StandardCharsets.UTF_8);
    }

    /** Called by the native part: one byte for yes, none for no, else what was thrown, two bytes at least, in ASCII. */
    static byte[] ask(Predicate<String> function, byte[] name) {
        try {
            return new byte[function.test(fromUtf8(name)) ? 1 : 0];
        } catch (Throwable thrown) {
            return thrown.toString().concat("  ").getBytes(StandardCharsets.US_ASCII);
        }
    }
}
