/* SPDX-License-Identifier: Apache-2.0 */
package s2n.tls;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;
import static s2n.tls.S2NConstants.*;

import java.io.ByteArrayOutputStream;

import org.junit.Test;

/** Binary data through everything that takes and gives it; moving a connection; resuming a session; early data. */
public class BytesTest extends Support {
    @Test
    public void everyByte() {
        Pair ends = connected();
        assertArrayEquals(ALL, passOn(ends.client, ends.server, ALL));
        assertArrayEquals(new byte[1], passOn(ends.server, ends.client, new byte[1]));
        byte[] big = new byte[4 << 20];
        for (int i = 0; i < big.length; i++) {
            big[i] = (byte) (i * 7 + i / 251);
        }
        assertArrayEquals(big, passOn(ends.client, ends.server, big));
        assertNull("blocked", ends.client.recv(Long.MAX_VALUE));
        assertEquals(S2N_BLOCKED_ON_READ, ends.client.blocked());
        assertEquals(0, ends.client.send(new byte[0]));
    }

    @Test
    public void facts() {
        Pair ends = connected();
        assertEquals(S2N_TLS13, ends.client.getActualProtocolVersion());
        assertTrue(ends.client.getCipher().startsWith("TLS_"));
        assertEquals(32, ends.server.getClientRandom().length);
        assertNull(ends.client.getClientHello());
        assertEquals("localhost", ends.server.getServerName());
        assertNull(ends.server.getApplicationProtocol());
        assertEquals(S2N_SERVER, ends.server.getMode());
        assertTrue(S2N.getOpensslVersion() >= 0x30000000L);
        assertFalse(S2N.getFipsMode() && !S2N.getFipsMode());
        assertEquals("z\u00fcrich", S2N.utf8FromExtension(new byte[] {12, 7, 'z', (byte) 0xc3, (byte) 0xbc, 'r', 'i', 'c', 'h'}));
    }

    private static void move(String policy) {
        Pair ends = new Pair(policy).shake();
        assertArrayEquals(bytes("before"), passOn(ends.server, ends.client, bytes("before")));
        String suite = ends.server.getCipher();
        byte[] blob = ends.server.serialize();
        fails("S2N_ERR_CLOSED", () -> ends.server.recv(1));
        Connection next = connection(S2N_SERVER, serverConfig(policy));
        next.deserialize(blob);
        assertEquals(suite, next.getCipher());
        assertArrayEquals(ALL, passOn(ends.client, next, ALL));
        assertArrayEquals(ALL, passOn(next, ends.client, ALL));
    }

    @Test
    public void moveTls13() {
        move("default_tls13");
    }

    @Test
    public void moveTls12() {
        move("20190801");
    }

    @Test
    public void resume() {
        Config server = serverConfig("default_tls13");
        server.setSessionTicketsOnoff(true);
        server.addTicketCryptoKey(bytes("key\0one"), filled(32, 'k'), 0);
        Config client = clientConfig("default_tls13");
        client.setSessionTicketsOnoff(true);
        Pair first = new Pair(client, server).shake();
        passOn(first.server, first.client, bytes("and a ticket"));
        byte[] session = first.client.getSession();
        assertTrue(session.length > 50);
        Pair second = new Pair(client, server);
        second.client.setSession(session);
        second.shake();
        assertTrue(second.client.isSessionResumed() && second.server.isSessionResumed());
        assertFalse(first.client.isSessionResumed());
    }

    private static Psk psk(byte[] identity) {
        Psk psk = new Psk();
        psk.setIdentity(identity);
        psk.setSecret(bytes("\0secret\0\0secret\0\0secret\0\0secret\0"));
        psk.setHmac(S2N_PSK_HMAC_SHA256);
        psk.configureEarlyData(1000, 0x13, 0x01);
        psk.setEarlyDataContext(bytes("con\0text"));
        return psk;
    }

    /** A pre-shared key with NULs, and early data that waits for an answer. */
    private static void early(boolean accept) {
        Config serverConfig = baseConfig("default_tls13");
        serverConfig.holdEarlyData();
        Pair ends = new Pair(baseConfig("default_tls13"), serverConfig);
        for (Connection end : new Connection[] {ends.client, ends.server}) {
            end.setPskMode(S2N_PSK_MODE_EXTERNAL);
            try (Psk psk = psk(ALL)) {
                end.appendPsk(psk);
            }
        }
        assertEquals(6, ends.client.sendEarlyData(bytes("ear\0ly")));
        ends.server.feed(ends.client.take());
        assertEquals(0, ends.server.recvEarlyData(100).length);
        assertEquals(S2N_BLOCKED_ON_APPLICATION_INPUT, ends.server.blocked());
        assertArrayEquals(bytes("con\0text"), ends.server.getEarlyDataContext());
        if (accept) {
            ends.server.acceptEarlyData();
        } else {
            ends.server.rejectEarlyData();
        }
        assertNull(ends.server.getEarlyDataContext());
        ByteArrayOutputStream got = new ByteArrayOutputStream();
        for (int i = 0; i < 5; i++) {
            byte[] more = ends.server.recvEarlyData(100);
            got.write(more, 0, more.length);
            if (ends.server.blocked() == S2N_NOT_BLOCKED) {
                break;
            }
            ends.pump();
            ends.client.negotiate();
            ends.pump();
        }
        ends.shake();
        assertArrayEquals(accept ? bytes("ear\0ly") : new byte[0], got.toByteArray());
        assertArrayEquals(ALL, ends.server.getNegotiatedPskIdentity());
        fails("S2N_SCRIPT_STATE", ends.server::acceptEarlyData);
    }

    @Test
    public void earlyDataAccepted() {
        early(true);
    }

    @Test
    public void earlyDataRejected() {
        early(false);
    }
}
