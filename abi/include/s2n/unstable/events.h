/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Unstable interface: what handshakes did and how long they took, for metrics. Functions and structs here
 * may change or go away in any release; include this header only if you accept that.
 */
#ifndef S2N_UNSTABLE_EVENTS_H
#define S2N_UNSTABLE_EVENTS_H

#include <s2n.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The highest of 64 bits, which marks an event as one of sending. No function of this header uses it. */
#define HANDSHAKE_EVENT_SENT (UINT64_C(1) << 63)

/**
 * A finished or failed handshake; valid inside the callback only. Strings are static, times in nanoseconds of
 * the library's own monotonic clock.
 */
struct s2n_event_handshake {
    int protocol_version;              /**< Negotiated version, such as S2N_TLS13 */
    const char *cipher;                /**< Name of the cipher suite */
    const char *group;                 /**< Name of the group, "NONE" without one */
    const char *security_policy_label; /**< First name of the policy in the table, or "unknown" */
    uint64_t handshake_time_ns;        /**< Time spent inside s2n_negotiate() */
    uint64_t handshake_start_ns;       /**< When it began */
    uint64_t handshake_end_ns;         /**< When it ended */
    int error_code;                    /**< 0 for success, else the error number */
};

/**
 * A step of a handshake; valid inside the callback only.
 */
struct s2n_timing_checkpoint {
    const char *name; /**< NEGOTIATE_START, NEGOTIATE_END, RECORD_READ, RECORD_WRITE or a message's name */
    uint8_t role;     /**< Which end this is: a value of s2n_mode */
    uint64_t timestamp_ns; /**< When the step ended */
};

/**
 * Receives a handshake event, with the pointer that s2n_config_set_subscriber() was given.
 */
typedef void (*s2n_event_on_handshake_cb)(struct s2n_connection *conn, void *subscriber,
                                          struct s2n_event_handshake *event);

/**
 * Receives a timing checkpoint, with the pointer that s2n_config_set_subscriber() was given, if it was.
 */
typedef void (*s2n_event_on_timing_checkpoint_cb)(struct s2n_connection *conn, void *subscriber,
                                                  struct s2n_timing_checkpoint *checkpoint);

/**
 * Sets the pointer that both callbacks receive. Borrowed; NULL switches handshake events off.
 * @since 0.9
 */
S2N_API int s2n_config_set_subscriber(struct s2n_config *config, void *subscriber);

/**
 * Sets the callback for the end of a handshake: success, or a failure that is not of type BLOCKED.
 *
 * Once per connection, with the config that is then attached. Needs a subscriber.
 * @since 0.9
 */
S2N_API int s2n_config_set_handshake_event(struct s2n_config *config, s2n_event_on_handshake_cb callback);

/**
 * Sets the callback for the steps of a handshake. It cannot be removed.
 *
 * The first step is NEGOTIATE_START; then each message when it has been dealt with and each read or write of
 * a record; NEGOTIATE_END each time s2n_negotiate() succeeds.
 * @since 0.9
 */
S2N_API int s2n_config_set_timing_checkpoint_cb(struct s2n_config *config,
                                                s2n_event_on_timing_checkpoint_cb callback);

#ifdef __cplusplus
}
#endif

#endif
