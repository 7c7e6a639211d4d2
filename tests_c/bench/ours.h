/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What all work done by this library shares: configs, transport, one record out, one record in. Only the public API is
 * used, so any library that exports s2n.h can be put in its place.
 */
#ifndef BENCH_OURS_H
#define BENCH_OURS_H

#include <s2n.h>

#include "queue.h"
#include "work.h"

namespace bench
{
namespace ours
{

void Must(bool ok, const char *what); /* throws what, with the library's error */
#define OK(call) Must((call) == S2N_SUCCESS, #call)

struct Destroy {
    void operator()(s2n_config *p) const { s2n_config_free(p); }
    void operator()(s2n_cert_chain_and_key *p) const { s2n_cert_chain_and_key_free(p); }
    void operator()(s2n_psk *p) const { s2n_psk_free(&p); }
};

/* A config with the chain it owns; the chain goes last. */
class Config
{
  public:
    Config();
    s2n_config *get() const { return config_.get(); }
    void Own(const std::string &cert, const std::string &key);

  private:
    std::unique_ptr<s2n_cert_chain_and_key, Destroy> chain_;
    std::unique_ptr<s2n_config, Destroy> config_;
};

/* A new connection on a config, between two queues. */
s2n_connection *NewConnection(s2n_mode mode, s2n_config *config, Queue *out, Queue *in);

void SendOne(s2n_connection *conn, const uint8_t *p, size_t n);
void ReceiveOne(s2n_connection *conn, uint8_t *p, size_t n);

} // namespace ours
} // namespace bench

#endif
