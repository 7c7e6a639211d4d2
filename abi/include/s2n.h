/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public interface of libs2n: the one declaration of every stable function. Applications include it;
 * abi/gen/gen.py reads it to make the export map, the Python definitions and the reference pages.
 * It defines no struct with fields and never needs another header of this library.
 */

/**
 * @file s2n.h
 *
 * Conventions, which hold wherever a comment does not say otherwise.
 *
 * - Results: `int` functions return S2N_SUCCESS or S2N_FAILURE; `ssize_t` functions a byte count or
 *   S2N_FAILURE; pointer functions NULL on failure.
 * - Errors: a failure sets the calling thread's error number, see s2n_errno_location(). A success leaves it
 *   alone, so look at the result first. Comments name errors without their prefix: NULL is S2N_ERR_NULL.
 *   s2n_error_get_type() gives the class that a program should act upon.
 * - NULL arguments: a required pointer that is NULL fails with NULL (type INTERNAL) and changes nothing.
 * - Before s2n_init() everything that allocates fails with NOT_INITIALIZED.
 * - Ownership: nothing is reference counted. "Copied" input may be released when the call returns.
 *   "Borrowed" input is kept as a pointer and must stay valid. "Inner" results belong to the object they came
 *   from and are never freed by the caller. Contexts (`void *ctx`) are borrowed and may be NULL.
 * - Threads: an object is used by one thread at a time, except that on one connection one thread may send
 *   while another receives. A config must not be changed while connections use it.
 * - Versions are decimal: major * 10 + minor of the wire value, S2N_TLS13 being 34.
 */

#ifndef S2N_H
#define S2N_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#ifndef _WIN32
#include <sys/uio.h>
#endif

/** Marks what the shared library exports. May be predefined, empty for tools that only read declarations. */
#ifndef S2N_API
#if defined(__GNUC__)
#define S2N_API __attribute__((visibility("default")))
#else
#define S2N_API
#endif
#endif

/** Marks functions kept for old programs only; the text names the replacement. May be predefined as empty. */
#ifndef S2N_DEPRECATED
#if defined(__GNUC__)
#define S2N_DEPRECATED(text) __attribute__((deprecated(text)))
#else
#define S2N_DEPRECATED(text)
#endif
#endif

/** Storage class of s2n_errno. The GNU keyword, because it means the same in C and in every C++. */
#if defined(_MSC_VER)
#define S2N_THREAD_LOCAL __declspec(thread)
#elif defined(__GNUC__)
#define S2N_THREAD_LOCAL __thread
#else
#define S2N_THREAD_LOCAL _Thread_local
#endif

/** Result of an `int` function that worked. */
#define S2N_SUCCESS 0

/** Result of an `int` or `ssize_t` function that failed. */
#define S2N_FAILURE (-1)

/** What a cache retrieve callback returns to be asked again by the next s2n_negotiate(). */
#define S2N_CALLBACK_BLOCKED (-2)

/** Lowest major version accepted in a record header: 2, for a ClientHello in SSLv2 form. */
#define S2N_MINIMUM_SUPPORTED_TLS_RECORD_MAJOR_VERSION 2

/** Highest major version accepted in a record header. */
#define S2N_MAXIMUM_SUPPORTED_TLS_RECORD_MAJOR_VERSION 3

/** SSLv2, which only ever names the format of a ClientHello. */
#define S2N_SSLv2 20

/** SSLv3. */
#define S2N_SSLv3 30

/** TLS 1.0. */
#define S2N_TLS10 31

/** TLS 1.1. */
#define S2N_TLS11 32

/** TLS 1.2. */
#define S2N_TLS12 33

/** TLS 1.3. */
#define S2N_TLS13 34

/** No version known yet. */
#define S2N_UNKNOWN_PROTOCOL_VERSION 0

