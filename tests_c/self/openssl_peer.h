/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other implementation: OpenSSL's libssl in memory, as client or server, facing one of our connections. BIO pairs
 * carry its bytes, a mempipe carries ours. Include support/pair.h first.
 */
#ifndef SELF_OPENSSL_PEER_H
#define SELF_OPENSSL_PEER_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include "support/identities.h"

namespace s2n_test
{

struct SslDelete {
    void operator()(SSL *p) const { SSL_free(p); }
    void operator()(SSL_CTX *p) const { SSL_CTX_free(p); }
    void operator()(X509 *p) const { X509_free(p); }
    void operator()(BIO *p) const { BIO_free_all(p); }
    void operator()(EVP_PKEY *p) const { EVP_PKEY_free(p); }
};
template <typename T> using SslPtr = std::unique_ptr<T, SslDelete>;

/* libssl's end. Settings are made on ctx() before Start(). */
class OpenSslEnd
{
  public:
    explicit OpenSslEnd(bool server) : server_(server), ctx_(SSL_CTX_new(TLS_method()))
    {
        SSL_CTX_set_min_proto_version(ctx_.get(), TLS1_2_VERSION);
        SSL_CTX_set_security_level(ctx_.get(), 0);
    }
    SSL_CTX *ctx() { return ctx_.get(); }
    SSL *ssl() { return ssl_.get(); }

    void Show(const Pki &pki)
    {
        Need(SSL_CTX_use_certificate(ctx(), pki.leaf.x509.get()), "certificate");
        Need(SSL_CTX_use_PrivateKey(ctx(), pki.leaf.key), "key");
        Need(SSL_CTX_add1_chain_cert(ctx(), pki.intermediate.x509.get()) == 1, "chain");
    }
    void Trust(const Pki &pki, int mode)
    {
        Need(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx()), pki.root.x509.get()), "trust");
        SSL_CTX_set_verify(ctx(), mode, nullptr);
    }
    void Start(const char *host = "localhost")
    {
        ssl_.reset(SSL_new(ctx()));
        BIO *inner = nullptr;
        Need(BIO_new_bio_pair(&inner, 1 << 20, &outer_, 1 << 20), "bio pair");
        net_.reset(outer_);
        SSL_set_bio(ssl(), inner, inner);
        if (server_) {
            SSL_set_accept_state(ssl());
        } else {
            SSL_set_connect_state(ssl());
            SSL_set_tlsext_host_name(ssl(), host);
        }
    }
    void Step()
    {
        if (!done && !failed) {
            int r = SSL_do_handshake(ssl());
            done = r == 1;
            failed = r != 1 && SSL_get_error(ssl(), r) != SSL_ERROR_WANT_READ;
            if (failed) {
                char text[256];
                ERR_error_string_n(ERR_get_error(), text, sizeof(text));
                error = text;
            }
        }
    }
    /* Carries both ways; the number of bytes. */
    size_t Move(mempipe *pipe)
    {
        uint8_t buf[16384];
        size_t moved = 0;
        for (int n; (n = BIO_read(net_.get(), buf, sizeof(buf))) > 0; moved += static_cast<size_t>(n)) {
            mempipe_in_write(pipe, buf, static_cast<size_t>(n));
        }
        for (size_t n; (n = mempipe_out_read(pipe, buf, sizeof(buf))) > 0; moved += n) {
            Need(BIO_write(net_.get(), buf, static_cast<int>(n)) == static_cast<int>(n), "bio write");
        }
        return moved;
    }

    bool done = false, failed = false;
    std::string error;

  private:
    static void Need(int ok, const char *what)
    {
        if (ok <= 0) {
            throw std::runtime_error(std::string("openssl: ") + what);
        }
    }
    bool server_;
    BIO *outer_ = nullptr;
    SslPtr<SSL_CTX> ctx_;
    SslPtr<BIO> net_;
    SslPtr<SSL> ssl_;
};

/* Our end alone, with the options of a pair's end. */
class OurEnd
{
  public:
    OurEnd(bool server, const EndOptions &o, const std::string &name = "localhost")
    {
        PairOptions options;
        (server ? options.server : options.client) = o;
        options.server_name = name;
        pair_.reset(new Pair(options));
        end_ = server ? &pair_->server() : &pair_->client();
    }
    End &operator*() { return *end_; }
    End *operator->() { return end_; }

  private:
    std::unique_ptr<Pair> pair_; /* whose other end stays unused */
    End *end_;
};

inline bool Shake(End &ours, OpenSslEnd &theirs)
{
    for (int idle = 0; idle < 3;) {
        ours.Step();
        theirs.Step();
        if (ours.error != 0) {
            s2n_blocked_status blocked;
            (void) s2n_shutdown_send(ours.conn, &blocked);
        }
        idle = theirs.Move(ours.pipe) == 0 ? idle + 1 : 0;
    }
    return ours.done && theirs.done;
}

/* n bytes to them and back; true when they came back the same. */
inline bool Echo(End &ours, OpenSslEnd &theirs, size_t n)
{
    std::string sent(n, 'e'), got, back;
    for (size_t i = 0; i < n; i++) {
        sent[i] = static_cast<char>(i * 31 + (i >> 9));
    }
    size_t out = 0, echoed = 0;
    s2n_blocked_status blocked;
    char buf[16384];
    for (int idle = 0; idle < 3 && back.size() < n;) {
        size_t before = out + got.size() + echoed + back.size();
        if (out < n) {
            ssize_t w = s2n_send(ours.conn, sent.data() + out, static_cast<ssize_t>(n - out), &blocked);
            out += w > 0 ? static_cast<size_t>(w) : 0;
        }
        theirs.Move(ours.pipe);
        for (int r; (r = SSL_read(theirs.ssl(), buf, sizeof(buf))) > 0;) {
            got.append(buf, static_cast<size_t>(r));
        }
        if (echoed < got.size()) {
            int w = SSL_write(theirs.ssl(), got.data() + echoed, static_cast<int>(got.size() - echoed));
            echoed += w > 0 ? static_cast<size_t>(w) : 0;
        }
        theirs.Move(ours.pipe);
        if (Pair::ReadAll(ours, &back) != 0) {
            return false;
        }
        idle = out + got.size() + echoed + back.size() == before ? idle + 1 : 0;
    }
    return back == sent;
}

} // namespace s2n_test

#endif
