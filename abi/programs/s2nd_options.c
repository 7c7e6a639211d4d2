/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of s2nd. Called once by main, before the library is initialised; only checks what can
 * be known without it. Options of features that this release does not have are recognised and refused.
 */
#include "s2nd.h"

#include <getopt.h>

/* Long options without a letter of their own. */
enum {
    OPT_FIPS = 256,
    OPT_KEY,
    OPT_CERT,
    OPT_PARALLEL,
    OPT_LOW_LATENCY,
    OPT_THROUGHPUT,
    OPT_MFL,
    OPT_OCSP,
    OPT_TICKET_KEY,
    OPT_TLS13,
    OPT_NPN,
    OPT_NON_BLOCKING,
    OPT_KEY_LOG,
    OPT_SEND_BUFFER,
    OPT_SERIALIZE_OUT,
    OPT_DESERIALIZE_IN,
};

static const char short_options[] = "c:hmnst:d:iTCX::wb:A:P:E:";

static const struct option long_options[] = {
    { "ciphers", required_argument, NULL, 'c' },
    { "enter-fips-mode", no_argument, NULL, OPT_FIPS },
    { "help", no_argument, NULL, 'h' },
    { "key", required_argument, NULL, OPT_KEY },
    { "cert", required_argument, NULL, OPT_CERT },
    { "mutualAuth", no_argument, NULL, 'm' },
    { "negotiate", no_argument, NULL, 'n' },
    { "parallelize", no_argument, NULL, OPT_PARALLEL },
    { "prefer-low-latency", no_argument, NULL, OPT_LOW_LATENCY },
    { "prefer-throughput", no_argument, NULL, OPT_THROUGHPUT },
    { "enable-mfl", no_argument, NULL, OPT_MFL },
    { "ocsp", required_argument, NULL, OPT_OCSP },
    { "self-service-blinding", no_argument, NULL, 's' },
    { "ca-file", required_argument, NULL, 't' },
    { "ca-dir", required_argument, NULL, 'd' },
    { "insecure", no_argument, NULL, 'i' },
    { "stk-file", required_argument, NULL, OPT_TICKET_KEY },
    { "no-session-ticket", no_argument, NULL, 'T' },
    { "corked-io", no_argument, NULL, 'C' },
    { "max-conns", optional_argument, NULL, 'X' },
    { "tls13", no_argument, NULL, OPT_TLS13 },
    { "https-server", no_argument, NULL, 'w' },
    { "https-bench", required_argument, NULL, 'b' },
    { "alpn", required_argument, NULL, 'A' },
    { "npn", no_argument, NULL, OPT_NPN },
    { "non-blocking", no_argument, NULL, OPT_NON_BLOCKING },
    { "key-log", required_argument, NULL, OPT_KEY_LOG },
    { "psk", required_argument, NULL, 'P' },
    { "max-early-data", required_argument, NULL, 'E' },
    { "buffered-send", required_argument, NULL, OPT_SEND_BUFFER },
    { "serialize-out", required_argument, NULL, OPT_SERIALIZE_OUT },
    { "deserialize-in", required_argument, NULL, OPT_DESERIALIZE_IN },
    { NULL, 0, NULL, 0 },
};

static const char usage_text[] =
    "usage: s2nd [options] host port\n"
    "  host and port say where to listen; port 0 takes a free one\n"
    "\n"
    "  -c, --ciphers POLICY         security policy\n"
    "      --enter-fips-mode        refuse to run unless the library is in FIPS mode\n"
    "  -h, --help                   this text\n"
    "      --cert FILE, --key FILE  certificate chain and private key, PEM; up to 50 of each\n"
    "  -m, --mutualAuth             require a client certificate\n"
    "  -n, --negotiate              only do handshakes\n"
    "      --parallelize            one child process per connection\n"
    "      --prefer-low-latency     small records\n"
    "      --prefer-throughput      large records\n"
    "      --enable-mfl             let clients ask for smaller fragments\n"
    "      --ocsp FILE              OCSP response, DER, to send with the certificates\n"
    "  -s, --self-service-blinding  wait out blinding delays here, not in the library\n"
    "  -t, --ca-file FILE           trust only the certificates in FILE for clients\n"
    "  -d, --ca-dir DIR             trust only the certificates in DIR for clients\n"
    "  -i, --insecure               do not check client certificates\n"
    "      --stk-file FILE          key for session tickets and the session cache; any bytes\n"
    "  -T, --no-session-ticket      do without session tickets\n"
    "  -P, --psk ID,HEX,HASH        external key: identity, secret, SHA256 or SHA384; up to 10 times\n"
    "  -E, --max-early-data BYTES   accept this much early data (0: none)\n"
    "  -C, --corked-io              cork the socket while writing the handshake\n"
    "  -X, --max-conns[=N]          leave after N good connections (1 without a number)\n"
    "      --tls13                  accepted; has no effect\n"
    "  -w, --https-server           answer each connection with a small page\n"
    "  -b, --https-bench BYTES      with -w: answer with BYTES zero bytes\n"
    "  -A, --alpn PROTOCOL          protocol to agree to\n"
    "      --non-blocking           use non-blocking sockets\n"
    "      --key-log FILE           append secrets for traffic analysis\n"
    "      --buffered-send BYTES    size of the send buffer\n"
    "      --serialize-out FILE     save the connection instead of closing it\n"
    "      --deserialize-in FILE    go on with a saved connection\n"
    "\n"
    "  Not available in this release yet: --npn\n";