#ifdef __cplusplus
extern "C" {
#endif

/** Settings shared by many connections. */
struct s2n_config;

/** One end of a TLS connection. */
struct s2n_connection;

/** A captured backtrace; filled by s2n_get_stacktrace(). */
struct s2n_stacktrace;

/** One X.509 certificate inside a chain. */
struct s2n_cert;

/** A certificate chain, with or without the private key of its leaf. */
struct s2n_cert_chain_and_key;

/** A public or private key. */
struct s2n_pkey;

/** The public key of a certificate. */
typedef struct s2n_pkey s2n_cert_public_key;

/** The private key that belongs to a certificate. */
typedef struct s2n_pkey s2n_cert_private_key;

/** A parsed ClientHello. */
struct s2n_client_hello;

/** A session ticket as shown to the ticket callback. */
struct s2n_session_ticket;

/** A pre-shared key. */
struct s2n_psk;

/** One pre-shared key identity that a client offers. */
struct s2n_offered_psk;

/** The identities that a client offers, in its order. */
struct s2n_offered_psk_list;

/** A private-key operation handed to the application. */
struct s2n_async_pkey_op;

/** Early data that a client asks to send. */
struct s2n_offered_early_data;

/**
 * @addtogroup types Constants and callback types
 * @{
 */

/**
 * Class of an error number, from s2n_error_get_type(). Programs act on the class; numbers are for logs.
 */
typedef enum {
    S2N_ERR_T_OK = 0,       /**< No error */
    S2N_ERR_T_IO = 1,       /**< The transport failed; see the system's errno */
    S2N_ERR_T_CLOSED = 2,   /**< The peer or this side closed the connection */
    S2N_ERR_T_BLOCKED = 3,  /**< Not finished; repeat the call when it can go on */
    S2N_ERR_T_ALERT = 4,    /**< The peer sent an alert; see s2n_connection_get_alert() */
    S2N_ERR_T_PROTO = 5,    /**< The peer broke the protocol or was refused */
    S2N_ERR_T_INTERNAL = 6, /**< Failure inside, or an argument check */
    S2N_ERR_T_USAGE = 7     /**< The function was used wrongly */
} s2n_error_type;

/**
 * Whether libcrypto runs in FIPS mode.
 */
typedef enum {
    S2N_FIPS_MODE_DISABLED = 0, /**< It does not */
    S2N_FIPS_MODE_ENABLED = 1   /**< It does */
} s2n_fips_mode;

/**
 * Extension numbers that functions of this header take. Others are valid wire values too.
 */
typedef enum {
    S2N_EXTENSION_SERVER_NAME = 0,
    S2N_EXTENSION_MAX_FRAG_LEN = 1,
    S2N_EXTENSION_OCSP_STAPLING = 5,
    S2N_EXTENSION_SUPPORTED_GROUPS = 10,
    S2N_EXTENSION_EC_POINT_FORMATS = 11,
    S2N_EXTENSION_SIGNATURE_ALGORITHMS = 13,
    S2N_EXTENSION_ALPN = 16,
    S2N_EXTENSION_CERTIFICATE_TRANSPARENCY = 18,
    S2N_EXTENSION_SUPPORTED_VERSIONS = 43,
    S2N_EXTENSION_RENEGOTIATION_INFO = 65281
} s2n_tls_extension_type;

/**
 * Codes of the max_fragment_length extension (RFC 6066 4): plaintext bytes per record.
 */
typedef enum {
    S2N_TLS_MAX_FRAG_LEN_512 = 1,
    S2N_TLS_MAX_FRAG_LEN_1024 = 2,
    S2N_TLS_MAX_FRAG_LEN_2048 = 3,
    S2N_TLS_MAX_FRAG_LEN_4096 = 4
} s2n_max_frag_len;

/**
 * Whether own signatures are checked before they are sent.
 */
typedef enum {
    S2N_VERIFY_AFTER_SIGN_DISABLED = 0, /**< Send unchecked (default) */
    S2N_VERIFY_AFTER_SIGN_ENABLED = 1   /**< Verify with the public key of the leaf */
} s2n_verify_after_sign;

/**
 * Kind of certificate status that a client asks for.
 */
typedef enum {
    S2N_STATUS_REQUEST_NONE = 0, /**< None */
    S2N_STATUS_REQUEST_OCSP = 1  /**< A stapled OCSP response */
} s2n_status_request_type;

/**
 * Whether a client asks for certificate transparency data.
 */
typedef enum {
    S2N_CT_SUPPORT_NONE = 0,   /**< It does not (default) */
    S2N_CT_SUPPORT_REQUEST = 1 /**< It does */
} s2n_ct_support_level;

/**
 * What happens to warning alerts below TLS 1.3.
 */
typedef enum {
    S2N_ALERT_FAIL_ON_WARNINGS = 0, /**< They end the connection (default) */
    S2N_ALERT_IGNORE_WARNINGS = 1   /**< They are dropped, except close_notify */
} s2n_alert_behavior;

/**
 * Which end of a connection this is.
 */
typedef enum {
    S2N_SERVER = 0, /**< The server */
    S2N_CLIENT = 1  /**< The client */
} s2n_mode;

/**
 * How the ClientHello callback finishes.
 */
typedef enum {
    S2N_CLIENT_HELLO_CB_BLOCKING = 0,   /**< Its return value decides (default) */
    S2N_CLIENT_HELLO_CB_NONBLOCKING = 1 /**< The handshake waits for a separate call */
} s2n_client_hello_cb_mode;

/**
 * Who waits after an error whose timing could tell an attacker something.
 */
typedef enum {
    S2N_BUILT_IN_BLINDING = 0,    /**< The failing call sleeps (default) */
    S2N_SELF_SERVICE_BLINDING = 1 /**< The application waits s2n_connection_get_delay() */
} s2n_blinding;

/**
 * Whether a key update also asks the peer to update its keys.
 */
typedef enum {
    S2N_KEY_UPDATE_NOT_REQUESTED = 0, /**< It does not */
    S2N_KEY_UPDATE_REQUESTED = 1      /**< It does; no function accepts this yet */
} s2n_peer_key_update;

/**
 * What a call that failed with type S2N_ERR_T_BLOCKED waits for.
 */
typedef enum {
    S2N_NOT_BLOCKED = 0,                  /**< Nothing */
    S2N_BLOCKED_ON_READ = 1,              /**< Bytes from the transport */
    S2N_BLOCKED_ON_WRITE = 2,             /**< Room in the transport */
    S2N_BLOCKED_ON_APPLICATION_INPUT = 3, /**< The application must finish a callback's work */
    S2N_BLOCKED_ON_EARLY_DATA = 4         /**< The application must read or send early data */
} s2n_blocked_status;

/**
 * Client authentication, as seen from either end.
 */
typedef enum {
    S2N_CERT_AUTH_NONE = 0,     /**< Not asked for; a client refuses a request */
    S2N_CERT_AUTH_REQUIRED = 1, /**< The client must present a valid certificate */
    S2N_CERT_AUTH_OPTIONAL = 2  /**< A missing certificate is fine, a bad one is not */
} s2n_cert_auth_type;

/**
 * Signature algorithms; TLS 1.2 numbers where they exist.
 */
typedef enum {
    S2N_TLS_SIGNATURE_ANONYMOUS = 0,
    S2N_TLS_SIGNATURE_RSA = 1,
    S2N_TLS_SIGNATURE_ECDSA = 3,
    S2N_TLS_SIGNATURE_MLDSA = 9,
    S2N_TLS_SIGNATURE_RSA_PSS_RSAE = 224,
    S2N_TLS_SIGNATURE_RSA_PSS_PSS = 225
} s2n_tls_signature_algorithm;

/**
 * Hash algorithms; TLS 1.2 numbers where they exist.
 */
typedef enum {
    S2N_TLS_HASH_NONE = 0,
    S2N_TLS_HASH_MD5 = 1,
    S2N_TLS_HASH_SHA1 = 2,
    S2N_TLS_HASH_SHA224 = 3,
    S2N_TLS_HASH_SHA256 = 4,
    S2N_TLS_HASH_SHA384 = 5,
    S2N_TLS_HASH_SHA512 = 6,
    S2N_TLS_HASH_MD5_SHA1 = 224
} s2n_tls_hash_algorithm;

/**
 * Hash that a pre-shared key is used with.
 */
typedef enum {
    S2N_PSK_HMAC_SHA256 = 0,
    S2N_PSK_HMAC_SHA384 = 1
} s2n_psk_hmac;

/**
 * Where the pre-shared keys of a connection come from.
 */
typedef enum {
    S2N_PSK_MODE_RESUMPTION = 0, /**< From earlier sessions (default) */
    S2N_PSK_MODE_EXTERNAL = 1    /**< From the application */
} s2n_psk_mode;

/**
 * How the certificate sent by a server fits the name that the client asked for.
 */
typedef enum {
    S2N_SNI_NONE = 1,           /**< The client sent no name */
    S2N_SNI_EXACT_MATCH = 2,    /**< A certificate name equals it */
    S2N_SNI_WILDCARD_MATCH = 3, /**< A wildcard name covers it */
    S2N_SNI_NO_MATCH = 4        /**< No name fits; a default certificate was used */
} s2n_cert_sni_match;

/**
 * How signatures made by the application are checked.
 */
typedef enum {
    S2N_ASYNC_PKEY_VALIDATION_FAST = 0,  /**< Not at all (default) */
    S2N_ASYNC_PKEY_VALIDATION_STRICT = 1 /**< Against the own certificate */
} s2n_async_pkey_validation_mode;

/**
 * Kind of a private-key operation.
 */
typedef enum {
    S2N_ASYNC_DECRYPT = 0, /**< RSA decryption of a premaster secret */
    S2N_ASYNC_SIGN = 1     /**< A signature over a digest */
} s2n_async_pkey_op_type;

/**
 * State of early data on a connection.
 */
typedef enum {
    S2N_EARLY_DATA_STATUS_OK = 0,            /**< Undecided, or in progress */
    S2N_EARLY_DATA_STATUS_NOT_REQUESTED = 1, /**< The client did not ask */
    S2N_EARLY_DATA_STATUS_REJECTED = 2,      /**< The server refused */
    S2N_EARLY_DATA_STATUS_END = 3            /**< All of it was transferred */
} s2n_early_data_status_t;

/**
 * Formats of a serialized connection.
 */
typedef enum {
    S2N_SERIALIZED_CONN_NONE = 0, /**< Serialization is off (default) */
    S2N_SERIALIZED_CONN_V1 = 1    /**< The first format */
} s2n_serialization_version;

/**
 * Writes a time in nanoseconds to @p out_ns; a negative result makes the calling function fail with
 * CANCELLED.
 */
typedef int (*s2n_clock_time_nanoseconds)(void *ctx, uint64_t *out_ns);

/**
 * Looks up a session by @p key, copies it to @p value and sets @p value_size, which holds the room there is.
 * Returns 0, a negative number if there is none, or S2N_CALLBACK_BLOCKED to be called again.
 */
typedef int (*s2n_cache_retrieve_callback)(struct s2n_connection *conn, void *ctx, const void *key,
                                           uint64_t key_size, void *value, uint64_t *value_size);

/**
 * Stores a session for @p ttl_in_seconds; key and value are valid during the call only. The result is
 * ignored.
 */
typedef int (*s2n_cache_store_callback)(struct s2n_connection *conn, void *ctx, uint64_t ttl_in_seconds,
                                        const void *key, uint64_t key_size, const void *value,
                                        uint64_t value_size);

/**
 * Forgets the session under @p key, because its connection failed. The result is ignored.
 */
typedef int (*s2n_cache_delete_callback)(struct s2n_connection *conn, void *ctx, const void *key,
                                         uint64_t key_size);

/**
 * Prepares the application's allocator, inside s2n_init(). Negative: s2n_init() fails with CANCELLED.
 */
typedef int (*s2n_mem_init_callback)(void);

/**
 * Ends the application's allocator, inside s2n_cleanup_final(). Negative: that call fails with ATEXIT.
 */
typedef int (*s2n_mem_cleanup_callback)(void);

/**
 * Allocates at least @p requested bytes, never 0, and says in @p allocated how many; all of them may be
 * used. Any result but 0 makes the calling function fail.
 */
typedef int (*s2n_mem_malloc_callback)(void **ptr, uint32_t requested, uint32_t *allocated);

/**
 * Releases memory, which was zeroed before and is never NULL. Negative: the caller fails with CANCELLED.
 */
typedef int (*s2n_mem_free_callback)(void *ptr, uint32_t size);

/**
 * Never called. Part of s2n_rand_set_callbacks(), which does nothing.
 */
typedef int (*s2n_rand_init_callback)(void);

/**
 * Never called. Part of s2n_rand_set_callbacks(), which does nothing.
 */
typedef int (*s2n_rand_cleanup_callback)(void);

/**
 * Never called. Part of s2n_rand_set_callbacks(), which does nothing.
 */
typedef int (*s2n_rand_seed_callback)(void *data, uint32_t size);

/**
 * Never called. Part of s2n_rand_set_callbacks(), which does nothing.
 */
typedef int (*s2n_rand_mix_callback)(void *data, uint32_t size);

/**
 * Chooses between the present chain @p cert1 and the new chain @p cert2 for one DNS name. The name is in
 * lower case and not terminated. NULL keeps the present one.
 */
typedef struct s2n_cert_chain_and_key *(*s2n_cert_tiebreak_callback)(struct s2n_cert_chain_and_key *cert1,
                                                                     struct s2n_cert_chain_and_key *cert2,
                                                                     uint8_t *name, uint32_t name_len);

/**
 * Says whether a name from the peer's certificate is trusted: 0 is no, everything else yes. The name is not
 * terminated; IP addresses come as text.
 */
typedef uint8_t (*s2n_verify_host_fn)(const char *host_name, size_t host_name_len, void *data);

/**
 * Runs on a server once, after the first ClientHello was parsed and before anything is chosen. Negative: the
 * handshake fails with CANCELLED.
 */
typedef int s2n_client_hello_fn(struct s2n_connection *conn, void *ctx);

/**
 * Reads up to @p len bytes. Returns how many, 0 at the end of the stream, or a negative number with errno
 * set: EAGAIN and EWOULDBLOCK mean "not now", EINTR means "again", others are failures.
 */
typedef int s2n_recv_fn(void *io_context, uint8_t *buf, uint32_t len);

/**
 * Writes up to @p len bytes. Returns how many, or a negative number with errno set, read as for s2n_recv_fn.
 * EPIPE means that nothing can be written any more.
 */
typedef int s2n_send_fn(void *io_context, const uint8_t *buf, uint32_t len);

/**
 * Shows a client a ticket it received; @p ticket is valid during the call only. Negative: CANCELLED.
 */
typedef int (*s2n_session_ticket_fn)(struct s2n_connection *conn, void *ctx,
                                     struct s2n_session_ticket *ticket);

/**
 * Lets a server choose one of the offered identities. The list is valid during the call only.
 */
typedef int (*s2n_psk_selection_callback)(struct s2n_connection *conn, void *context,
                                          struct s2n_offered_psk_list *psk_list);

/**
 * Hands a private-key operation to the application, which owns @p op from then on. Any result but 0 fails.
 */
typedef int (*s2n_async_pkey_fn)(struct s2n_connection *conn, struct s2n_async_pkey_op *op);

/**
 * Receives one line of a key log in NSS format, without line end or terminator. The result is ignored.
 */
typedef int (*s2n_key_log_fn)(void *ctx, struct s2n_connection *conn, uint8_t *logline, size_t len);

/**
 * Lets a server accept or reject early data, now or later. Negative: CANCELLED.
 */
typedef int (*s2n_early_data_cb)(struct s2n_connection *conn, struct s2n_offered_early_data *early_data);

/** @} */

/**
 * @addtogroup errors Errors
 * Every failing call leaves an error number for its thread; these functions explain it.
 * @{
 */

/**
 * Error number of the calling thread; 0 means no error. See s2n_errno_location().
 * @since 0.9
 */
extern S2N_API S2N_THREAD_LOCAL int s2n_errno;

/**
 * Returns the address of the calling thread's error number, which is the variable s2n_errno.
 *
 * Never NULL, usable before s2n_init(). Language bindings should prefer it to the variable. The number is
 * meaningful only right after a call that failed, on the same thread; 0 means no error.
 * @since 0.9
 */
S2N_API int *s2n_errno_location(void);

/**
 * Returns the class of @p error, one of s2n_error_type.
 *
 * The class is the part of the number above bit 25 and is not validated: numbers that are no error of this
 * library give whatever those bits hold. Cannot fail.
 * @since 0.9
 */
S2N_API int s2n_error_get_type(int error);

/**
 * Returns an English sentence for @p error.
 *
 * @p lang is "EN" in any case, or NULL for the same; any other language gives a fixed text that says so. An
 * unknown number gives one fixed text. The string is static. Cannot fail and keeps the error number.
 * @since 0.9
 */
S2N_API const char *s2n_strerror(int error, const char *lang);

/**
 * Returns where the calling thread raised its last error, as a sentence with file and line.
 *
 * @p error is only compared with 0, which gives the text of s2n_strerror(0). Empty if there was no error
 * yet. The string stays valid until the thread's next error. @p lang as in s2n_strerror().
 * @since 0.9
 */
S2N_API const char *s2n_strerror_debug(int error, const char *lang);

/**
 * Returns the symbolic name of @p error, such as "S2N_ERR_NULL".
 *
 * 0 gives "S2N_ERR_OK"; an unknown number gives the fixed text of s2n_strerror(). The string is static.
 * @since 0.9
 */
S2N_API const char *s2n_strerror_name(int error);

/**
 * Returns where the calling thread raised its last error, as "file:line" without directories.
 *
 * @p error is only compared with 0, which gives the text of s2n_strerror(0). The string stays valid until
 * the thread's next error.
 * @since 0.9
 */
S2N_API const char *s2n_strerror_source(int error);

/**
 * Returns whether errors capture a backtrace, for the whole process.
 *
 * False by default; s2n_init() makes it true if the environment variable S2N_PRINT_STACKTRACE exists.
 * @since 0.9
 */
S2N_API bool s2n_stack_traces_enabled(void);

/**
 * Switches the capture of backtraces on or off for the whole process. Always succeeds.
 *
 * While on, every error replaces its thread's backtrace, of at most 20 frames, and keeps the system's errno.
 * @since 0.9
 */
S2N_API int s2n_stack_traces_enabled_set(bool newval);

/**
 * Captures a backtrace of the calling thread now; does nothing when capturing is switched off.
 *
 * Errors: UNIMPLEMENTED where the platform cannot capture.
 * @since 0.9
 */
S2N_API int s2n_calculate_stacktrace(void);

/**
 * Prints the calling thread's last backtrace to @p fptr, one frame a line below a heading.
 *
 * With capturing switched off it prints a hint how to switch it on instead, and succeeds.
 * @since 0.9
 */
S2N_API int s2n_print_stacktrace(FILE *fptr);

/**
 * Releases the calling thread's backtrace. May be repeated.
 *
 * Threads that end after an error with capturing switched on should call it.
 * Errors: UNIMPLEMENTED where the platform cannot capture.
 * @since 0.9
 */
S2N_API int s2n_free_stacktrace(void);

/**
 * Copies the calling thread's last backtrace, as an array of frame texts and their count, into @p trace.
 *
 * The texts are inner: valid until the thread's next error or s2n_free_stacktrace().
 * Errors: UNIMPLEMENTED where the platform cannot capture.
 * @since 0.9
 */
S2N_API int s2n_get_stacktrace(struct s2n_stacktrace *trace);

/** @} */

/**
 * @addtogroup library Library
 * Start, end, memory and environment of the library in a process.
 * @{
 */

/**
 * Makes the library ready. Call it once per process, before everything else and before there are threads.
 *
 * Reads the environment variables S2N_DONT_MLOCK (ordinary instead of locked memory) and
 * S2N_PRINT_STACKTRACE, finds out what libcrypto can do, and loads the system's trusted certificates for the
 * default config. May be called again after s2n_cleanup_final(). No exit handler is installed.
 *
 * Errors: INITIALIZED if it already is, LIBCRYPTO_VERSION_NUMBER_MISMATCH, MLOCK or MADVISE if memory cannot
 * be locked, ALLOC, CANCELLED by a memory callback.
 * @since 0.9
 */
S2N_API int s2n_init(void);

/**
 * Does nothing and succeeds, at any time.
 *
 * @deprecated Use s2n_cleanup_final().
 * @since 0.9
 */
S2N_API S2N_DEPRECATED("s2n_cleanup_final") int s2n_cleanup(void);

/**
 * Releases everything that s2n_init() made; the library may be started again afterwards.
 *
 * The application must have freed all objects before and no thread may be inside the library. The default
 * allocator no longer locks its pages after a restart.
 *
 * Errors: NOT_INITIALIZED, also for a second call; ATEXIT if a part, such as the memory cleanup callback,
 * cannot be ended, the library then staying initialised.
 * @since 0.9
 */
S2N_API int s2n_cleanup_final(void);

/**
 * Keeps s2n_init() from initialising libcrypto, for good. Only mattered before OpenSSL 1.1.0.
 *
 * Errors: INITIALIZED after s2n_init().
 * @since 0.9
 */
S2N_API int s2n_crypto_disable_init(void);

/**
 * Keeps s2n_init() from installing an exit handler, which it does not do anyway.
 *
 * Errors: INITIALIZED after s2n_init().
 * @since 0.9
 */
S2N_API int s2n_disable_atexit(void);

/**
 * Returns the version number (OPENSSL_VERSION_NUMBER) of the libcrypto headers the library was built with.
 *
 * Works before s2n_init() and cannot fail.
 * @since 0.9
 */
S2N_API unsigned long s2n_get_openssl_version(void);

/**
 * Writes to @p fips_mode whether libcrypto was in FIPS mode when s2n_init() ran.
 *
 * In FIPS mode new configs start with the policy "default_fips".
 * Errors: NOT_INITIALIZED, S2N_FIPS_MODE_DISABLED being written all the same.
 * @since 0.9
 */
S2N_API int s2n_get_fips_mode(s2n_fips_mode *fips_mode);

/**
 * Replaces the allocator. All four callbacks are required.
 *
 * The default one gives page-aligned memory, locked in RAM and left out of core dumps. Call before
 * s2n_init(). If the malloc callback fails, the calling function fails without setting an error number; if
 * it grants less than asked for, the error is ALLOC.
 *
 * Errors: INITIALIZED after s2n_init().
 * @since 0.9
 */
S2N_API int s2n_mem_set_callbacks(s2n_mem_init_callback mem_init_callback,
                                  s2n_mem_cleanup_callback mem_cleanup_callback,
                                  s2n_mem_malloc_callback mem_malloc_callback,
                                  s2n_mem_free_callback mem_free_callback);

/**
 * Does nothing and succeeds, at any time and with any arguments.
 *
 * @deprecated Random numbers always come from libcrypto, which can be configured instead.
 * @since 0.9
 */
S2N_API S2N_DEPRECATED("nothing: libcrypto is the only source of randomness") int s2n_rand_set_callbacks(
    s2n_rand_init_callback rand_init_callback, s2n_rand_cleanup_callback rand_cleanup_callback,
    s2n_rand_seed_callback rand_seed_callback, s2n_rand_mix_callback rand_mix_callback);

/** @} */

/**
 * @addtogroup config Configs
 * A config holds what many connections share. Connections borrow it, so it must outlive them. Finish it
 * before the first connection uses it. Setters may be repeated: the last call wins.
 * @{
 */

/**
 * Returns a new config that trusts the system's certificates; free it with s2n_config_free().
 *
 * As s2n_config_new_minimal() followed by s2n_config_load_system_certs(), which reads files every time.
 * Before s2n_init() the error is NULL.
 * @since 0.9
 */
S2N_API struct s2n_config *s2n_config_new(void);

/**
 * Returns a new config that trusts no certificate yet; free it with s2n_config_free().
 *
 * Defaults: policy "default" ("default_fips" in FIPS mode); verification on, with at most 7 certificates in
 * a chain; warning alerts are fatal; no ALPN, tickets, session cache or maximum fragment length; session
 * lifetime 15 hours, ticket keys encrypting for 2 and decrypting for 13 hours more; system clocks.
 * @since 0.9
 */
S2N_API struct s2n_config *s2n_config_new_minimal(void);

/**
 * Releases @p config and what it owns; NULL succeeds.
 *
 * All connections that use it must be gone. Chains added with s2n_config_add_cert_chain_and_key_to_store()
 * belong to the application and are not touched; they may even have been freed before.
 * @since 0.9
 */
S2N_API int s2n_config_free(struct s2n_config *config);

/**
 * Stores a borrowed pointer of the application in @p config; NULL by default.
 * @since 0.9
 */
S2N_API int s2n_config_set_ctx(struct s2n_config *config, void *ctx);

/**
 * Writes the pointer stored by s2n_config_set_ctx() to @p ctx.
 * @since 0.9
 */
S2N_API int s2n_config_get_ctx(struct s2n_config *config, void **ctx);

/**
 * Sets the clock, in nanoseconds since 1970, for certificate validity, tickets and session age.
 *
 * @p clock_fn and @p ctx are borrowed. Default: the system's real time. Takes effect on connections at once.
 * Functions that need the time fail with CANCELLED if the clock does.
 * @since 0.9
 */
S2N_API int s2n_config_set_wall_clock(struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn,
                                      void *ctx);

/**
 * Sets the clock, in nanoseconds from any start, for blinding delays and the dynamic record timeout.
 *
 * @p clock_fn and @p ctx are borrowed. It must never go back. Default: the system's monotonic clock.
 * Functions that need the time fail with CANCELLED if the clock does.
 * @since 0.9
 */
S2N_API int s2n_config_set_monotonic_clock(struct s2n_config *config, s2n_clock_time_nanoseconds clock_fn,
                                           void *ctx);

/**
 * Sets the bytes of output that a connection gathers before it writes, at least 1034.
 *
 * Unset, each record is written on its own. Set, connections that attach @p config afterwards combine
 * records into one write until the next would not fit or the data ends; a buffer smaller than a full record
 * makes records smaller.
 *
 * Errors: INVALID_ARGUMENT if @p size is too small.
 * @since 0.9
 */
S2N_API int s2n_config_set_send_buffer_size(struct s2n_config *config, uint32_t size);

/**
 * Makes s2n_recv() go on until the buffer is full or reading would block, instead of one record per call.
 *
 * Off by default. Takes effect on connections at once.
 * @since 0.9
 */
S2N_API int s2n_config_set_recv_multi_record(struct s2n_config *config, bool enabled);

/**
 * Chooses whether own handshake signatures are verified before they are sent, against faulty hardware.
 *
 * Disabled by default. Also makes signatures of asynchronous private-key operations be checked.
 * Errors: INVALID_ARGUMENT for another value.
 * @since 0.9
 */
S2N_API int s2n_config_set_verify_after_sign(struct s2n_config *config, s2n_verify_after_sign mode);

/**
 * Chooses what warning alerts do: end the connection (default) or, below TLS 1.3, nothing.
 *
 * TLS 1.3 has no warnings: all alerts but close_notify and user_canceled are fatal there. A close_notify is
 * never ignored. Takes effect on connections at once.
 * Errors: INVALID_ARGUMENT for another value.
 * @since 0.9
 */
S2N_API int s2n_config_set_alert_behavior(struct s2n_config *config, s2n_alert_behavior alert_behavior);

/**
 * Sets the longest blinding delay in seconds; the delay is then random between a third of that and that.
 *
 * Unset, it is between 10 and 30 seconds. 0 removes the delay; the connection is closed all the same. Set it
 * only if peers wait less long than the default.
 * @since 0.9
 */
S2N_API int s2n_config_set_max_blinding_delay(struct s2n_config *config, uint32_t seconds);

/**
 * Makes clients ask for small records (RFC 6066 4); 0 stops asking, which is the default.
 *
 * If the server agrees, records sent are capped at 512, 1024, 2048 or 4096 bytes of plaintext; if it does
 * not answer nothing changes; if it answers with another size the handshake fails with
 * MAX_FRAG_LEN_MISMATCH.
 * Errors: INVALID_MAX_FRAG_LEN for a code above 4.
 * @since 0.9
 */
S2N_API int s2n_config_send_max_fragment_length(struct s2n_config *config, s2n_max_frag_len mfl_code);

/**
 * Makes servers grant the record size that a client asks for. Cannot be undone for @p config.
 *
 * Records sent are then capped at that size, whatever else is preferred; a request for an unknown size is
 * ignored.
 * @since 0.9
 */
S2N_API int s2n_config_accept_max_fragment_length(struct s2n_config *config);

/**
 * Sets a callback that receives the secrets of every connection as lines of an NSS key log. NULL removes it.
 *
 * For debugging only: who has the lines can read the traffic. Below TLS 1.3 one CLIENT_RANDOM line; in TLS
 * 1.3 the handshake, traffic and exporter secrets as they come to be, without later key updates. Both
 * arguments are borrowed; the callback runs on the thread that drives the handshake.
 * @since 0.9
 */
S2N_API int s2n_config_set_key_log_cb(struct s2n_config *config, s2n_key_log_fn callback, void *ctx);

/**
 * Gives servers the Diffie-Hellman group of a "DH PARAMETERS" block for DHE cipher suites. Copied.
 *
 * Without one a server never chooses such a suite. The prime needs 2048 bits or more. A second call replaces
 * the group, a failed one keeps it.
 * Errors: INVALID_PEM without a PEM block, STUFFER_NOT_FOUND for another kind of block, DH_PARAMS_CREATE for
 * a prime that is too small, DH_PARAMETER_CHECK if libcrypto finds the group unsound, INVALID_PKCS3 for bytes
 * after it, NULL also if it cannot be decoded.
 * @since 1.0
 */
S2N_API int s2n_config_add_dhparams(struct s2n_config *config, const char *dhparams_pem);

/**
 * Drops the group set by s2n_config_add_dhparams(); succeeds without one, too. s2n_config_free() also does
 * it.
 * @since 1.0
 */
S2N_API int s2n_config_free_dhparams(struct s2n_config *config);

/**
 * Writes the key exchange groups that the policy of @p config can use, as IANA numbers in order of
 * preference.
 *
 * Post-quantum groups come first, then curves, and only those that libcrypto has. @p groups has room for @p
 * groups_count_max entries, @p groups_count is how many were written, 0 after a failure. Policies set on
 * connections do not matter.
 * Errors: INSUFFICIENT_MEM_SIZE, some entries perhaps being written.
 * @since 0.9
 */
S2N_API int s2n_config_get_supported_groups(struct s2n_config *config, uint16_t *groups,
                                            uint16_t groups_count_max, uint16_t *groups_count);

/** @} */

/**
 * @addtogroup policy Security policies
 * A policy is a named, fixed list of versions, cipher suites, groups and signature schemes.
 * @{
 */

/**
 * Chooses the security policy @p version, a name in any case, for connections without one of their own.
 *
 * "default", "default_tls13", "default_fips" and "default_pq" follow the project's advice and may change
 * with releases; dated names never change. Takes effect on connections at once. After a failure the old one
 * stays.
 *
 * Errors: INVALID_SECURITY_POLICY for an unknown name or when libcrypto lacks what it needs;
 * DEPRECATED_SECURITY_POLICY for a retired name; PROTOCOL_VERSION_UNSUPPORTED if libcrypto cannot do its
 * lowest version; SECURITY_POLICY_INCOMPATIBLE_CERT if a certificate in @p config breaks its rules.
 * @since 0.9
 */
S2N_API int s2n_config_set_cipher_preferences(struct s2n_config *config, const char *version);

/**
 * Chooses the security policy @p version for this connection instead of the config's.
 *
 * Call it before the handshake or in the ClientHello callback. It survives s2n_connection_set_config() and
 * is dropped by s2n_connection_wipe(). Names and errors as in s2n_config_set_cipher_preferences(), with the
 * certificates of the attached config.
 * @since 0.9
 */
S2N_API int s2n_connection_set_cipher_preferences(struct s2n_connection *conn, const char *version);

/**
 * Returns 1 if what was negotiated is allowed by the policy @p version, and 0 if not.
 *
 * Only the version and the cipher suite are compared, not curves or signatures. Call after the handshake.
 * Errors: INVALID_SECURITY_POLICY and DEPRECATED_SECURITY_POLICY, for such names.
 * @since 0.9
 */
S2N_API int s2n_connection_is_valid_for_cipher_preferences(struct s2n_connection *conn, const char *version);

/** @} */

/**
 * @addtogroup certs Certificates and keys
 * A chain object holds an own certificate chain and usually its private key, for one or more configs.
 * @{
 */

/**
 * Returns a new empty chain object; free it with s2n_cert_chain_and_key_free().
 * @since 0.9
 */
S2N_API struct s2n_cert_chain_and_key *s2n_cert_chain_and_key_new(void);

/**
 * Loads a chain, leaf first, and the private key of the leaf from PEM strings. Both are copied.
 *
 * Keys are RSA, RSA-PSS or ECDSA, and ML-DSA if libcrypto has it; never encrypted. Text around the PEM
 * blocks is allowed. The leaf's DNS names are kept for choosing a certificate by server name, its common
 * names only if there are none. Load each object once; after a failure free it.
 *
 * Errors: NO_CERTIFICATE_IN_PEM, INVALID_PEM, DECODE_CERTIFICATE also for other key algorithms,
 * DECODE_PRIVATE_KEY, KEY_MISMATCH if the key does not belong to the leaf.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_load_pem(struct s2n_cert_chain_and_key *chain_and_key,
                                            const char *chain_pem, const char *private_key_pem);

/**
 * As s2n_cert_chain_and_key_load_pem(), with lengths instead of terminators. The buffers are only read.
 *
 * Errors: those, with NO_CERTIFICATE_IN_PEM for an empty chain.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_load_pem_bytes(struct s2n_cert_chain_and_key *chain_and_key,
                                                  uint8_t *chain_pem, uint32_t chain_pem_len,
                                                  uint8_t *private_key_pem, uint32_t private_key_pem_len);

/**
 * Loads a chain without a private key, for use with an asynchronous private-key callback. It is copied.
 *
 * Attaching a config with such a chain and no callback to a connection fails. Errors as
 * s2n_cert_chain_and_key_load_pem_bytes().
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_load_public_pem_bytes(struct s2n_cert_chain_and_key *chain_and_key,
                                                         uint8_t *chain_pem, uint32_t chain_pem_len);

/**
 * Releases a chain object and wipes its key; NULL succeeds.
 *
 * Configs only borrow chains: none that holds this one may serve connections afterwards, though it may still
 * be freed.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_free(struct s2n_cert_chain_and_key *cert_and_key);

/**
 * Stores a borrowed pointer of the application in the chain object; NULL by default.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_set_ctx(struct s2n_cert_chain_and_key *cert_and_key, void *ctx);

/**
 * Returns the pointer stored by s2n_cert_chain_and_key_set_ctx().
 * @since 0.9
 */
S2N_API void *s2n_cert_chain_and_key_get_ctx(struct s2n_cert_chain_and_key *cert_and_key);

/**
 * Returns the private key of the chain object: inner, valid until the object is freed.
 *
 * Not NULL even if no key was loaded.
 * @since 0.9
 */
S2N_API s2n_cert_private_key *s2n_cert_chain_and_key_get_private_key(
    struct s2n_cert_chain_and_key *cert_and_key);

/**
 * Adds a loaded chain to @p config, borrowing it. May be repeated with more chains.
 *
 * The first chain of each key type becomes the default for that type. A server picks by the name asked for:
 * an exact match, else a wildcard for the first label, else a default. If a name matches but no chain has
 * the key type that is needed, defaults do not step in. Of two chains with the same name and type the first
 * stays.
 *
 * Errors: CERT_OWNERSHIP after s2n_config_add_cert_chain_and_key(), SECURITY_POLICY_INCOMPATIBLE_CERT if the
 * policy forbids it, CERT_TYPE_UNSUPPORTED for an empty object.
 * @since 0.9
 */
S2N_API int s2n_config_add_cert_chain_and_key_to_store(struct s2n_config *config,
                                                       struct s2n_cert_chain_and_key *cert_key_pair);

/**
 * Sets the chains used when no name matches, at most one per key type, instead of the first ones added.
 *
 * Replaces all defaults: types not listed have none, and later additions do not fill them. The array is only
 * read, the chains are borrowed, their names are not added. Nothing changes on failure.
 *
 * Errors: NUM_DEFAULT_CERTIFICATES unless 1 to 4 are given, MULTIPLE_DEFAULT_CERTIFICATES_PER_AUTH_TYPE,
 * CERT_OWNERSHIP as for s2n_config_add_cert_chain_and_key_to_store(), NULL also for an element.
 * @since 0.9
 */
S2N_API int s2n_config_set_cert_chain_and_key_defaults(struct s2n_config *config,
                                                       struct s2n_cert_chain_and_key **cert_key_pairs,
                                                       uint32_t num_cert_key_pairs);

/**
 * Sets the callback that chooses when a chain is added and one of its names and its key type are taken.
 *
 * It runs inside s2n_config_add_cert_chain_and_key_to_store(), once for each such name; conflicts of the past
 * are not asked about. Borrowed; NULL, the default, lets the first chain win.
 * @since 0.9
 */
S2N_API int s2n_config_set_cert_tiebreak_callback(struct s2n_config *config,
                                                  s2n_cert_tiebreak_callback cert_tiebreak_cb);

/**
 * Sets the OCSP response that is sent with this chain to peers that ask for one. DER, copied, not looked at.
 *
 * Replaces an earlier one; NULL or a length of 0 removes it. May be renewed while configs use the chain: it
 * counts from the next handshake on.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_set_ocsp_data(struct s2n_cert_chain_and_key *chain_and_key,
                                                 const uint8_t *data, uint32_t length);

/**
 * Sets the certificate transparency data (an RFC 6962 list) that servers send with this chain. As
 * s2n_cert_chain_and_key_set_ocsp_data() otherwise.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_and_key_set_sct_list(struct s2n_cert_chain_and_key *chain_and_key,
                                                const uint8_t *data, uint32_t length);

/**
 * Sets OCSP or transparency data of the chain made by s2n_config_add_cert_chain_and_key().
 *
 * @p type is S2N_EXTENSION_OCSP_STAPLING or S2N_EXTENSION_CERTIFICATE_TRANSPARENCY.
 * @deprecated Use s2n_cert_chain_and_key_set_ocsp_data() and s2n_cert_chain_and_key_set_sct_list().
 * Errors: UPDATING_EXTENSION without a chain, CERT_OWNERSHIP if the chain is the application's,
 * UNRECOGNIZED_EXTENSION for another type.
 * @since 0.9
 */
S2N_API S2N_DEPRECATED(
    "s2n_cert_chain_and_key_set_ocsp_data, "
    "s2n_cert_chain_and_key_set_sct_list") int s2n_config_set_extension_data(struct s2n_config *config,
                                                                             s2n_tls_extension_type type,
                                                                             const uint8_t *data,
                                                                             uint32_t length);

/**
 * Loads a chain and key from PEM strings into a chain object that @p config owns. Once per config.
 *
 * @deprecated Use s2n_cert_chain_and_key_load_pem() and s2n_config_add_cert_chain_and_key_to_store().
 * Errors: CERT_OWNERSHIP if the config has a chain already; else as s2n_cert_chain_and_key_load_pem().
 * @since 0.9
 */
S2N_API S2N_DEPRECATED("s2n_config_add_cert_chain_and_key_to_store") int s2n_config_add_cert_chain_and_key(
    struct s2n_config *config, const char *cert_chain_pem, const char *private_key_pem);

/**
 * Frees the chain made by s2n_config_add_cert_chain_and_key(), if any.
 *
 * Not needed: s2n_config_free() does it. Afterwards @p config must not serve handshakes.
 * @since 0.9
 */
S2N_API int s2n_config_free_cert_chain_and_key(struct s2n_config *config);

/** @} */

/**
 * @addtogroup trust Verifying the peer
 * Certificates to trust and how far the peer's chain is checked.
 * @{
 */

/**
 * Adds libcrypto's default certificate file and directory to the trust store of @p config.
 *
 * Missing files are no error. The environment variables of libcrypto apply.
 * Errors: X509_TRUST_STORE if they are loaded already; possible again after s2n_config_wipe_trust_store().
 * @since 0.9
 */
S2N_API int s2n_config_load_system_certs(struct s2n_config *config);

/**
 * Adds a PEM file, a directory of hash-named files, or both, to the trust store; either may be NULL.
 *
 * The directory is searched when a certificate is needed and need not exist yet. On success clients that
 * attach @p config afterwards also ask for stapled OCSP responses.
 * Errors: X509_TRUST_STORE if both are NULL or the file is unreadable; the whole trust store is then
 * dropped.
 * @since 0.9
 */
S2N_API int s2n_config_set_verification_ca_location(struct s2n_config *config, const char *ca_pem_filename,
                                                    const char *ca_dir);

/**
 * Adds the certificates in a PEM string to the trust store. They are copied.
 *
 * Any number of blocks; text may precede but not follow them. Intermediate certificates are trusted too.
 * Fill the store before connections attach @p config. After a failure the certificates before the bad one
 * remain.
 * Errors: INVALID_PEM, DECODE_CERTIFICATE, STUFFER_OUT_OF_DATA or STUFFER_NOT_FOUND for trailing text.
 * @since 0.9
 */
S2N_API int s2n_config_add_pem_to_trust_store(struct s2n_config *config, const char *pem);

/**
 * Empties the trust store, so that only certificates added afterwards are trusted. May be repeated.
 *
 * With nothing in the store a handshake that verifies fails with CERT_UNTRUSTED.
 * @since 0.9
 */
S2N_API int s2n_config_wipe_trust_store(struct s2n_config *config);

/**
 * Sets how many certificates a peer's chain may have, the leaf included; 7 by default, at most 65535.
 *
 * A longer chain fails the handshake with CERT_MAX_CHAIN_DEPTH_EXCEEDED.
 * Errors: INVALID_ARGUMENT for 0.
 * @since 0.9
 */
S2N_API int s2n_config_set_max_cert_chain_depth(struct s2n_config *config, uint16_t max_depth);

/**
 * Sets the callback that judges the names of the peer's certificate, unless the connection has its own.
 *
 * It is asked for each DNS, URI and IP alternative name until it accepts one; only without any of those for
 * the last common name; with neither, once for an empty name. If it accepts none the handshake fails with
 * CERT_INVALID_HOSTNAME. @p host_fn and @p data are borrowed and taken by connections when they attach the
 * config.
 *
 * NULL restores the built-in rule: equality with the server name in any case, "*." standing for exactly one
 * label. That rule refuses all names while no server name is set, so servers that verify clients need a
 * callback.
 * @since 0.9
 */
S2N_API int s2n_config_set_verify_host_callback(struct s2n_config *config, s2n_verify_host_fn host_fn,
                                                void *data);

/**
 * Sets the callback that judges the names of the peer's certificate on this connection; see
 * s2n_config_set_verify_host_callback().
 *
 * It survives s2n_connection_set_config() and is dropped by s2n_connection_wipe(). Unlike there, NULL
 * switches the check of names off. @p host_fn and @p data are borrowed.
 * @since 0.9
 */
S2N_API int s2n_connection_set_verify_host_callback(struct s2n_connection *conn, s2n_verify_host_fn host_fn,
                                                    void *data);

/**
 * Stops checking the validity period of certificates. Cannot be undone for @p config. For tests only.
 *
 * Otherwise handshakes fail with CERT_NOT_YET_VALID or CERT_EXPIRED.
 * @since 0.9
 */
S2N_API int s2n_config_disable_x509_time_verification(struct s2n_config *config);

/**
 * Stops checking that certificates are meant for TLS servers or clients. Cannot be undone for @p config.
 *
 * Otherwise a certificate for another purpose, except the trust anchor, fails with CERT_INTENT_INVALID.
 * Errors: INVALID_ARGUMENT (type USAGE) if @p config is NULL.
 * @since 0.9
 */
S2N_API int s2n_config_disable_x509_intent_verification(struct s2n_config *config);

/**
 * Stops verifying the peer's certificates at all and empties the trust store. Cannot be undone. For tests
 * only.
 *
 * Connections that attach @p config afterwards check neither chain, names, time, stapled status nor length;
 * certificates are still parsed.
 * @since 0.9
 */
S2N_API int s2n_config_disable_x509_verification(struct s2n_config *config);

/**
 * Asks the peer for a stapled OCSP response, or with S2N_STATUS_REQUEST_NONE no longer asks.
 *
 * For clients, and in TLS 1.3 for servers that ask for a client certificate. None also ends the request that
 * s2n_config_set_verification_ca_location() made. Other values do not ask.
 * Errors: OCSP_NOT_SUPPORTED if libcrypto cannot.
 * @since 0.9
 */
S2N_API int s2n_config_set_status_request_type(struct s2n_config *config, s2n_status_request_type type);

/**
 * Chooses whether a stapled OCSP response is verified (1, the default) or only kept (0).
 *
 * A missing response never fails a handshake. A bad one does, with INVALID_OCSP_RESPONSE, CERT_REVOKED,
 * CERT_EXPIRED when it is out of date, CERT_INVALID when it is from the future, else CERT_UNTRUSTED.
 * Errors: OCSP_NOT_SUPPORTED for 1 if libcrypto cannot.
 * @since 0.9
 */
S2N_API int s2n_config_set_check_stapled_ocsp_response(struct s2n_config *config, uint8_t check_ocsp);

/**
 * Makes clients ask for certificate transparency data, or not, which is the default. Takes effect at once.
 *
 * Not validated: every value but S2N_CT_SUPPORT_NONE asks. Servers answer whenever they have such data.
 * @since 0.9
 */
S2N_API int s2n_config_set_ct_support_level(struct s2n_config *config, s2n_ct_support_level level);

/**
 * Returns 1 if the peer stapled an OCSP response, or if this side sent one; else 0.
 * @since 0.9
 */
S2N_API int s2n_connection_is_ocsp_stapled(struct s2n_connection *conn);

/**
 * Returns the OCSP response that came with the peer's leaf, in DER, and writes its length.
 *
 * Inner, valid until s2n_connection_free_handshake(), wiping or freeing. NULL with length 0 and without an
 * error if there is none.
 * @since 0.9
 */
S2N_API const uint8_t *s2n_connection_get_ocsp_response(struct s2n_connection *conn, uint32_t *length);

/**
 * Returns the certificate transparency data of the server as received, and writes its length.
 *
 * Inner, valid until the connection is wiped or freed. NULL with length 0 and without an error if there is
 * none. It is never verified.
 * @since 0.9
 */
S2N_API const uint8_t *s2n_connection_get_sct_list(struct s2n_connection *conn, uint32_t *length);

/** @} */

/**
 * @addtogroup names Server name and ALPN
 * @{
 */

/**
 * Sets the name of the server to reach: sent as SNI and compared with its certificate. Client only.
 *
 * Copied; at most 255 bytes, not checked otherwise. Replaces an earlier name; an empty one sends no SNI.
 * Call it before the handshake. Dropped by s2n_connection_wipe().
 * Errors: CLIENT_MODE on a server, SERVER_NAME_TOO_LONG.
 * @since 0.9
 */
S2N_API int s2n_set_server_name(struct s2n_connection *conn, const char *server_name);

/**
 * Returns the server name: on a client the one set, on a server the one received, from its ClientHello
 * callback on.
 *
 * Inner, valid until the connection is wiped or freed. NULL without an error if there is none, or if the
 * name received is malformed or longer than 255 bytes.
 * @since 0.9
 */
S2N_API const char *s2n_get_server_name(struct s2n_connection *conn);

/**
 * Adds one ALPN protocol after those that @p config has. Copied; 1 to 255 bytes of any value.
 *
 * Errors: INVALID_APPLICATION_PROTOCOL for length 0 or if the list would pass 65535 bytes.
 * @since 0.9
 */
S2N_API int s2n_config_append_protocol_preference(struct s2n_config *config, const uint8_t *protocol,
                                                  uint8_t protocol_len);

/**
 * Replaces the ALPN protocols of @p config by @p protocol_count strings, most preferred first. Copied.
 *
 * A NULL array or a count of 0 removes them. The server's order decides; without a common protocol the
 * handshake goes on without one. After a failure the old list stays.
 * Errors: INVALID_APPLICATION_PROTOCOL for an empty or overlong one, INTEGER_OVERFLOW for a negative count,
 * NULL also for an element.
 * @since 0.9
 */
S2N_API int s2n_config_set_protocol_preferences(struct s2n_config *config, const char *const *protocols,
                                                int protocol_count);

/**
 * Adds one ALPN protocol to the connection's own list, which replaces the config's as soon as it has one
 * entry.
 *
 * Dropped by s2n_connection_wipe() and s2n_connection_free_handshake(). Arguments and errors as
 * s2n_config_append_protocol_preference().
 * @since 0.9
 */
S2N_API int s2n_connection_append_protocol_preference(struct s2n_connection *conn, const uint8_t *protocol,
                                                      uint8_t protocol_len);

/**
 * Replaces the connection's own ALPN list; a NULL array or a count of 0 brings back the config's.
 *
 * Dropped by s2n_connection_wipe() and s2n_connection_free_handshake(). Arguments and errors as
 * s2n_config_set_protocol_preferences().
 * @since 0.9
 */
S2N_API int s2n_connection_set_protocol_preferences(struct s2n_connection *conn, const char *const *protocols,
                                                    int protocol_count);

/**
 * Returns the negotiated protocol, or NULL without an error if there is none.
 *
 * Inner, terminated, valid until the connection is wiped or freed. A name that contains a zero byte looks
 * cut.
 * @since 0.9
 */
S2N_API const char *s2n_get_application_protocol(struct s2n_connection *conn);

/** @} */

/**
 * @addtogroup connection Connections
 * @{
 */

/**
 * Returns a new connection; free it with s2n_connection_free().
 *
 * It starts with a built-in config that trusts the system's certificates, built-in blinding and no
 * transport. Attach a config with s2n_connection_set_config() and a transport before negotiating.
 * @since 0.9
 */
S2N_API struct s2n_connection *s2n_connection_new(s2n_mode mode);

/**
 * Attaches @p config, borrowing it: it must outlive the connection, or be replaced.
 *
 * Do it before the handshake, or on a server in the ClientHello callback. The connection takes over
 * verification, trust, chain depth, host callback, status request and buffering settings at this moment; the
 * rest is looked up when needed. Attaching the same config again does nothing. After a failure the old one
 * stays.
 *
 * Errors: SECURITY_POLICY_INCOMPATIBLE_CERT, TOO_MANY_CERTIFICATES for a client with more than one default
 * chain, NO_PRIVATE_KEY for a chain without key and no asynchronous callback.
 * @since 0.9
 */
S2N_API int s2n_connection_set_config(struct s2n_connection *conn, struct s2n_config *config);

/**
 * Returns whether the connection is a server or a client; S2N_SERVER for NULL.
 * @since 0.9
 */
S2N_API s2n_mode s2n_connection_get_mode(struct s2n_connection *conn);

/**
 * Stores a borrowed pointer of the application; NULL by default and after s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_ctx(struct s2n_connection *conn, void *ctx);

/**
 * Returns the pointer stored by s2n_connection_set_ctx().
 * @since 0.9
 */
S2N_API void *s2n_connection_get_ctx(struct s2n_connection *conn);

/**
 * Releases memory that only the handshake needed; meant for long-lived connections, after s2n_negotiate().
 *
 * Afterwards the ClientHello has no bytes to read, and stapled status and the connection's ALPN list are
 * gone. Peer chain, server name, negotiated protocol and all names of what was negotiated stay. May be
 * called at any time; s2n_connection_wipe() makes the connection whole again.
 * @since 0.9
 */
S2N_API int s2n_connection_free_handshake(struct s2n_connection *conn);

/**
 * Releases empty input and output buffers; they come back when needed. Bytes received ahead are kept.
 *
 * Errors: STUFFER_HAS_UNPROCESSED_DATA if output waits or input is unread.
 * @since 0.9
 */
S2N_API int s2n_connection_release_buffers(struct s2n_connection *conn);

/**
 * Makes the connection as new, cheaper than freeing it. Safe in any state.
 *
 * Only mode and config stay. Keys and secrets are wiped; transport, server name, context, policy, ALPN,
 * callbacks and sizes must be set again. Sockets get their options back but are not closed.
 * @since 0.9
 */
S2N_API int s2n_connection_wipe(struct s2n_connection *conn);

/**
 * Wipes and releases the connection. Neither sends an alert nor closes a descriptor.
 *
 * Errors: NULL, also for a NULL connection.
 * @since 0.9
 */
S2N_API int s2n_connection_free(struct s2n_connection *conn);

/** @} */

/**
 * @addtogroup transport Transport
 * Where a connection's bytes come from and go to. Each direction has either a file descriptor, or a callback
 * and a context.
 * @{
 */

/**
 * Uses one descriptor for both directions, as s2n_connection_set_read_fd() and
 * s2n_connection_set_write_fd().
 *
 * If the second of the two fails, the first stays in effect.
 * @since 0.9
 */
S2N_API int s2n_connection_set_fd(struct s2n_connection *conn, int fd);

/**
 * Reads from a descriptor with read(), instead of anything set before.
 *
 * Borrowed: never closed and not validated; a bad one fails later with IO. May be replaced at any time
 * between calls. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_read_fd(struct s2n_connection *conn, int readfd);

/**
 * Writes to a descriptor with write(), instead of anything set before.
 *
 * Borrowed: never closed and not validated; a bad one fails later with IO. The application must ignore or
 * handle SIGPIPE. Also forgets an earlier broken pipe. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_write_fd(struct s2n_connection *conn, int writefd);

/**
 * Writes the descriptor that the connection reads from to @p readfd.
 *
 * Errors: INVALID_STATE if none is set or a callback is used.
 * @since 0.9
 */
S2N_API int s2n_connection_get_read_fd(struct s2n_connection *conn, int *readfd);

/**
 * Writes the descriptor that the connection writes to to @p writefd.
 *
 * Errors: INVALID_STATE if none is set or a callback is used.
 * @since 0.9
 */
S2N_API int s2n_connection_get_write_fd(struct s2n_connection *conn, int *writefd);

/**
 * Corks the socket while this side writes a flight of the handshake, so that it leaves in few packets.
 *
 * Needs a write descriptor. A socket that is corked already is left alone; s2n_connection_wipe() restores
 * the option. Socket errors are ignored.
 * Errors: CORK_SET_ON_UNMANAGED without a write descriptor.
 * @since 0.9
 */
S2N_API int s2n_connection_use_corked_io(struct s2n_connection *conn);

/**
 * Sets the borrowed context of the receive callback. A read descriptor is given up first.
 *
 * Giving up a descriptor also clears the callback, so set both. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_recv_ctx(struct s2n_connection *conn, void *ctx);

/**
 * Sets the borrowed context of the send callback. A write descriptor is given up first.
 *
 * Giving up a descriptor also clears the callback, so set both. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_send_ctx(struct s2n_connection *conn, void *ctx);

/**
 * Reads through a callback, see s2n_recv_fn. A read descriptor is given up first.
 *
 * Without receive buffering it is asked for 5 bytes of header and then for exactly one record. With none
 * set, calls that read fail with IO. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_recv_cb(struct s2n_connection *conn, s2n_recv_fn *recv);

/**
 * Writes through a callback, see s2n_send_fn. A write descriptor is given up first.
 *
 * After EPIPE it is not called again and sending fails with IO. With none set, calls that write fail with
 * IO. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_send_cb(struct s2n_connection *conn, s2n_send_fn *send);

/** @} */

/**
 * @addtogroup records Records and buffers
 * @{
 */

/**
 * Sends records of up to 16384 bytes of plaintext; the default is 8087. May be called at any time.
 *
 * A negotiated maximum fragment length or a small send buffer lowers it. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_prefer_throughput(struct s2n_connection *conn);

/**
 * Sends records of up to 1435 bytes of plaintext, which fit one packet. May be called at any time.
 *
 * A negotiated maximum fragment length or a small send buffer lowers it. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_prefer_low_latency(struct s2n_connection *conn);

/**
 * Sends packet-sized records for the first @p resize_threshold bytes, then records of the usual size.
 *
 * Starts over when nothing was sent for more than @p timeout_threshold seconds, never for 0. Helps to show a
 * first byte early and still be fast. 0 and 0, the default, is off.
 * Errors: INVALID_DYNAMIC_THRESHOLD above 8388608 bytes.
 * @since 0.9
 */
S2N_API int s2n_connection_set_dynamic_record_threshold(struct s2n_connection *conn,
                                                        uint32_t resize_threshold,
                                                        uint16_t timeout_threshold);

/**
 * Frees the input and output buffers whenever they are empty after a call; off by default.
 *
 * Saves memory on idle connections and costs allocations on busy ones. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_dynamic_buffers(struct s2n_connection *conn, bool enabled);

/**
 * Reads as many bytes as there is room for, instead of exactly one record; off by default.
 *
 * Fewer system calls, but bytes may wait here while the descriptor looks idle: before waiting on it, ask
 * s2n_peek() and s2n_peek_buffered(). May be changed at any time. Dropped by s2n_connection_wipe().
 * Errors: INVALID_STATE on a QUIC connection.
 * @since 0.9
 */
S2N_API int s2n_connection_set_recv_buffering(struct s2n_connection *conn, bool enabled);

/**
 * Returns how many decrypted bytes the next s2n_recv() can give without reading; 0 for NULL.
 *
 * Does no I/O and does not count records that are not decrypted yet.
 * @since 0.9
 */
S2N_API uint32_t s2n_peek(struct s2n_connection *conn);

/**
 * Returns how many encrypted bytes were read ahead, beyond the current record; 0 for NULL.
 *
 * Only ever more than 0 with receive buffering. Does no I/O.
 * @since 0.9
 */
S2N_API uint32_t s2n_peek_buffered(struct s2n_connection *conn);

/**
 * Returns the bytes read from the transport so far, record headers included; 0 for NULL.
 * @since 0.9
 */
S2N_API uint64_t s2n_connection_get_wire_bytes_in(struct s2n_connection *conn);

/**
 * Returns the bytes written to the transport so far, record headers included; 0 for NULL.
 * @since 0.9
 */
S2N_API uint64_t s2n_connection_get_wire_bytes_out(struct s2n_connection *conn);

/** @} */

/**
 * @addtogroup io Handshake and data
 * One thread may send while another receives on the same connection; nothing else may overlap. A call must
 * not be repeated from inside a callback that it runs: REENTRANCY.
 * @{
 */

/**
 * Drives the handshake until it is done, blocked or failed. Call it again while it is blocked.
 *
 * @p blocked says what to wait for. Once done it returns 0 at once, except that tickets and key updates that
 * wait are sent. A TLS 1.3 client is done before the server has judged its certificate.
 *
 * Errors: those of type BLOCKED may be retried: IO_BLOCKED, ASYNC_BLOCKED. All others are final and need
 * s2n_shutdown() for the alert: CLOSED, ALERT, IO, CANCELLED by a callback, and many of type PROTO. Such a
 * failure may be delayed, see s2n_connection_set_blinding().
 * @since 0.9
 */
S2N_API int s2n_negotiate(struct s2n_connection *conn, s2n_blocked_status *blocked);

/**
 * Encrypts and writes up to @p size bytes of @p buf; returns how many were taken, perhaps fewer.
 *
 * Blocked means that nothing was taken, though a record may be encrypted already: retry with at least the
 * same bytes, else SEND_SIZE. Size 0 only writes what waits. @p blocked says what to wait for.
 *
 * Errors: IO_BLOCKED; ENCRYPT before the handshake; CLOSED if the write side is closed; IO; INVALID_ARGUMENT
 * for a negative size; UNSUPPORTED_WITH_QUIC.
 * @since 0.9
 */
S2N_API ssize_t s2n_send(struct s2n_connection *conn, const void *buf, ssize_t size,
                         s2n_blocked_status *blocked);

#ifndef _WIN32
/**
 * As s2n_send(), for the concatenation of @p count buffers. Not on Windows.
 * @since 0.9
 */
S2N_API ssize_t s2n_sendv(struct s2n_connection *conn, const struct iovec *bufs, ssize_t count,
                          s2n_blocked_status *blocked);
#endif

#ifndef _WIN32
/**
 * As s2n_sendv(), leaving out the first @p offs bytes of the concatenation. Not on Windows.
 *
 * After a short result add it to @p offs and call again; the array is never changed.
 * Errors: as s2n_send(), with INVALID_ARGUMENT also for an offset that is negative or beyond the data.
 * @since 0.9
 */
S2N_API ssize_t s2n_sendv_with_offset(struct s2n_connection *conn, const struct iovec *bufs, ssize_t count,
                                      ssize_t offs, s2n_blocked_status *blocked);
#endif

/**
 * Reads and decrypts; returns how many bytes were put into @p buf, 0 once the peer has ended the stream.
 *
 * At most one record per call unless s2n_config_set_recv_multi_record() says otherwise. @p blocked is
 * S2N_BLOCKED_ON_READ on failure, and after a success while the current record has more. Tickets, key
 * updates and renegotiation requests are handled inside. Size 0 returns 0 without reading.
 *
 * Errors: IO_BLOCKED; CLOSED if the transport ended without close_notify; ALERT; IO; SAFETY for a negative
 * size; UNSUPPORTED_WITH_QUIC; BAD_MESSAGE, DECRYPT and others of type PROTO, which close the connection and
 * may be delayed, see s2n_connection_set_blinding().
 * @since 0.9
 */
S2N_API ssize_t s2n_recv(struct s2n_connection *conn, void *buf, ssize_t size, s2n_blocked_status *blocked);

/**
 * Sends the closing alert and then discards input until the peer's close_notify. Repeat it while it is
 * blocked.
 *
 * Does not wait, and succeeds after sending, if the handshake was not completed, if an error alert was
 * received or is sent, or after an error that is delayed. Further calls after a success do nothing.
 *
 * Errors: IO_BLOCKED; SHUTDOWN_PAUSED while a self-service delay runs; ALERT; IO or CLOSED if the transport
 * is gone.
 * @since 0.9
 */
S2N_API int s2n_shutdown(struct s2n_connection *conn, s2n_blocked_status *blocked);

/**
 * Closes the write side: writes what waits, then close_notify, or the alert that an earlier failure calls
 * for.
 *
 * Does not wait for the peer. The alert is sent once and not at all after an error alert from the peer. In
 * TLS 1.3 receiving goes on; below, s2n_recv() then fails with CLOSED. Succeeds without a transport.
 * Errors: IO_BLOCKED; SHUTDOWN_PAUSED while a self-service delay runs; IO.
 * @since 0.9
 */
S2N_API int s2n_shutdown_send(struct s2n_connection *conn, s2n_blocked_status *blocked);

/**
 * Chooses who waits after an error that could tell an attacker something by its timing: the failing call
 * (default) or the application.
 *
 * With S2N_SELF_SERVICE_BLINDING the call fails at once and the application must leave the connection open
 * for s2n_connection_get_delay() before s2n_shutdown(). Errors of transport, blocking, callbacks and
 * received alerts are not delayed. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_blinding(struct s2n_connection *conn, s2n_blinding blinding);

/**
 * Returns the nanoseconds still to wait before closing after an error; 0 if none. UINT64_MAX is a failure.
 *
 * Counts down from the error, on the config's monotonic clock.
 * Errors: NULL; CANCELLED if that clock fails.
 * @since 0.9
 */
S2N_API uint64_t s2n_connection_get_delay(struct s2n_connection *conn);

/**
 * Changes the key of the sending direction before the next bytes are sent, in TLS 1.3; no effect below.
 *
 * Several requests before a send count as one. Done automatically near the limit of a key. May be called
 * from any thread while others send and receive.
 * Errors: INVALID_ARGUMENT unless @p peer_request is S2N_KEY_UPDATE_NOT_REQUESTED.
 * @since 0.9
 */
S2N_API int s2n_connection_request_key_update(struct s2n_connection *conn, s2n_peer_key_update peer_request);

/**
 * Returns the number of the last alert received, 0 being close_notify. Reading does not consume it.
 *
 * Errors: NO_ALERT if there was none.
 * @since 0.9
 */
S2N_API int s2n_connection_get_alert(struct s2n_connection *conn);

/** @} */

/**
 * @addtogroup clientauth Client authentication
 * @{
 */

/**
 * Sets whether connections ask for (server) or answer with (client) a client certificate. Not validated.
 *
 * Unset, servers do not ask and clients answer if they have a certificate. A server that asks also needs a
 * host callback, see s2n_config_set_verify_host_callback().
 * @since 0.9
 */
S2N_API int s2n_config_set_client_auth_type(struct s2n_config *config, s2n_cert_auth_type client_auth_type);

/**
 * Writes the value set on @p config; S2N_CERT_AUTH_NONE if it never was, whatever clients then do.
 * @since 0.9
 */
S2N_API int s2n_config_get_client_auth_type(struct s2n_config *config, s2n_cert_auth_type *client_auth_type);

/**
 * Sets it for this connection instead of the config's. Not validated. Dropped by s2n_connection_wipe().
 *
 * Handshakes then fail with MISSING_CLIENT_CERT (required but absent), UNEXPECTED_CERT_REQUEST (a client
 * that says none is asked) or MISSING_CERT_REQUEST (a client that requires it is not asked).
 * @since 0.9
 */
S2N_API int s2n_connection_set_client_auth_type(struct s2n_connection *conn,
                                                s2n_cert_auth_type client_auth_type);

/**
 * Writes the value in effect: the connection's, else the config's if set, else the default for the mode.
 * @since 0.9
 */
S2N_API int s2n_connection_get_client_auth_type(struct s2n_connection *conn,
                                                s2n_cert_auth_type *client_auth_type);

/**
 * Returns 1 if the handshake is done and the client presented a certificate, else 0. For both ends.
 * @since 0.9
 */
S2N_API int s2n_connection_client_cert_used(struct s2n_connection *conn);

/**
 * Gives a server the client's chain as received: entries of a 3-byte length, most significant first, and
 * DER.
 *
 * Inner, valid until the connection is wiped or freed. It includes whatever was sent; for the chain that was
 * verified use s2n_connection_get_peer_cert_chain().
 * Errors: NULL also if no chain was received, and on a client.
 * @since 0.9
 */
S2N_API int s2n_connection_get_client_cert_chain(struct s2n_connection *conn, uint8_t **der_cert_chain_out,
                                                 uint32_t *cert_chain_len);

/**
 * Makes servers name the subjects of the whole trust store as acceptable issuers when they ask for a client
 * certificate.
 *
 * The names are taken now; certificates added later need another call, which replaces the list. An empty
 * store succeeds and names nobody.
 * Errors: INVALID_STATE if the system's certificates are loaded, TOO_MANY_CAS above 20000 bytes of names,
 * API_UNSUPPORTED_BY_LIBCRYPTO.
 * @since 0.9
 */
S2N_API int s2n_config_set_cert_authorities_from_trust_store(struct s2n_config *config);

/**
 * Lists DSS too among the certificate types that servers below TLS 1.3 ask for, which some old clients need.
 *
 * A DSS certificate is refused all the same. Cannot be undone for @p config.
 * @since 0.9
 */
S2N_API int s2n_config_enable_cert_req_dss_legacy_compat(struct s2n_config *config);

/** @} */

/**
 * @addtogroup chains Certificate chains
 * @{
 */

/**
 * Fills an empty chain object with copies of the peer's verified chain: leaf first, trust anchor last.
 *
 * @p cert_chain comes from s2n_cert_chain_and_key_new(), stays the caller's and outlives the connection.
 * Works after s2n_connection_free_handshake(), not after a wipe or another config.
 * Errors: INVALID_ARGUMENT if the object is not empty, CERT_NOT_VALIDATED if no chain was received or
 * verified.
 * @since 0.9
 */
S2N_API int s2n_connection_get_peer_cert_chain(const struct s2n_connection *conn,
                                               struct s2n_cert_chain_and_key *cert_chain);

/**
 * Returns the own chain that this handshake uses: borrowed, the object that was added to the config.
 *
 * NULL without an error before the choice, with a pre-shared key, or if there is none.
 * @since 0.9
 */
S2N_API struct s2n_cert_chain_and_key *s2n_connection_get_selected_cert(struct s2n_connection *conn);

/**
 * Writes the number of certificates in the chain to @p cert_length.
 *
 * Errors: NULL also for an empty chain.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_get_length(const struct s2n_cert_chain_and_key *chain_and_key,
                                      uint32_t *cert_length);

/**
 * Gives the certificate at position @p cert_idx, 0 being the leaf. Inner, valid as long as the chain.
 *
 * Errors: NO_CERT_FOUND past the end, NULL also for an empty chain.
 * @since 0.9
 */
S2N_API int s2n_cert_chain_get_cert(const struct s2n_cert_chain_and_key *chain_and_key,
                                    struct s2n_cert **out_cert, const uint32_t cert_idx);

/**
 * Gives the DER bytes of a certificate and their number. Inner, valid as long as its chain.
 * @since 0.9
 */
S2N_API int s2n_cert_get_der(const struct s2n_cert *cert, const uint8_t **out_cert_der,
                             uint32_t *cert_length);

/**
 * Writes the size of the value of extension @p oid, a terminated string such as "2.5.29.17".
 *
 * Errors: X509_EXTENSION_VALUE_NOT_FOUND, NULL also for an OID or certificate that cannot be parsed, SAFETY
 * for a certificate without extensions.
 * @since 0.9
 */
S2N_API int s2n_cert_get_x509_extension_value_length(struct s2n_cert *cert, const uint8_t *oid,
                                                     uint32_t *ext_value_len);

/**
 * Copies the value of extension @p oid and says whether it is marked critical. All arguments are required.
 *
 * @p ext_value_len is the room on input and the size on output.
 * Errors: INSUFFICIENT_MEM_SIZE, else as s2n_cert_get_x509_extension_value_length().
 * @since 0.9
 */
S2N_API int s2n_cert_get_x509_extension_value(struct s2n_cert *cert, const uint8_t *oid, uint8_t *ext_value,
                                              uint32_t *ext_value_len, bool *critical);

/**
 * Writes the length of the text in an extension value that is one DER UTF8String.
 *
 * Errors: INVALID_X509_EXTENSION_TYPE for other contents, SAFETY for length 0.
 * @since 0.9
 */
S2N_API int s2n_cert_get_utf8_string_from_extension_data_length(const uint8_t *extension_data,
                                                                uint32_t extension_len,
                                                                uint32_t *utf8_str_len);

/**
 * Copies the text of an extension value that is one DER UTF8String, without a terminator.
 *
 * @p out_len is the room on input and the length on output.
 * Errors: INSUFFICIENT_MEM_SIZE, else as s2n_cert_get_utf8_string_from_extension_data_length().
 * @since 0.9
 */
S2N_API int s2n_cert_get_utf8_string_from_extension_data(const uint8_t *extension_data,
                                                         uint32_t extension_len, uint8_t *out_data,
                                                         uint32_t *out_len);

/** @} */

/**
 * @addtogroup facts What was negotiated
 * Names are static strings that must not be freed. Most values are final once s2n_negotiate() has succeeded.
 * @{
 */

/**
 * Returns the negotiated version, such as S2N_TLS13. Kept by serialization.
 *
 * Before the ServerHello a client gives its highest version and a server S2N_UNKNOWN_PROTOCOL_VERSION.
 * @since 0.9
 */
S2N_API int s2n_connection_get_actual_protocol_version(struct s2n_connection *conn);

/**
 * Returns the client's highest version: the own one, or on a server the highest offered that it knows.
 *
 * A server gives S2N_UNKNOWN_PROTOCOL_VERSION before the ClientHello.
 * @since 0.9
 */
S2N_API int s2n_connection_get_client_protocol_version(struct s2n_connection *conn);

/**
 * Returns the server's highest version: the own one, or on a client what the ServerHello said.
 *
 * A client gives S2N_UNKNOWN_PROTOCOL_VERSION before the ServerHello.
 * @since 0.9
 */
S2N_API int s2n_connection_get_server_protocol_version(struct s2n_connection *conn);

/**
 * Returns the version field of the ClientHello: at most S2N_TLS12, S2N_SSLv2 for the SSLv2 format, 0 before
 * it.
 *
 * A TLS 1.3 client is told from others by s2n_connection_get_client_protocol_version().
 * @since 0.9
 */
S2N_API int s2n_connection_get_client_hello_version(struct s2n_connection *conn);

/**
 * Returns the name of the cipher suite in OpenSSL style; "TLS_NULL_WITH_NULL_NULL" before there is one.
 *
 * Kept by serialization.
 * @since 0.9
 */
S2N_API const char *s2n_connection_get_cipher(struct s2n_connection *conn);

/**
 * Writes the two bytes of the cipher suite's IANA number.
 *
 * Errors: INVALID_STATE before there is one.
 * @since 0.9
 */
S2N_API int s2n_connection_get_cipher_iana_value(struct s2n_connection *conn, uint8_t *first,
                                                 uint8_t *second);

/**
 * Writes the name of the group that the key exchange used, be it a curve or a hybrid.
 *
 * Errors: INVALID_STATE if there is none, as with RSA key exchange; @p group_name is then "NONE".
 * @since 0.9
 */
S2N_API int s2n_connection_get_key_exchange_group(struct s2n_connection *conn, const char **group_name);

/**
 * Returns the name of the curve of the key exchange, "NONE" without one. Hybrid groups show as their curve.
 *
 * @deprecated Use s2n_connection_get_key_exchange_group().
 * @since 0.9
 */
S2N_API S2N_DEPRECATED("s2n_connection_get_key_exchange_group") const
    char *s2n_connection_get_curve(struct s2n_connection *conn);

/**
 * Returns "NONE": no key exchange before TLS 1.3 uses a KEM any more.
 *
 * @deprecated Use s2n_connection_get_kem_group_name().
 * @since 0.9
 */
S2N_API S2N_DEPRECATED("s2n_connection_get_kem_group_name") const
    char *s2n_connection_get_kem_name(struct s2n_connection *conn);

/**
 * Returns the name of the post-quantum or hybrid group of a TLS 1.3 key exchange, "NONE" without one.
 * @since 0.9
 */
S2N_API const char *s2n_connection_get_kem_group_name(struct s2n_connection *conn);

/**
 * Writes the name of the server's signature scheme, as in the IANA registry where it has one; "none"
 * without.
 *
 * Errors: INVALID_STATE before negotiation and after deserialization.
 * @since 0.9
 */
S2N_API int s2n_connection_get_signature_scheme(struct s2n_connection *conn, const char **scheme_name);

/**
 * Writes the algorithm of the server's signature; S2N_TLS_SIGNATURE_ANONYMOUS before, or if it made none.
 * @since 0.9
 */
S2N_API int s2n_connection_get_selected_signature_algorithm(struct s2n_connection *conn,
                                                            s2n_tls_signature_algorithm *chosen_alg);

/**
 * Writes the hash of the server's signature; S2N_TLS_HASH_NONE before, if it made none, and for ML-DSA.
 * @since 0.9
 */
S2N_API int s2n_connection_get_selected_digest_algorithm(struct s2n_connection *conn,
                                                         s2n_tls_hash_algorithm *chosen_alg);

/**
 * Writes the algorithm of the client's signature; S2N_TLS_SIGNATURE_ANONYMOUS without client authentication.
 * @since 0.9
 */
S2N_API int s2n_connection_get_selected_client_cert_signature_algorithm(
    struct s2n_connection *conn, s2n_tls_signature_algorithm *chosen_alg);

/**
 * Writes the hash of the client's signature; S2N_TLS_HASH_NONE without client authentication.
 * @since 0.9
 */
S2N_API int s2n_connection_get_selected_client_cert_digest_algorithm(struct s2n_connection *conn,
                                                                     s2n_tls_hash_algorithm *chosen_alg);

/**
 * Writes how the server's certificate fits the name that the client asked for. Server only.
 *
 * Also after a handshake that failed later.
 * Errors: CLIENT_MODE on a client, NO_CERT_FOUND before the choice or with a pre-shared key;
 * INVALID_ARGUMENT (type USAGE) for a NULL argument.
 * @since 0.9
 */
S2N_API int s2n_connection_get_certificate_match(struct s2n_connection *conn,
                                                 s2n_cert_sni_match *match_status);

/**
 * Returns the length of the session id, 0 to 32; always 0 in TLS 1.3.
 * @since 0.9
 */
S2N_API int s2n_connection_get_session_id_length(struct s2n_connection *conn);

/**
 * Copies the session id and returns its length.
 *
 * Errors: SESSION_ID_TOO_LONG if it does not fit into @p max_length bytes.
 * @since 0.9
 */
S2N_API int s2n_connection_get_session_id(struct s2n_connection *conn, uint8_t *session_id,
                                          size_t max_length);

/**
 * Copies the 48-byte master secret of a finished handshake below TLS 1.3. Keep it secret and wipe the copy.
 *
 * Errors: INSUFFICIENT_MEM_SIZE below 48 bytes, INVALID_STATE in TLS 1.3, HANDSHAKE_NOT_COMPLETE also after
 * deserialization.
 * @since 0.9
 */
S2N_API int s2n_connection_get_master_secret(const struct s2n_connection *conn, uint8_t *secret_bytes,
                                             size_t max_size);

/**
 * Writes @p output_length bytes of keying material that both ends can derive (RFC 8446 7.5). TLS 1.3 only.
 *
 * Label (up to 249 bytes) and context tell uses apart; an empty context is the same as none, but its pointer
 * must not be NULL. At most 255 times the length of the suite's hash.
 * Errors: INVALID_STATE below TLS 1.3, HANDSHAKE_NOT_COMPLETE also after deserialization, SAFETY for a longer
 * label, HKDF_OUTPUT_SIZE.
 * @since 0.9
 */
S2N_API int s2n_connection_tls_exporter(struct s2n_connection *conn, const uint8_t *label,
                                        uint32_t label_length, const uint8_t *context,
                                        uint32_t context_length, uint8_t *output, uint32_t output_length);

/**
 * Returns what kind of handshake it is, as flag names joined by "|"; "INITIAL" before anything is known.
 *
 * A plain TLS 1.3 handshake gives "NEGOTIATED|FULL_HANDSHAKE|MIDDLEBOX_COMPAT". Meant for logs and tests.
 * @since 0.9
 */
S2N_API const char *s2n_connection_get_handshake_type_name(struct s2n_connection *conn);

/**
 * Returns the name of the message that the handshake is at; "APPLICATION_DATA" when it is done.
 *
 * "CLIENT_HELLO" on a new and on a deserialized connection. Tells where a failed handshake stopped.
 * @since 0.9
 */
S2N_API const char *s2n_connection_get_last_message_name(struct s2n_connection *conn);

/** @} */

/**
 * @addtogroup resumption Session resumption
 * A client that was connected before can skip certificates. In TLS 1.3 and with tickets below it, the
 * client keeps all of the session, sealed for the server under a ticket key; with the session cache, below
 * TLS 1.3 only, the server keeps it under a session id. Sessions hold secrets: who has one can resume it.
 * @{
 */

/**
 * Sets how long after its issue a session can be resumed, in seconds; 54000 (15 hours) by default.
 *
 * For servers: it counts for tickets and for cached sessions, and caps the lifetime that tickets announce.
 * Takes effect on connections at once. Any value is accepted.
 * @since 0.9
 */
S2N_API int s2n_config_set_session_state_lifetime(struct s2n_config *config, uint64_t lifetime_in_secs);

/**
 * Switches session tickets on (1) or off (0, the default). Only the lowest bit of @p enabled counts.
 *
 * Servers need it to issue and accept tickets, and a key from s2n_config_add_ticket_crypto_key(); clients
 * to ask for them. Switching on makes the initial ticket count 1 if it was 0; switching off drops the
 * ticket keys unless the session cache is on. Below TLS 1.3 a server that does client authentication
 * neither issues nor accepts tickets.
 * @since 0.9
 */
S2N_API int s2n_config_set_session_tickets_onoff(struct s2n_config *config, uint8_t enabled);

/**
 * Switches the session cache of servers on (not 0) or off (0, the default). For versions below TLS 1.3.
 *
 * Set all three cache callbacks before: without them this switches it off, and succeeds. Add a ticket key
 * after it, since what is stored is sealed; without a usable key nothing is stored and handshakes go on in
 * full. Not used with client authentication. Switching off drops the ticket keys unless tickets are on.
 * @since 0.9
 */
S2N_API int s2n_config_set_session_cache_onoff(struct s2n_config *config, uint8_t enabled);

/**
 * Sets the callback that puts a session into the cache; its result is ignored.
 *
 * It gets the session id as key (1 to 32 bytes), 138 sealed bytes as value and 21600 seconds to keep them;
 * both are valid during the call only. @p cache_store_callback cannot be NULL; it and @p data are borrowed.
 * @since 0.9
 */
S2N_API int s2n_config_set_cache_store_callback(struct s2n_config *config,
                                                s2n_cache_store_callback cache_store_callback, void *data);

/**
 * Sets the callback that looks up a session id of a client in the cache.
 *
 * It must give back the 138 bytes that were stored; any other size and any negative result lead to a full
 * handshake. S2N_CALLBACK_BLOCKED makes s2n_negotiate() fail with ASYNC_BLOCKED, blocked on application
 * input; the callback runs again when that is repeated. @p cache_retrieve_callback cannot be NULL; it and
 * @p data are borrowed.
 * @since 0.9
 */
S2N_API int s2n_config_set_cache_retrieve_callback(struct s2n_config *config,
                                                   s2n_cache_retrieve_callback cache_retrieve_callback,
                                                   void *data);

/**
 * Sets the callback that takes a session out of the cache, after its connection failed; its result is
 * ignored.
 *
 * @p cache_delete_callback cannot be NULL; it and @p data are borrowed.
 * @since 0.9
 */
S2N_API int s2n_config_set_cache_delete_callback(struct s2n_config *config,
                                                 s2n_cache_delete_callback cache_delete_callback, void *data);

/**
 * Sets for how many seconds from its introduction a ticket key seals new tickets; 7200 (2 hours) by
 * default.
 *
 * It opens tickets too in that time. Counts for keys that were added already. Add the next key when half of
 * it has passed, so that there is always one. Any value is accepted.
 * @since 0.9
 */
S2N_API int s2n_config_set_ticket_encrypt_decrypt_key_lifetime(struct s2n_config *config,
                                                               uint64_t lifetime_in_secs);

/**
 * Sets for how many seconds more a ticket key opens tickets after it stopped sealing them; 46800 (13 hours)
 * by default.
 *
 * Then its tickets are worthless. Counts for keys that were added already. Any value is accepted.
 * @since 0.9
 */
S2N_API int s2n_config_set_ticket_decrypt_key_lifetime(struct s2n_config *config, uint64_t lifetime_in_secs);

/**
 * Adds a key that tickets and cached sessions are sealed with. For servers; name and key are copied.
 *
 * Servers that resume each other's sessions add the same name (1 to 16 bytes, sent in the clear) and key,
 * of any length but best 32 random bytes or more: who has them can decrypt what the tickets protect. @p
 * intro_time_in_seconds_from_epoch is when it comes into use: 0 is now, and a later time lets it be handed
 * out before. Among keys that seal, new tickets prefer those in the middle of that time. At most 48 keys;
 * expired ones are dropped here. The one change of a config that is allowed while connections use it.
 *
 * While neither tickets nor the cache are on the key is ignored, with success.
 *
 * Errors, in this order: CANCELLED if the wall clock fails; INVALID_TICKET_KEY_LENGTH for an empty key;
 * TICKET_KEY_LIMIT; INVALID_TICKET_KEY_NAME_OR_NAME_LENGTH also for a name in use; TICKET_KEY_NOT_UNIQUE.
 * @since 0.9
 */
S2N_API int s2n_config_add_ticket_crypto_key(struct s2n_config *config, const uint8_t *name,
                                             uint32_t name_len, uint8_t *key, uint32_t key_len,
                                             uint64_t intro_time_in_seconds_from_epoch);

/**
 * Gives up tickets below TLS 1.3, for both ends: a stolen ticket key would open the sessions resumed with
 * them.
 *
 * Off by default. TLS 1.3 is not affected, as its resumptions exchange fresh keys. Takes effect on
 * connections at once.
 * @since 0.9
 */
S2N_API int s2n_config_require_ticket_forward_secrecy(struct s2n_config *config, bool enabled);

/**
 * Sets how many tickets a TLS 1.3 server sends after a handshake, and switches session tickets on.
 *
 * 1 by default. Connections take the number over when they attach @p config. 0 leaves tickets to
 * s2n_connection_add_new_tickets_to_send(), if they were on before; else it becomes 1.
 * @since 0.9
 */
S2N_API int s2n_config_set_initial_ticket_count(struct s2n_config *config, uint8_t num);

/**
 * Has a TLS 1.3 server send @p num tickets more, after the handshake or before the next data it sends.
 *
 * Tickets that cannot be made are left out: no key that seals, keying material too old.
 *
 * Errors: INTEGER_OVERFLOW if the sum passes 65535; KEYING_MATERIAL_EXPIRED on a resumed connection whose
 * keying material is over within a second; CANCELLED if the wall clock fails.
 * @since 0.9
 */
S2N_API int s2n_connection_add_new_tickets_to_send(struct s2n_connection *conn, uint8_t num);

/**
 * Writes how many tickets this server has sent; at most 1 below TLS 1.3.
 *
 * Errors: CLIENT_MODE on a client.
 * @since 0.9
 */
S2N_API int s2n_connection_get_tickets_sent(struct s2n_connection *conn, uint16_t *num);

/**
 * Sets for how many seconds sessions that began with this TLS 1.3 connection may be resumed without a full
 * handshake in between; 604800 (a week) by default.
 *
 * Resumed connections hand the earlier of the inherited and their own end down to their tickets. Caps the
 * lifetime of tickets; with 0 none are sent. Call it on a server before the handshake. Dropped by
 * s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_server_keying_material_lifetime(struct s2n_connection *conn,
                                                               uint32_t lifetime_in_secs);

/**
 * Sets the callback that shows clients the tickets they receive; NULL removes it.
 *
 * Below TLS 1.3 it runs in s2n_negotiate(), in TLS 1.3 in s2n_recv() and once for each ticket, since those
 * come after the handshake: clients that only send never see one. Not called while tickets are off, or for
 * a ticket that must not be kept. A negative result fails with CANCELLED. @p callback and @p ctx are
 * borrowed.
 * @since 0.9
 */
S2N_API int s2n_config_set_session_ticket_cb(struct s2n_config *config, s2n_session_ticket_fn callback,
                                             void *ctx);

/**
 * Writes the size of the session that the ticket stands for, in bytes, for s2n_session_ticket_get_data().
 * @since 0.9
 */
S2N_API int s2n_session_ticket_get_data_len(struct s2n_session_ticket *ticket, size_t *data_len);

/**
 * Copies the session that the ticket stands for: what s2n_connection_set_session() takes. Keep it secret.
 *
 * In TLS 1.3 use each once, as a second use lets an observer link the connections.
 * Errors: SERIALIZED_SESSION_STATE_TOO_LONG if it does not fit into @p max_data_len bytes.
 * @since 0.9
 */
S2N_API int s2n_session_ticket_get_data(struct s2n_session_ticket *ticket, size_t max_data_len,
                                        uint8_t *data);

/**
 * Writes for how many seconds from now the server means to accept the ticket.
 *
 * Below TLS 1.3 it is only a hint, and 0 says nothing.
 * @since 0.9
 */
S2N_API int s2n_session_ticket_get_lifetime(struct s2n_session_ticket *ticket, uint32_t *session_lifetime);

/**
 * Has a client ask to resume a session, in place of one set before. Copied; call it before the handshake.
 *
 * @p session comes from s2n_session_ticket_get_data() or s2n_connection_get_session(). The server may
 * decline, which gives a full handshake; s2n_connection_is_session_resumed() tells. After a failure the
 * connection is as it was. Dropped by s2n_connection_wipe().
 *
 * Errors: SERVER_MODE on a server; INVALID_STATE once the handshake has begun;
 * INVALID_SERIALIZED_SESSION_STATE and STUFFER_OUT_OF_DATA for bytes that are no session;
 * CIPHER_NOT_SUPPORTED for an unknown cipher suite, below TLS 1.3 also for one that the policy does not
 * have; INVALID_ARGUMENT for a length that does not fit into 32 bits; and for TLS 1.3 sessions PSK_MODE if
 * the connection has external keys, INVALID_SESSION_TICKET if it is older than 7 days or more than an hour
 * in the future, OFFERED_PSKS_TOO_LONG, CANCELLED if the wall clock fails.
 * @since 0.9
 */
S2N_API int s2n_connection_set_session(struct s2n_connection *conn, const uint8_t *session, size_t length);

/**
 * Copies the session that a client could resume later, and returns its size; 0, nothing being written, if
 * there is none.
 *
 * Below TLS 1.3 it is there after the handshake; in TLS 1.3 once s2n_recv() has read a ticket, and it is
 * then the latest. Keep it secret. A server has none.
 * Errors: SERIALIZED_SESSION_STATE_TOO_LONG if it does not fit into @p max_length bytes; CANCELLED if the
 * wall clock fails.
 * @since 0.9
 */
S2N_API int s2n_connection_get_session(struct s2n_connection *conn, uint8_t *session, size_t max_length);

/**
 * Returns the lifetime in seconds that the server gave the last ticket received.
 *
 * 0 if a connection below TLS 1.3 was resumed and brought no new ticket.
 * Errors: SESSION_TICKET_NOT_SUPPORTED if there is no ticket, or tickets are off.
 * @since 0.9
 */
S2N_API int s2n_connection_get_session_ticket_lifetime_hint(struct s2n_connection *conn);

/**
 * Returns the size that s2n_connection_get_session() needs now; 0 if there is no session, and for NULL.
 * @since 0.9
 */
S2N_API int s2n_connection_get_session_length(struct s2n_connection *conn);

/**
 * Returns 1 if the handshake resumed a session, else 0; also 0 for NULL.
 *
 * An external pre-shared key is no resumption, and a deserialized connection does not know.
 * @since 0.9
 */
S2N_API int s2n_connection_is_session_resumed(struct s2n_connection *conn);

/** @} */

/**
 * @addtogroup psk Pre-shared keys
 * TLS 1.3 connections without certificates, from a secret that both ends have. The secret is all the
 * authentication there is. So it must belong to exactly one client and one server: when more than two have
 * it, each of them can pose as any other. And no endpoint may use one key both as client and as server: an
 * attacker can then reflect its own messages and have it talk to itself (the Selfie attack, RFC 8446 C.5
 * and RFC 9257).
 * @{
 */

/**
 * Returns a new external key without identity and secret, for SHA-256; free it with s2n_psk_free().
 * @since 0.9
 */
S2N_API struct s2n_psk *s2n_external_psk_new(void);

/**
 * Wipes and releases the key and sets @p psk to NULL. NULL succeeds, as does a pointer to it.
 * @since 0.9
 */
S2N_API int s2n_psk_free(struct s2n_psk **psk);

/**
 * Sets the identity, the name that both ends know the secret by: 1 to 65535 bytes, copied.
 *
 * It is sent in the clear, so it should tell nothing of worth. Replaces an earlier one.
 * Errors: INVALID_ARGUMENT for length 0.
 * @since 0.9
 */
S2N_API int s2n_psk_set_identity(struct s2n_psk *psk, const uint8_t *identity, uint16_t identity_size);

/**
 * Sets the secret: 1 to 65535 bytes, copied.
 *
 * Use at least 32 random bytes. What a person can remember, such as a password, is found by trying, as the
 * handshake lets anyone test guesses offline. Never give one secret to more than one client and one server.
 * Errors: INVALID_ARGUMENT for length 0 or nothing but zeros.
 * @since 0.9
 */
S2N_API int s2n_psk_set_secret(struct s2n_psk *psk, const uint8_t *secret, uint16_t secret_size);

/**
 * Sets the hash that the key is used with; only cipher suites with that hash can then use it.
 *
 * Both ends must say the same. Set it before s2n_psk_configure_early_data().
 * Errors: HMAC_INVALID_ALGORITHM for another value.
 * @since 0.9
 */
S2N_API int s2n_psk_set_hmac(struct s2n_psk *psk, s2n_psk_hmac hmac);

/**
 * Adds a copy of the key to the connection, less preferred than those added before.
 *
 * Do it on both ends: before the handshake, or on a server in the selection callback. The first key settles
 * that the connection uses keys of its kind, whatever was set before. A server without a callback takes the
 * first of its keys that the client offers. The secrets are wiped at the end of the handshake.
 *
 * Errors: INVALID_ARGUMENT without identity or secret; DUPLICATE_PSK_IDENTITIES; PSK_MODE for another kind
 * than the connection has; OFFERED_PSKS_TOO_LONG if a client's keys do not fit into one ClientHello.
 * @since 0.9
 */
S2N_API int s2n_connection_append_psk(struct s2n_connection *conn, struct s2n_psk *psk);

/**
 * Sets the kind of keys that connections use: those of resumption (default) or external ones.
 *
 * Connections without keys and without a kind of their own take it over when they attach @p config; that is
 * when another value fails with INVALID_ARGUMENT.
 * @since 0.9
 */
S2N_API int s2n_config_set_psk_mode(struct s2n_config *config, s2n_psk_mode mode);

/**
 * Sets the kind of keys for this connection instead of the config's.
 *
 * A server that adds external keys only in its selection callback needs it, there or on its config.
 * Survives s2n_connection_set_config(); dropped by s2n_connection_wipe().
 * Errors: INVALID_ARGUMENT for another value; PSK_MODE if the connection has keys of the other kind.
 * @since 0.9
 */
S2N_API int s2n_connection_set_psk_mode(struct s2n_connection *conn, s2n_psk_mode mode);

/**
 * Writes the length of the identity of the key that was chosen; 0 if none was.
 *
 * For a resumed session the identity is the ticket. A server knows it from its early data callback on.
 * @since 0.9
 */
S2N_API int s2n_connection_get_negotiated_psk_identity_length(struct s2n_connection *conn,
                                                              uint16_t *identity_length);

/**
 * Copies the identity of the key that was chosen; writes nothing, and succeeds, if none was.
 *
 * Errors: INSUFFICIENT_MEM_SIZE if it does not fit into @p max_identity_length bytes.
 * @since 0.9
 */
S2N_API int s2n_connection_get_negotiated_psk_identity(struct s2n_connection *conn, uint8_t *identity,
                                                       uint16_t max_identity_length);

/**
 * Returns a holder for s2n_offered_psk_list_next(), which may be used again; free it with
 * s2n_offered_psk_free().
 * @since 0.9
 */
S2N_API struct s2n_offered_psk *s2n_offered_psk_new(void);

/**
 * Releases a holder and sets @p psk to NULL. NULL succeeds, as does a pointer to it.
 * @since 0.9
 */
S2N_API int s2n_offered_psk_free(struct s2n_offered_psk **psk);

/**
 * Gives the identity that the holder was filled with, and its length. Inner, valid in the selection
 * callback only.
 *
 * It is the client's claim: nothing is proven until the handshake is done.
 * Errors: NULL also for a holder that is not filled.
 * @since 0.9
 */
S2N_API int s2n_offered_psk_get_identity(struct s2n_offered_psk *psk, uint8_t **identity, uint16_t *size);

/**
 * Returns whether s2n_offered_psk_list_next() has another identity; false for NULL.
 * @since 0.9
 */
S2N_API bool s2n_offered_psk_list_has_next(struct s2n_offered_psk_list *psk_list);

/**
 * Fills the holder with the next identity, in the client's order of preference.
 *
 * Errors: STUFFER_OUT_OF_DATA at the end; BAD_MESSAGE for a malformed list.
 * @since 0.9
 */
S2N_API int s2n_offered_psk_list_next(struct s2n_offered_psk_list *psk_list, struct s2n_offered_psk *psk);

/**
 * Starts the list over: the next identity is the first again.
 * @since 0.9
 */
S2N_API int s2n_offered_psk_list_reread(struct s2n_offered_psk_list *psk_list);

/**
 * Chooses the identity that the holder has; the last choice counts, and NULL for @p psk takes it back.
 *
 * The key must be on the connection: s2n_connection_append_psk() it before. In resumption mode the identity
 * is a ticket, which is opened here. If the client then turns out not to know the secret the handshake
 * fails.
 *
 * Errors: INVALID_ARGUMENT for a holder that is not filled; NULL also if the connection has no such key;
 * and for tickets KEY_USED_IN_SESSION_TICKET_NOT_FOUND, INVALID_SESSION_TICKET for a session too old,
 * KEYING_MATERIAL_EXPIRED.
 * @since 0.9
 */
S2N_API int s2n_offered_psk_list_choose_psk(struct s2n_offered_psk_list *psk_list,
                                            struct s2n_offered_psk *psk);

/**
 * Sets the callback in which a server chooses among the keys that a client offers; NULL removes it.
 *
 * It must decide at once. A negative result, or none chosen, gives a full handshake, which fails if there
 * is no certificate. Without a callback a server takes the first of its external keys that the client has,
 * or the first ticket that it can open, of which it tries three. @p cb and @p context are borrowed.
 * @since 0.9
 */
S2N_API int s2n_config_set_psk_selection_callback(struct s2n_config *config, s2n_psk_selection_callback cb,
                                                  void *context);

/** @} */

/**
 * @addtogroup early Early data
 * In TLS 1.3 a client that has a pre-shared key can send data along with its first message (0-RTT). Such
 * data has weaker protection than all other. It can be replayed: who records the first flight can send it
 * again, to this server or another that knows the key, and the library cannot tell. It also has no forward
 * secrecy against the loss of the key. Accept early data only where a repetition does no harm, and refuse
 * what was seen before in a callback, see s2n_config_set_early_data_cb().
 * @{
 */

/**
 * Sets how many bytes of early data servers accept and promise in tickets; 0, the default, refuses it.
 *
 * For sessions resumed: external keys have their own limit. Takes effect on connections at once; a resumed
 * session may send no more than its ticket says.
 * @since 0.9
 */
S2N_API int s2n_config_set_server_max_early_data_size(struct s2n_config *config,
                                                      uint32_t max_early_data_size);

/**
 * Sets it for this connection instead of the config's, 0 included. Dropped by s2n_connection_wipe().
 * @since 0.9
 */
S2N_API int s2n_connection_set_server_max_early_data_size(struct s2n_connection *conn,
                                                          uint32_t max_early_data_size);

/**
 * Puts up to 65535 bytes into the tickets that this server issues, copied; 0 bytes takes them out.
 *
 * Sealed, so the client cannot read them. They come back in s2n_offered_early_data_get_context(). Tickets
 * have them only while the maximum size is not 0. Dropped by s2n_connection_wipe().
 * Errors: NULL also for a NULL context of a size above 0.
 * @since 0.9
 */
S2N_API int s2n_connection_set_server_early_data_context(struct s2n_connection *conn, const uint8_t *context,
                                                         uint16_t context_size);

/**
 * Allows early data with an external key: how many bytes, 0 for none, and the IANA number of the only
 * cipher suite.
 *
 * Both ends must say the same. Call it after s2n_psk_set_hmac().
 * Errors: CIPHER_NOT_SUPPORTED for a suite that the library does not know, INVALID_ARGUMENT for one with
 * another hash than the key.
 * @since 0.9
 */
S2N_API int s2n_psk_configure_early_data(struct s2n_psk *psk, uint32_t max_early_data_size,
                                         uint8_t cipher_suite_first_byte, uint8_t cipher_suite_second_byte);

/**
 * Sets the one ALPN protocol, up to 255 bytes without terminator, that early data with this key is for.
 * Copied.
 *
 * 0 bytes, the default, is none. Early data is refused when the handshake comes to another one.
 * @since 0.9
 */
S2N_API int s2n_psk_set_application_protocol(struct s2n_psk *psk, const uint8_t *application_protocol,
                                             uint8_t size);

/**
 * Keeps up to 65535 bytes with the key of a server for its early data callback, copied; 0 bytes takes them
 * out.
 *
 * They are not sent.
 * @since 0.9
 */
S2N_API int s2n_psk_set_early_data_context(struct s2n_psk *psk, const uint8_t *context, uint16_t size);

/**
 * Writes where early data stands on this connection.
 *
 * A client whose data was rejected has to send it again as ordinary data, after the handshake.
 * Errors: INVALID_EARLY_DATA_STATE.
 * @since 0.9
 */
S2N_API int s2n_connection_get_early_data_status(struct s2n_connection *conn,
                                                 s2n_early_data_status_t *status);

/**
 * Writes how many bytes of early data may still be sent or received; 0 once it is refused or over.
 *
 * Errors: MAX_EARLY_DATA_SIZE if more was transferred than was allowed.
 * @since 0.9
 */
S2N_API int s2n_connection_get_remaining_early_data_size(struct s2n_connection *conn,
                                                         uint32_t *allowed_early_data_size);

/**
 * Writes how many bytes of early data are allowed in all, by the most preferred key.
 *
 * A server without a key yet gives its own limit until the handshake has chosen, then 0 if it chose none.
 * @since 0.9
 */
S2N_API int s2n_connection_get_max_early_data_size(struct s2n_connection *conn,
                                                   uint32_t *max_early_data_size);

/**
 * Sends early data, beginning the handshake if need be. Client only; call it before s2n_negotiate().
 *
 * The data may be replayed: send only what may safely arrive twice. @p data_sent is how many bytes went out
 * in this call, also when it fails. Success with fewer bytes than given means that no more early data can
 * be sent; the rest is for after the handshake, as is everything if the server refuses. Blocked on reading
 * means that more could be sent before the server answers: call again with more, or go on with
 * s2n_negotiate().
 *
 * Errors: SERVER_MODE on a server; IO_BLOCKED; SAFETY for a negative length; others as s2n_negotiate().
 * @since 0.9
 */
S2N_API int s2n_send_early_data(struct s2n_connection *conn, const uint8_t *data, ssize_t data_len,
                                ssize_t *data_sent, s2n_blocked_status *blocked);

/**
 * Reads early data, beginning the handshake if need be. Server only; early data is refused if it is never
 * called.
 *
 * The data may be a replay of earlier data. Call it before s2n_negotiate(), and again until it succeeds:
 * then there is no more, or there was none. @p data_received is how many bytes came in this call, also when
 * it fails.
 *
 * Errors: CLIENT_MODE on a client; EARLY_DATA_BLOCKED when @p data is full and there may be more;
 * IO_BLOCKED; ASYNC_BLOCKED; MAX_EARLY_DATA_SIZE for data beyond the limit; SAFETY for a negative length;
 * others as s2n_negotiate().
 * @since 0.9
 */
S2N_API int s2n_recv_early_data(struct s2n_connection *conn, uint8_t *data, ssize_t max_data_len,
                                ssize_t *data_received, s2n_blocked_status *blocked);

/**
 * Sets the callback that lets a server accept or reject early data; NULL removes it, and everything is
 * accepted.
 *
 * This is the place to stop replays: let a ticket, which is the negotiated identity, be used once over all
 * servers that share its key, or remember the random of each ClientHello for as long as it would be
 * accepted. When in doubt reject: the client then sends the data again after the handshake.
 *
 * It runs at most once in a handshake, when all else is in order. It answers with
 * s2n_offered_early_data_accept() or s2n_offered_early_data_reject(), at once or later, also from another
 * thread; until then calls fail with ASYNC_BLOCKED, blocked on application input. A negative result fails
 * the handshake with CANCELLED.
 * @since 0.9
 */
S2N_API int s2n_config_set_early_data_cb(struct s2n_config *config, s2n_early_data_cb cb);

/**
 * Writes the length of the context that the ticket or the key carries; 0 without one.
 *
 * @p early_data belongs to the connection and is valid until that is wiped or freed.
 * @since 0.9
 */
S2N_API int s2n_offered_early_data_get_context_length(struct s2n_offered_early_data *early_data,
                                                      uint16_t *context_len);

/**
 * Copies the context that the ticket or the key carries.
 *
 * Errors: INSUFFICIENT_MEM_SIZE if it does not fit into @p max_len bytes.
 * @since 0.9
 */
S2N_API int s2n_offered_early_data_get_context(struct s2n_offered_early_data *early_data, uint8_t *context,
                                               uint16_t max_len);

/**
 * Rejects the early data; the handshake goes on without it. May be repeated.
 *
 * Errors: INVALID_EARLY_DATA_STATE if it was accepted.
 * @since 0.9
 */
S2N_API int s2n_offered_early_data_reject(struct s2n_offered_early_data *early_data);

/**
 * Accepts the early data. May be repeated.
 *
 * Errors: INVALID_EARLY_DATA_STATE if it was rejected.
 * @since 0.9
 */
S2N_API int s2n_offered_early_data_accept(struct s2n_offered_early_data *early_data);

/** @} */

/**
 * @addtogroup offload Private keys elsewhere
 * A callback can do what needs the private key, at once or later, on another thread or another machine.
 * @{
 */

/**
 * Sets the callback that takes every private-key operation of connections with @p config, server or client.
 *
 * It owns the operation and must see that it is performed (s2n_async_pkey_op_perform() or
 * s2n_async_pkey_op_set_output()), applied and freed, in that order. It may return before that:
 * s2n_negotiate() is then blocked on S2N_BLOCKED_ON_APPLICATION_INPUT until it has been applied. Another
 * result than 0 fails the handshake with ASYNC_CALLBACK_FAILED; the operation must be freed even then. Chains
 * without a private key need such a callback. Borrowed.
 * @since 1.0
 */
S2N_API int s2n_config_set_async_pkey_callback(struct s2n_config *config, s2n_async_pkey_fn fn);

/**
 * Chooses whether signatures are verified when they are applied (strict) or not (fast, the default).
 *
 * Strict finds a wrong key or a faulty signer before the peer does, at the price of a verification.
 * Errors: INVALID_ARGUMENT for another value.
 * @since 1.0
 */
S2N_API int s2n_config_set_async_pkey_validation_mode(struct s2n_config *config,
                                                      s2n_async_pkey_validation_mode mode);

/**
 * Performs the operation with @p key. The connection must still exist.
 *
 * A decryption succeeds whatever the peer sent: that it was wrong shows later in the handshake, so that
 * nobody learns why.
 * Errors: ASYNC_ALREADY_PERFORMED; those of signing.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_perform(struct s2n_async_pkey_op *op, s2n_cert_private_key *key);

/**
 * Gives the result of a performed operation back to its connection, which can then go on.
 *
 * Also inside the callback. Nothing may be sending or receiving on @p conn meanwhile.
 * Errors: ASYNC_NOT_PERFORMED, ASYNC_ALREADY_APPLIED, ASYNC_WRONG_CONNECTION also if that connection does not
 * wait, REENTRANCY, VERIFY_SIGNATURE if the signature is checked and wrong.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_apply(struct s2n_async_pkey_op *op, struct s2n_connection *conn);

/**
 * Releases the operation in any state; exactly once, and before or after its connection.
 *
 * Without having been applied it leaves the connection blocked for ever.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_free(struct s2n_async_pkey_op *op);

/**
 * Writes whether the operation is a signature or an RSA decryption.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_get_op_type(struct s2n_async_pkey_op *op, s2n_async_pkey_op_type *type);

/**
 * Writes the bytes of the operation's input: a digest to sign, or a ciphertext.
 *
 * Errors: HASH_NOT_READY when the input is used up.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_get_input_size(struct s2n_async_pkey_op *op, uint32_t *data_len);

/**
 * Copies the operation's input, for a key that is not on this machine.
 *
 * Errors: SAFETY if it does not fit, HASH_NOT_READY when the input is used up.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_get_input(struct s2n_async_pkey_op *op, uint8_t *data, uint32_t data_len);

/**
 * Sets the result that was made elsewhere: the signature as it goes on the wire (ECDSA in DER), or the 48
 * bytes that were decrypted. Copied; a second call replaces it.
 *
 * The length is checked only when the mode is strict.
 * @since 1.0
 */
S2N_API int s2n_async_pkey_op_set_output(struct s2n_async_pkey_op *op, const uint8_t *data,
                                         uint32_t data_len);

/** @} */

/**
 * @addtogroup hello ClientHello
 * What a client asked for, as a server received it; after a retry, the second time.
 * @{
 */

/**
 * Sets the callback that servers run when a ClientHello has been read and nothing is decided yet.
 *
 * Inside it the hello can be read and the connection be given another config, policy or ALPN list. Once per
 * connection: not again for the second hello of a retry, nor for a config that it switches to. Blocking: a
 * positive result goes on and counts the server name as used, 0 just goes on. Both arguments are borrowed;
 * NULL removes the callback.
 * @since 0.9
 */
S2N_API int s2n_config_set_client_hello_cb(struct s2n_config *config,
                                           s2n_client_hello_fn *client_hello_callback, void *ctx);

/**
 * Chooses whether the handshake goes on when the ClientHello callback returns, or waits.
 *
 * Waiting, s2n_negotiate() is blocked on S2N_BLOCKED_ON_APPLICATION_INPUT until s2n_client_hello_cb_done().
 * Read after the callback, from the config that it may have switched to.
 * Errors: INVALID_STATE (type USAGE) for another value.
 * @since 0.9
 */
S2N_API int s2n_config_set_client_hello_cb_mode(struct s2n_config *config, s2n_client_hello_cb_mode cb_mode);

/**
 * Ends the wait for a ClientHello callback that does not block; inside it or later, and repeatable.
 *
 * Errors: INVALID_STATE (type USAGE) if the mode is blocking or there is no hello, ASYNC_NOT_PERFORMED if the
 * callback has not run.
 * @since 0.9
 */
S2N_API int s2n_client_hello_cb_done(struct s2n_connection *conn);

/**
 * Makes a server tell its client that it used the name asked for. Until the ClientHello is processed only.
 *
 * Needed only if the application picked the certificate itself. Not sent when a session is resumed.
 * Errors: INVALID_STATE (type USAGE) on clients and afterwards.
 * @since 0.9
 */
S2N_API int s2n_connection_server_name_extension_used(struct s2n_connection *conn);

/**
 * Returns the ClientHello that a server received: inner, valid until the connection is wiped or freed.
 *
 * NULL without an error before there is one, and on clients. s2n_connection_free_handshake() leaves only
 * the random.
 * @since 0.9
 */
S2N_API struct s2n_client_hello *s2n_connection_get_client_hello(struct s2n_connection *conn);

/**
 * Parses a ClientHello message that starts with its 4-byte header. Copied; free it with
 * s2n_client_hello_free().
 *
 * All functions of this group take the result. The SSLv2 format is not understood.
 * Errors: SIZE_MISMATCH below 4 bytes; SAFETY for NULL bytes; BAD_MESSAGE for another type, a wrong length
 * and what is against the rules; STUFFER_OUT_OF_DATA when cut short; DUPLICATE_EXTENSION.
 * @since 0.9
 */
S2N_API struct s2n_client_hello *s2n_client_hello_parse_message(const uint8_t *bytes, uint32_t size);

/**
 * Frees what s2n_client_hello_parse_message() returned and sets the pointer to NULL; NULL in it succeeds.
 *
 * Errors: INVALID_ARGUMENT for a hello that belongs to a connection.
 * @since 0.9
 */
S2N_API int s2n_client_hello_free(struct s2n_client_hello **ch);

/**
 * Returns the length of the message without its 4-byte header; 0 after s2n_connection_free_handshake().
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_raw_message_length(struct s2n_client_hello *ch);

/**
 * Copies the message without its 4-byte header, as much as fits, and returns how many bytes that is.
 *
 * The 32 bytes of the random, from the third byte on, read as zeros; s2n_client_hello_get_random() has
 * them.
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_raw_message(struct s2n_client_hello *ch, uint8_t *out,
                                                 uint32_t max_length);

/**
 * Writes the length of the client's session id, 0 to 32, as received.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_session_id_length(struct s2n_client_hello *ch, uint32_t *out_length);

/**
 * Copies the client's session id, as much as fits, and writes how many bytes that is.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_session_id(struct s2n_client_hello *ch, uint8_t *out, uint32_t *out_length,
                                            uint32_t max_length);

/**
 * Copies the client's random, 32 bytes; no honest client sends the same twice.
 *
 * Errors: INSUFFICIENT_MEM_SIZE below 32 bytes.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_random(struct s2n_client_hello *ch, uint8_t *out, uint32_t max_length);

/**
 * Returns the bytes of the list of cipher suites: two for each, or three in the SSLv2 format.
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_cipher_suites_length(struct s2n_client_hello *ch);

/**
 * Copies the list of cipher suites as received, as much as fits, and returns how many bytes that is.
 *
 * Reserved (GREASE) and signalling values are in it.
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_cipher_suites(struct s2n_client_hello *ch, uint8_t *out,
                                                   uint32_t max_length);

/**
 * Returns the bytes of all extensions together, 0 if there are none.
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_extensions_length(struct s2n_client_hello *ch);

/**
 * Copies all extensions as received, each with type and length, as much as fits, and returns how many bytes
 * that is.
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_extensions(struct s2n_client_hello *ch, uint8_t *out,
                                                uint32_t max_length);

/**
 * Returns the bytes that one extension holds; 0 also if it is absent or of a type the library does not know.
 *
 * s2n_client_hello_has_extension() tells these apart.
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_extension_length(struct s2n_client_hello *ch,
                                                      s2n_tls_extension_type extension_type);

/**
 * Copies what one extension holds, as much as fits, and returns how many bytes that is; 0 as in
 * s2n_client_hello_get_extension_length().
 * @since 0.9
 */
S2N_API ssize_t s2n_client_hello_get_extension_by_id(struct s2n_client_hello *ch,
                                                     s2n_tls_extension_type extension_type, uint8_t *out,
                                                     uint32_t max_length);

/**
 * Writes whether the client sent an extension with this IANA number, known or not, empty or not.
 *
 * Errors: those of a malformed list; @p exists is then false.
 * @since 0.9
 */
S2N_API int s2n_client_hello_has_extension(struct s2n_client_hello *ch, uint16_t extension_iana,
                                           bool *exists);

/**
 * Writes how many compression methods the client offers, one byte each.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_compression_methods_length(struct s2n_client_hello *ch,
                                                            uint32_t *out_length);

/**
 * Copies the compression methods and writes how many there are.
 *
 * Errors: INSUFFICIENT_MEM_SIZE if they do not all fit.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_compression_methods(struct s2n_client_hello *ch, uint8_t *list,
                                                     uint32_t list_length, uint32_t *out_length);

/**
 * Writes the version field of the message, as a decimal version; TLS 1.3 clients say S2N_TLS12 there.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_legacy_protocol_version(struct s2n_client_hello *ch, uint8_t *out);

/**
 * Writes the version field of the first record that the hello came in.
 *
 * Errors: INVALID_ARGUMENT for a hello that was parsed from bytes.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_legacy_record_version(struct s2n_client_hello *ch, uint8_t *out);

/**
 * Writes the groups the client offers, as IANA numbers in its order, and how many. 0 after a failure.
 *
 * Errors: EXTENSION_NOT_RECEIVED, INSUFFICIENT_MEM_SIZE, INVALID_PARSED_EXTENSIONS if the list is malformed.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_supported_groups(struct s2n_client_hello *ch, uint16_t *groups,
                                                  uint16_t groups_count_max, uint16_t *groups_count);

/**
 * Writes the length of the server name asked for; 0 after a failure.
 *
 * Errors: EXTENSION_NOT_RECEIVED; SAFETY or STUFFER_OUT_OF_DATA if the extension is malformed.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_server_name_length(struct s2n_client_hello *ch, uint16_t *length);

/**
 * Copies the server name asked for, without a terminator, and writes its length; 0 after a failure.
 *
 * Errors: EXTENSION_NOT_RECEIVED; SAFETY if it does not fit or the extension is malformed.
 * @since 0.9
 */
S2N_API int s2n_client_hello_get_server_name(struct s2n_client_hello *ch, uint8_t *server_name,
                                             uint16_t length, uint16_t *out_length);

/** @} */

/**
 * @addtogroup serialization Moving a connection
 * An established connection can be turned into bytes and continued by another connection object, also in
 * another process. The bytes hold live keys and are not protected.
 * @{
 */

/**
 * Allows connections with @p config to be serialized in the given format. Set it before the handshake.
 *
 * Cannot be undone, and excludes renegotiation.
 * Errors: SAFETY unless @p version is S2N_SERIALIZED_CONN_V1, INVALID_STATE with a renegotiation callback.
 * @since 0.9
 */
S2N_API int s2n_config_set_serialization_version(struct s2n_config *config,
                                                 s2n_serialization_version version);

/**
 * Writes the bytes that s2n_connection_serialize() needs. Final once the handshake is done.
 *
 * Errors: INVALID_STATE if no format was set.
 * @since 0.9
 */
S2N_API int s2n_connection_serialization_length(struct s2n_connection *conn, uint32_t *length);

/**
 * Writes the state of an idle, established connection to @p buffer and closes the connection.
 *
 * Read and send everything before: nothing half-read or unsent may remain. Afterwards sending and receiving
 * fail with CLOSED; free the connection without s2n_shutdown(), which would disturb the peer.
 *
 * Errors, in this order: INVALID_STATE if no format was set; HANDSHAKE_NOT_COMPLETE; CLOSED; INVALID_STATE
 * if data remains; INSUFFICIENT_MEM_SIZE; INVALID_STATE for a stream cipher.
 * @since 0.9
 */
S2N_API int s2n_connection_serialize(struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length);

/**
 * Makes a fresh connection of the same mode continue the serialized one. The buffer is copied.
 *
 * Then set config and transport and send and receive; s2n_negotiate() returns at once. Version, suite, keys,
 * sequence numbers and record size are kept; names, certificates, counters and the exporter are not. Use a
 * blob once: using it twice repeats nonces.
 * Errors: INVALID_SERIALIZED_CONNECTION, the connection being unchanged.
 * @since 0.9
 */
S2N_API int s2n_connection_deserialize(struct s2n_connection *conn, uint8_t *buffer, uint32_t buffer_length);

/** @} */

#ifdef __cplusplus
}
#endif

#endif
