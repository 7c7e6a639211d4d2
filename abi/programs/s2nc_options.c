/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of s2nc. Called once by main, before the library is initialised; only checks what can
 * be known without it. Options of features that this release does not have are recognised and refused.
 */
#include "s2nc.h"

#include <getopt.h>
#include <string.h>

enum {
    MAX_DYNAMIC_TIMEOUT = 255,
};

/* Long options without a letter of their own. */
enum {
    OPT_FIPS = 256,
    OPT_SEND_FILE,
    OPT_TICKET_OUT,
    OPT_TICKET_IN,
    OPT_SERIALIZE_OUT,
    OPT_DESERIALIZE_IN,
    OPT_TLS13,
    OPT_RENEGOTIATION,
    OPT_NPN,
    OPT_SEND_BUFFER,
    OPT_LOW_LATENCY,
    OPT_THROUGHPUT,
};

static const char short_options[] = "a:c:ehn:m:sf:d:l:k:D:t:irTCBL:P:E:";

static const struct option long_options[] = {
    { "alpn", required_argument, NULL, 'a' },
    { "ciphers", required_argument, NULL, 'c' },
    { "enter-fips-mode", no_argument, NULL, OPT_FIPS },
    { "echo", no_argument, NULL, 'e' },
    { "send-file", required_argument, NULL, OPT_SEND_FILE },
    { "help", no_argument, NULL, 'h' },
    { "name", required_argument, NULL, 'n' },
    { "status", no_argument, NULL, 's' },
    { "mfl", required_argument, NULL, 'm' },
    { "ca-file", required_argument, NULL, 'f' },
    { "ca-dir", required_argument, NULL, 'd' },
    { "insecure", no_argument, NULL, 'i' },
    { "cert", required_argument, NULL, 'l' },
    { "key", required_argument, NULL, 'k' },
    { "reconnect", no_argument, NULL, 'r' },
    { "no-session-ticket", no_argument, NULL, 'T' },
    { "ticket-out", required_argument, NULL, OPT_TICKET_OUT },
    { "ticket-in", required_argument, NULL, OPT_TICKET_IN },
    { "serialize-out", required_argument, NULL, OPT_SERIALIZE_OUT },
    { "deserialize-in", required_argument, NULL, OPT_DESERIALIZE_IN },
    { "dynamic", required_argument, NULL, 'D' },
    { "timeout", required_argument, NULL, 't' },
    { "corked-io", no_argument, NULL, 'C' },
    { "tls13", no_argument, NULL, OPT_TLS13 },
    { "non-blocking", no_argument, NULL, 'B' },
    { "key-log", required_argument, NULL, 'L' },
    { "psk", required_argument, NULL, 'P' },
    { "early-data", required_argument, NULL, 'E' },
    { "renegotiation", required_argument, NULL, OPT_RENEGOTIATION },
    { "npn", no_argument, NULL, OPT_NPN },
    { "buffered-send", required_argument, NULL, OPT_SEND_BUFFER },
    { "prefer-low-latency", no_argument, NULL, OPT_LOW_LATENCY },
    { "prefer-throughput", no_argument, NULL, OPT_THROUGHPUT },
    { NULL, 0, NULL, 0 },
};

static const char usage_text[] =
    "usage: s2nc [options] host [port]\n"
    "  host is a name or an address, port a number or a service name (443 when left out)\n"
    "\n"
    "  -a, --alpn LIST            protocols to offer, separated by commas\n"
    "  -c, --ciphers POLICY       security policy\n"
    "      --enter-fips-mode      refuse to run unless the library is in FIPS mode\n"
    "  -e, --echo                 connect stdin and stdout to the connection\n"
    "      --send-file FILE       send a file after the handshake\n"
    "  -h, --help                 this text\n"
    "  -n, --name NAME            server name to send and to expect\n"
    "  -s, --status               ask for an OCSP response with the certificate\n"
    "  -m, --mfl BYTES            ask for fragments of 512, 1024, 2048 or 4096 bytes\n"
    "  -f, --ca-file FILE         trust only the certificates in FILE\n"
    "  -d, --ca-dir DIR           trust only the certificates in DIR\n"
    "  -i, --insecure             do not check the server's certificate\n"
    "  -l, --cert FILE            client certificate chain, PEM\n"
    "  -k, --key FILE             its private key, PEM\n"
    "  -r, --reconnect            connect five more times, resuming the session\n"
    "  -T, --no-session-ticket    do without session tickets\n"
    "      --ticket-out FILE      save the session for --ticket-in\n"
    "      --ticket-in FILE       resume a saved session\n"
    "  -P, --psk ID,HEX,HASH      external key: identity, secret, SHA256 or SHA384; up to 10 times\n"
    "  -E, --early-data FILE      send a file as early data when resuming\n"
    "      --serialize-out FILE   save the connection instead of closing it\n"
    "      --deserialize-in FILE  go on with a saved connection\n"
    "  -D, --dynamic BYTES        small records until BYTES were sent (with --timeout)\n"
    "  -t, --timeout SECONDS      and again after a pause, at most 255\n"
    "  -C, --corked-io            cork the socket while writing the handshake\n"
    "      --tls13                accepted; has no effect\n"
    "  -B, --non-blocking         use a non-blocking socket\n"
    "  -L, --key-log FILE         append secrets for traffic analysis\n"
    "      --buffered-send BYTES  size of the send buffer\n"
    "      --prefer-low-latency   small records\n"
    "      --prefer-throughput    large records\n"
    "\n"
    "  Not available in this release yet: --renegotiation --npn\n";

