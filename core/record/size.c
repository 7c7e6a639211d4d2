/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How much plaintext the next outgoing record carries. Called by conn before each record. Starting with
 * records that fit one network packet, the peer can use the first bytes early; later full records cost less.
 * No I/O, no clock.
 */
#include "base/clock.h"
#include "record/protect.h"

/* An Ethernet frame less IPv6, TCP and TCP's options, and the record's own header. */
#define ONE_PACKET (1500 - 40 - 20 - 40 - RECORD_HEADER)

/* What the send buffer must spare for protection, whichever cipher it turns out to be. */
#define SPARE13 (RECORD_HEADER + 255 + 1)
#define SPARE12 (RECORD_HEADER + 1024)

/* The most plaintext whose fragment is not longer than one packet allows. */
static size_t packet_plaintext(const struct half *out)
{
    if (out->cipher->kind != KIND_CBC) {
        return ONE_PACKET - protect_size(out, 0);
    }
    /* The shortest fragment has at least one byte of padding; what is left of its last block is free for
     * data. */
    size_t block = out->cipher->block;
    size_t whole = ONE_PACKET - ONE_PACKET % block;
    size_t n = whole - protect_size(out, 0);
    while (protect_size(out, n + 1) <= whole) {
        n++;
    }
    return n;
}

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t size_next(const struct size_rules *rules, const struct half *out)
{
    size_t n = rules->max_fragment;
    if (rules->send_buffer != 0) {
        size_t spare = out->version == TLS13 ? SPARE13 : SPARE12;
        n = least_of(n, rules->send_buffer > spare ? rules->send_buffer - spare : 0);
    }
    if (rules->dynamic_sent < rules->dynamic_threshold) {
        n = least_of(n, packet_plaintext(out));
    }
    /* A restored connection may bring any limit, zero too, and must still get on. */
    return n == 0 ? 1 : least_of(n, RECORD_MAX_PLAIN);
}

void size_note(struct size_rules *rules, size_t n, uint64_t now)
{
    uint64_t patience = (uint64_t) rules->dynamic_timeout * CLOCK_SECOND;
    if (patience != 0 && now - rules->dynamic_last > patience) {
        rules->dynamic_sent = 0;
    }
    rules->dynamic_sent += n;
    if (n > 0) {
        rules->dynamic_last = now;
    }
}
