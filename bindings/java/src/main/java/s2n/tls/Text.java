/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

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
}