static bool usage(void)
{
    fputs(usage_text, stderr);
    return false;
}

bool client_bad_value(const char *option, const char *value)
{
    fprintf(stderr, "s2nc: invalid value '%s' for --%s\n", value, option);
    return false;
}

static const char *long_name(int option)
{
    for (const struct option *o = long_options; o->name != NULL; o++) {
        if (o->val == option) {
            return o->name;
        }
    }
    return "?";
}

static bool unavailable(int option)
{
    tool_unavailable("s2nc", long_name(option));
    return false;
}

static bool take_number(int option, uint32_t max, uint32_t *out)
{
    return tool_parse_number(optarg, max, out) || client_bad_value(long_name(option), optarg);
}

static bool take_renegotiation(void)
{
    if (strcmp(optarg, "accept") != 0 && strcmp(optarg, "reject") != 0) {
        return client_bad_value("renegotiation", optarg);
    }
    return unavailable(OPT_RENEGOTIATION);
}

/* Where the argument of an option goes as it stands; NULL for all other options. */
static const char **text_of(struct client *c, int option)
{
    switch (option) {
    case 'a':
        return &c->alpn;
    case 'c':
        return &c->common.policy;
    case 'n':
        return &c->server_name;
    case 'm':
        return &c->mfl;
    case 'f':
        return &c->common.ca_file;
    case 'd':
        return &c->common.ca_dir;
    case 'l':
        return &c->cert;
    case 'k':
        return &c->key;
    case 'L':
        return &c->common.key_log;
    case 'E':
        return &c->early_file;
    case OPT_TICKET_OUT:
        return &c->ticket_out;
    case OPT_TICKET_IN:
        return &c->ticket_in;
    case OPT_SEND_FILE:
        return &c->send_file;
    case OPT_SERIALIZE_OUT:
        return &c->common.serialize_out;
    case OPT_DESERIALIZE_IN:
        return &c->common.deserialize_in;
    case OPT_SEND_BUFFER:
        return &c->common.send_buffer;
    default:
        return NULL;
    }
}

/* What an option without an argument turns on; NULL for all other options. */
static bool *flag_of(struct client *c, int option)
{
    switch (option) {
    case 'e':
        return &c->echo;
    case 'i':
        return &c->common.insecure;
    case 'r':
        return &c->reconnect;
    case 's':
        return &c->status;
    case 'T':
        return &c->common.no_tickets;
    case 'C':
        return &c->common.corked;
    case 'B':
        return &c->common.non_blocking;
    case OPT_FIPS:
        return &c->common.require_fips;
    case OPT_LOW_LATENCY:
        return &c->common.low_latency;
    case OPT_THROUGHPUT:
        return &c->common.throughput;
    default:
        return NULL;
    }
}

/* Numbers, accepted options without effect, and those that end the program. */
static bool take_other(struct client *c, int option)
{
    switch (option) {
    case 'D':
        return take_number(option, UINT32_MAX, &c->dynamic_bytes);
    case 't':
        return take_number(option, MAX_DYNAMIC_TIMEOUT, &c->dynamic_seconds);
    case 'P':
        return tool_take_psk(&c->common, optarg);
    case OPT_TLS13:
        return true;
    case OPT_RENEGOTIATION:
        return take_renegotiation();
    case OPT_NPN:
        return unavailable(option);
    default:
        return usage();
    }
}

static bool take_option(struct client *c, int option)
{
    const char **text = text_of(c, option);
    bool *flag = flag_of(c, option);

    if (text != NULL) {
        *text = optarg;
        return true;
    }
    if (flag != NULL) {
        *flag = true;
        return true;
    }
    return take_other(c, option);
}

bool client_parse(struct client *c, int argc, char **argv)
{
    int option = 0;

    while ((option = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
        if (!take_option(c, option)) {
            return false;
        }
    }
    if (c->common.low_latency && c->common.throughput) {
        fprintf(stderr, "s2nc: --prefer-low-latency and --prefer-throughput exclude each other\n");
        return false;
    }
    if ((c->cert == NULL) != (c->key == NULL)) {
        fprintf(stderr, "s2nc: --cert and --key are needed together\n");
        return false;
    }
    if (c->early_file != NULL && c->common.no_tickets) {
        fprintf(stderr, "s2nc: --early-data needs session tickets\n");
        return false;
    }
    if (optind >= argc || argc - optind > 2) {
        return usage();
    }
    c->host = argv[optind];
    c->port = optind + 1 < argc ? argv[optind + 1] : "443";
    c->server_name = c->server_name != NULL ? c->server_name : c->host;
    return true;
}
