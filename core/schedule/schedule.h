/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key schedule of every version: one object that moves forward through stages and cannot skip one. TLS
 * 1.3 secrets (RFC 8446 7.1) are rows of labels.def; TLS 1.2 and older (RFC 5246 6.3, 8.1, RFC 7627) have one
 * master secret and a key block. Callers ask for traffic keys and Finished values; they never see a label.
 */
#ifndef SCHEDULE_SCHEDULE_H
#define SCHEDULE_SCHEDULE_H

#include "base/err.h"
#include "base/span.h"
#include "schedule/transcript.h"
#include "tables/tables.h"

/* schedule/labels.def: SECRET(CLIENT_APP, "c ap traffic", "CLIENT_TRAFFIC_SECRET_0") */
enum secret_id {
#define SECRET(name, label, keylog) SECRET_##name,
#include "schedule/labels.def"
#undef SECRET
    SECRET_COUNT
};

enum ks_stage {
    KS_START,
    KS_EARLY,
    KS_HANDSHAKE,
    KS_MASTER,
    KS_DONE
};

struct keylog {
    void (*fn)(void *ctx, const uint8_t *line, size_t len); /* NULL: off */
    void *ctx;
};

struct schedule {
    uint16_t version;
    const struct suite *suite;
    enum ks_stage stage;
    struct secret current;             /* Early, Handshake or Master Secret at TLS 1.3; master_secret below */
    struct secret named[SECRET_COUNT]; /* traffic, exporter, resumption; n == 0 when absent */
    uint8_t randoms[64];               /* client, then server */
    struct transcript transcript;
    struct keylog keylog;
};

struct traffic_keys {
    uint8_t key[32], iv[16], mac[64];
    uint8_t key_len, iv_len, mac_len;
};

void ks_init(struct schedule *ks);
void ks_wipe(struct schedule *ks);

/* ks_suite: version and suite are settled; the transcript starts hashing with the suite's hash. */
MUST_USE bool ks_suite(struct schedule *ks, uint16_t version, const struct suite *suite);

/* PSKs (RFC 8446 7.1, 4.2.11.2), apart from any schedule: a client offers several before anything is settled.
 * ks_psk_early: the Early Secret of a PSK. ks_psk_binder: hash_size bytes over a digest of the truncated hello.
 * ks_psk_early_traffic: client_early_traffic_secret over a digest of the whole hello; into the key log too. */
MUST_USE bool ks_psk_early(enum hash_alg alg, struct span psk, struct secret *out);
MUST_USE bool ks_psk_binder(enum hash_alg alg, const struct secret *early, bool external,
                            const uint8_t *digest, uint8_t *out);
MUST_USE bool ks_psk_early_traffic(struct schedule *ks, enum hash_alg alg, const struct secret *early,
                                   const uint8_t *digest);

/* TLS 1.3. A step whose turn has not come, or is over, fails with ERR_SECRET_SCHEDULE_STATE. ks_early starts the
 * chain from a PSK's Early Secret, or without one (NULL). */
MUST_USE bool ks_early(struct schedule *ks, const struct secret *early);
MUST_USE bool ks_handshake(struct schedule *ks,
                           struct span shared); /* transcript is at ServerHello: handshake secrets */
MUST_USE bool ks_master(
    struct schedule *ks); /* transcript is at server Finished: application + exporter secrets */
MUST_USE bool ks_resumption(
    struct schedule *ks); /* transcript is at client Finished: stage DONE, current wiped */
MUST_USE bool ks_traffic_keys(const struct suite *suite, const struct secret *traffic,
                              struct traffic_keys *out);
MUST_USE bool ks_next_traffic(enum hash_alg alg,
                              struct secret *traffic); /* KeyUpdate: "traffic upd" in place */
MUST_USE bool ks_psk_of_ticket(enum hash_alg alg, const struct secret *resumption, struct span nonce,
                               struct secret *out);

/* ks_export: TLS 1.3 exporter (RFC 8446 7.5) from the exporter master secret; no context is an empty one. */
MUST_USE bool ks_export(enum hash_alg alg, const struct secret *exporter, struct span label,
                        struct span context, uint8_t *out, size_t n);

/* TLS 1.2 and older. ks_premaster makes the master secret: extended (RFC 7627, from the transcript as it is
 * now) or from the randoms; keylogs CLIENT_RANDOM. ks_key_block splits the key block for both directions. */
MUST_USE bool ks_premaster(struct schedule *ks, struct span premaster, bool extended);
MUST_USE bool ks_resume(struct schedule *ks, const struct secret *master); /* of an earlier session */
MUST_USE bool ks_key_block(uint16_t version, const struct suite *suite, struct span master,
                           const uint8_t *randoms, struct traffic_keys *client, struct traffic_keys *server);

/* ks_finished: the verify_data of one side over the transcript as it is now; 12, 36 (SSLv3) or hash_size
 * bytes. */
MUST_USE bool ks_finished(const struct schedule *ks, bool client, uint8_t *out, size_t *out_len);

/* ks_ssl3_digest: what SSLv3 signs in CertificateVerify (no sender) and sends in Finished: the MD5 and the
 * SHA-1 of transcript, sender, master secret and pads (RFC 6101 5.6.8, 5.6.9), 36 bytes. */
MUST_USE bool ks_ssl3_digest(const struct schedule *ks, struct span sender, uint8_t *out);

/* keylog_secret hands one line of the NSS key log to the callback, if there is one. */
void keylog_secret(const struct keylog *k, const char *label, const uint8_t *client_random,
                   const struct secret *secret);

void traffic_keys_wipe(struct traffic_keys *k);
#define AUTO_KEYS __attribute__((cleanup(traffic_keys_wipe))) struct traffic_keys

#endif
