/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the extension module adds to the generated _cdef.h: the calls from C into Python, the memory
 * transport, and the companion functions that no installed header declares. cffi reads this file; it is not C
 * to compile. The Python side of the callbacks is in _call.py. I/O is not among them: it stays in C
 * (_glue.h).
 */

extern "Python" uint8_t s2n_tls_verify_host(const char *name, size_t len, void *payload);
extern "Python" int s2n_tls_key_log(void *payload, struct s2n_connection *conn, uint8_t *line, size_t len);
extern "Python" int s2n_tls_wall_clock(void *payload, uint64_t *nanoseconds);
extern "Python" int s2n_tls_session_ticket(struct s2n_connection *conn, void *payload,
                                           struct s2n_session_ticket *ticket);
extern "Python" int s2n_tls_cache_store(struct s2n_connection *conn, void *payload, uint64_t ttl,
                                        const void *key, uint64_t key_size, const void *value,
                                        uint64_t value_size);
extern "Python" int s2n_tls_cache_retrieve(struct s2n_connection *conn, void *payload, const void *key,
                                           uint64_t key_size, void *value, uint64_t *value_size);
extern "Python" int s2n_tls_cache_delete(struct s2n_connection *conn, void *payload, const void *key,
                                         uint64_t key_size);
extern "Python" int s2n_tls_psk_selection(struct s2n_connection *conn, void *payload,
                                          struct s2n_offered_psk_list *list);
extern "Python" int s2n_tls_early_data(struct s2n_connection *conn, struct s2n_offered_early_data *offered);

#define S2N_TLS_GLUE_VERSION ...

int s2n_error_get_alert(int error, uint8_t *alert);

struct s2n_tls_pipe;
struct s2n_tls_pipe *s2n_tls_pipe_new(void);
void s2n_tls_pipe_free(struct s2n_tls_pipe *pipe);
int s2n_tls_pipe_attach(struct s2n_tls_pipe *pipe, struct s2n_connection *conn);
void s2n_tls_pipe_whole_records(struct s2n_tls_pipe *pipe);
int s2n_tls_pipe_feed(struct s2n_tls_pipe *pipe, const uint8_t *data, size_t len);
void s2n_tls_pipe_feed_eof(struct s2n_tls_pipe *pipe);
uint8_t *s2n_tls_pipe_reserve(struct s2n_tls_pipe *pipe, size_t len, size_t *out_len);
int s2n_tls_pipe_commit(struct s2n_tls_pipe *pipe, size_t len);
size_t s2n_tls_pipe_unread(const struct s2n_tls_pipe *pipe);
size_t s2n_tls_pipe_ready(const struct s2n_tls_pipe *pipe);
size_t s2n_tls_pipe_take_unread(struct s2n_tls_pipe *pipe, uint8_t *buf, size_t len);
size_t s2n_tls_pipe_waiting(const struct s2n_tls_pipe *pipe);
const uint8_t *s2n_tls_pipe_peek(const struct s2n_tls_pipe *pipe, size_t *out_len);
int s2n_tls_pipe_drop(struct s2n_tls_pipe *pipe, size_t len);
int s2n_tls_pipe_push(struct s2n_tls_pipe *pipe, const uint8_t *data, size_t len);