static bool usage(void)
{
    fputs(usage_text, stderr);
    return false;
}

static bool unavailable(int option)
{
    for (const struct option *o = long_options; o->name != NULL; o++) {
        if (o->val == option) {
            tool_unavailable("s2nd", o->name);
        }
    }
    return false;
}

static bool take_path(const char *list[MAX_PAIRS], int *n)
{
    if (*n == MAX_PAIRS) {
        fprintf(stderr, "s2nd: at most %d certificates and keys\n", MAX_PAIRS);
        return false;
    }
    list[(*n)++] = optarg;
    return true;
}

/* A bare flag means one connection; 0, a negative number or a non-number means no limit. */
static bool take_max_conns(struct server *s)
{
    s->max_conns = 1;
    if (optarg != NULL && !tool_parse_number(optarg, UINT32_MAX, &s->max_conns)) {
        s->max_conns = UNLIMITED;
    }
    return true;
}

static bool take_number(const char *option, uint32_t *out)
{
    if (!tool_parse_number(optarg, UINT32_MAX, out)) {
        fprintf(stderr, "s2nd: invalid value '%s' for --%s\n", optarg, option);
        return false;
    }
    return true;
}

/* Where the argument of an option goes as it stands; NULL for all other options. */
static const char **text_of(struct server *s, int option)
{
    switch (option) {
    case 'c':
        return &s->common.policy;
    case 't':
        return &s->common.ca_file;
    case 'd':
        return &s->common.ca_dir;
    case 'A':
        return &s->alpn;
    case OPT_TICKET_KEY:
        return &s->ticket_key;
    case OPT_OCSP:
        return &s->ocsp;
    case OPT_KEY_LOG:
        return &s->common.key_log;
    case OPT_SEND_BUFFER:
        return &s->common.send_buffer;
    case OPT_SERIALIZE_OUT:
        return &s->common.serialize_out;
    case OPT_DESERIALIZE_IN:
        return &s->common.deserialize_in;
    default:
        return NULL;
    }
}

/* What an option without an argument turns on; NULL for all other options. */
static bool *flag_of(struct server *s, int option)
{
    switch (option) {
    case 'm':
        return &s->mutual_auth;
    case 'n':
        return &s->negotiate_only;
    case 's':
        return &s->self_blinding;
    case 'i':
        return &s->common.insecure;
    case 'T':
        return &s->common.no_tickets;
    case 'C':
        return &s->common.corked;
    case 'w':
        return &s->https;
    case OPT_FIPS:
        return &s->common.require_fips;
    case OPT_PARALLEL:
        return &s->parallel;
    case OPT_LOW_LATENCY:
        return &s->common.low_latency;
    case OPT_THROUGHPUT:
        return &s->common.throughput;
    case OPT_MFL:
        return &s->accept_mfl;
    case OPT_NON_BLOCKING:
        return &s->common.non_blocking;
    default:
        return NULL;
    }
}

/* Lists, numbers, accepted options without effect, and those that end the program. */
static bool take_other(struct server *s, int option)
{
    switch (option) {
    case 'X':
        return take_max_conns(s);
    case 'b':
        return take_number("https-bench", &s->bench_bytes);
    case 'E':
        return take_number("max-early-data", &s->max_early_data);
    case OPT_KEY:
        return take_path(s->keys, &s->n_keys);
    case OPT_CERT:
        return take_path(s->certs, &s->n_certs);
    case 'P':
        return tool_take_psk(&s->common, optarg);
    case OPT_TLS13:
        return true;
    case OPT_NPN:
        return unavailable(option);
    default:
        return usage();
    }
}

static bool take_option(struct server *s, int option)
{
    const char **text = text_of(s, option);
    bool *flag = flag_of(s, option);

    if (text != NULL) {
        *text = optarg;
        return true;
    }
    if (flag != NULL) {
        *flag = true;
        return true;
    }
    return take_other(s, option);
}

bool server_parse(struct server *s, int argc, char **argv)
{
    int option = 0;

    while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
        if (!take_option(s, option)) {
            return false;
        }
    }
    if (s->common.low_latency && s->common.throughput) {
        fprintf(stderr, "s2nd: --prefer-low-latency and --prefer-throughput exclude each other\n");
        return false;
    }
    if (s->n_certs != s->n_keys) {
        fprintf(stderr, "Mismatched certificate(%d) and private key(%d) count!\n", s->n_certs, s->n_keys);
        return false;
    }
    if (argc - optind != 2) {
        return usage();
    }
    s->host = argv[optind];
    s->port = argv[optind + 1];
    return true;
}
