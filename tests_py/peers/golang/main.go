// SPDX-License-Identifier: Apache-2.0

// A TLS peer on Go's crypto/tls, driven by lines on standard input: see ../PROTOCOL.md. It uses nothing but the
// standard library, runs one job at a time and knows nothing of the library that it speaks with.
package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const patience = 20 * time.Second
const sample = 16 // bytes each way in a connection that is there for its session only

var curves = map[string]tls.CurveID{
	"x25519":    tls.X25519,
	"secp256r1": tls.CurveP256,
	"secp384r1": tls.CurveP384,
	"secp521r1": tls.CurveP521,
}

// The order in which crypto/tls prefers groups, whatever the order in its configuration is.
var curveOrder = []tls.CurveID{
	tls.X25519MLKEM768, tls.SecP256r1MLKEM768, tls.SecP384r1MLKEM1024,
	tls.X25519, tls.CurveP256, tls.CurveP384, tls.CurveP521,
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "version" {
		fmt.Println(runtime.Version())
		return
	}
	lines := bufio.NewReader(os.Stdin)
	for {
		line, err := lines.ReadString('\n')
		if strings.TrimSpace(line) != "" {
			say("done", perform(line))
		}
		if err != nil {
			return
		}
	}
}

// words is a line of the protocol, or what will become one.
type words map[string]string

func parse(line string) (words, error) {
	found := words{}
	for _, word := range strings.Fields(line) {
		key, escaped, _ := strings.Cut(word, "=")
		// A path's escapes, not a query's: a plus is a plus.
		value, err := url.PathUnescape(escaped)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		found[key] = value
	}
	return found, nil
}

func escape(value string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/,+"
	var out strings.Builder
	for _, octet := range []byte(value) {
		if strings.IndexByte(plain, octet) >= 0 {
			out.WriteByte(octet)
		} else {
			fmt.Fprintf(&out, "%%%02X", octet)
		}
	}
	return out.String()
}

func say(first string, rest words) {
	line := first
	for key, value := range rest {
		line += " " + key + "=" + escape(value)
	}
	fmt.Println(line)
}

// perform runs a job to its end; what comes back is the rest of the "done" line.
func perform(line string) (answer words) {
	defer func() {
		if bug := recover(); bug != nil {
			answer = words{"ok": "0", "error": fmt.Sprint("panic: ", bug)}
		}
	}()
	answer, err := conversation(line)
	if err != nil {
		return words{"ok": "0", "error": err.Error()}
	}
	return answer
}

// job is what a line asks for, ready for use.
type job struct {
	server, auth, resume, alpn, closeFirst bool
	port                                   string
	chunk                                  int
	send, expect                           []byte
	config                                 *tls.Config
}

func conversation(line string) (words, error) {
	told, err := parse(line)
	if err != nil {
		return nil, err
	}
	todo, err := prepare(told)
	if err != nil {
		return nil, err
	}
	connect, end, err := todo.endpoint()
	if err != nil {
		return nil, err
	}
	defer end()
	if todo.resume {
		if _, err := todo.connection(connect, true); err != nil {
			return nil, fmt.Errorf("first connection: %w", err)
		}
	}
	return todo.connection(connect, false)
}

func prepare(told words) (*job, error) {
	if told["psk"] != "" {
		return nil, errors.New("crypto/tls has no external PSK")
	}
	if told["early"] != "" && told["early"] != "0" {
		return nil, errors.New("crypto/tls has early data for QUIC only")
	}
	if told["key_update"] == "1" {
		return nil, errors.New("crypto/tls cannot begin a key update")
	}
	todo := &job{
		server:     told["role"] == "server",
		auth:       told["auth"] == "1",
		resume:     told["resume"] == "1",
		closeFirst: told["close"] == "peer",
		port:       told["port"],
		chunk:      16384,
	}
	var err error
	if told["chunk"] != "" {
		if todo.chunk, err = strconv.Atoi(told["chunk"]); err != nil || todo.chunk < 1 {
			return nil, fmt.Errorf("chunk: %q", told["chunk"])
		}
	}
	if todo.send, err = os.ReadFile(told["send"]); err != nil {
		return nil, err
	}
	if todo.expect, err = os.ReadFile(told["expect"]); err != nil {
		return nil, err
	}
	if len(todo.send) != len(todo.expect) || len(todo.send)%2 != 0 {
		return nil, errors.New("send and expect must be of equal, even size")
	}
	todo.config, err = configure(todo, told)
	return todo, err
}

func configure(todo *job, told words) (*tls.Config, error) {
	config := &tls.Config{
		// One write is one record; else the first records are small whatever the size of the write.
		DynamicRecordSizingDisabled: true,
		ServerName:                  told["name"],
	}
	versions := map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13}
	version, known := versions[told["version"]]
	if !known {
		return nil, fmt.Errorf("no such version: %q", told["version"])
	}
	config.MinVersion, config.MaxVersion = version, version
	suite, err := suiteNamed(told["suite"])
	if err != nil {
		return nil, err
	}
	if version == tls.VersionTLS12 {
		config.CipherSuites = []uint16{suite}
	}
	if config.CurvePreferences, err = groups(told["group"], told["bait"], told["also"]); err != nil {
		return nil, err
	}
	if told["alpn"] != "" {
		todo.alpn = true
		config.NextProtos = strings.Split(told["alpn"], ",")
	}
	if told["cert"] != "" {
		pair, err := tls.LoadX509KeyPair(told["cert"], told["key"])
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if told["ca"] != "" {
		if config.RootCAs, err = pool(told["ca"]); err != nil {
			return nil, err
		}
		config.ClientCAs = config.RootCAs
	}
	switch {
	case todo.server && todo.auth:
		config.ClientAuth = tls.RequireAndVerifyClientCert
	case !todo.server && config.RootCAs == nil:
		return nil, errors.New("a client needs a CA to trust")
	}
	if !todo.server && todo.resume {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(8)
	}
	return config, nil
}

func pool(path string) (*x509.CertPool, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	trusted := x509.NewCertPool()
	if !trusted.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("no certificate in %s", path)
	}
	return trusted, nil
}

func suiteNamed(name string) (uint16, error) {
	for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if suite.Name == name {
			return suite.ID, nil
		}
	}
	return 0, fmt.Errorf("crypto/tls has no suite %q", name)
}

// groups is what to offer. crypto/tls sends a key share for the group that it prefers itself, so a bait that it does not
// prefer to the wanted group is replaced by a hybrid one that it does; its companion share must not be the wanted one.
func groups(name, bait, also string) ([]tls.CurveID, error) {
	for _, one := range []string{name, bait, also} {
		if _, known := curves[one]; !known && one != "" {
			return nil, fmt.Errorf("no such group: %q", one)
		}
	}
	wanted, first := curves[name], curves[bait]
	switch {
	case name == "":
		return nil, nil
	case bait == "" && also == "":
		return []tls.CurveID{wanted}, nil
	case bait == "":
		return []tls.CurveID{wanted, curves[also]}, nil
	}
	for _, curve := range curveOrder {
		if curve == first {
			return []tls.CurveID{first, wanted}, nil
		}
		if curve == wanted {
			break
		}
	}
	if wanted == tls.CurveP384 {
		return []tls.CurveID{tls.SecP256r1MLKEM768, wanted}, nil
	}
	return []tls.CurveID{tls.SecP384r1MLKEM1024, wanted}, nil
}

// endpoint is how the job's connections are had, one a call, and what ends that.
func (todo *job) endpoint() (connect func() (*wire, error), end func(), err error) {
	if !todo.server {
		dialer := net.Dialer{Timeout: patience}
		return func() (*wire, error) {
			conn, err := dialer.Dial("tcp4", net.JoinHostPort("127.0.0.1", todo.port))
			return &wire{Conn: conn}, err
		}, func() {}, nil
	}
	listener, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	say("listening", words{"port": strconv.Itoa(listener.Addr().(*net.TCPAddr).Port)})
	return func() (*wire, error) {
		if err := listener.SetDeadline(time.Now().Add(patience)); err != nil {
			return nil, err
		}
		conn, err := listener.Accept()
		return &wire{Conn: conn}, err
	}, func() { listener.Close() }, nil
}

// wire remembers that TCP ended, which crypto/tls does not tell from a close_notify.
type wire struct {
	net.Conn
	ended bool
}

func (below *wire) Read(into []byte) (int, error) {
	n, err := below.Conn.Read(into)
	if err == io.EOF {
		below.ended = true
	}
	return n, err
}

// connection is one connection from its start to its end; it answers what it was like.
func (todo *job) connection(connect func() (*wire, error), short bool) (words, error) {
	below, err := connect()
	if err != nil {
		return nil, err
	}
	defer below.Close()
	if err := below.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	var conn *tls.Conn
	if todo.server {
		conn = tls.Server(below, todo.config)
	} else {
		conn = tls.Client(below, todo.config)
	}
	if err := conn.Handshake(); err != nil {
		return nil, fmt.Errorf("handshake: %w", err)
	}
	if err := todo.talk(conn, short); err != nil {
		return nil, err
	}
	if err := todo.hangUp(conn); err != nil {
		return nil, fmt.Errorf("close: %w", err)
	}
	answer := todo.describe(conn.ConnectionState())
	answer["closed"] = "clean"
	if below.ended {
		answer["closed"] = "eof"
	}
	return answer, nil
}

// talk sends and reads what the job says: the client first, in halves or just the first few bytes.
func (todo *job) talk(conn *tls.Conn, short bool) error {
	half := len(todo.send) / 2
	bounds := []int{0, half, 2 * half}
	if short {
		bounds = []int{0, min(sample, len(todo.send))}
	}
	for part := 1; part < len(bounds); part++ {
		from, to := bounds[part-1], bounds[part]
		for step := range 2 {
			var err error
			if (step == 0) == todo.server {
				err = compare(conn, todo.expect[from:to], from)
			} else {
				err = todo.write(conn, todo.send[from:to])
			}
			if err != nil {
				return fmt.Errorf("part %d: %w", part, err)
			}
		}
	}
	return nil
}

func (todo *job) write(conn *tls.Conn, data []byte) error {
	for len(data) > 0 {
		size := min(todo.chunk, len(data))
		if _, err := conn.Write(data[:size]); err != nil {
			return fmt.Errorf("write: %w", err)
		}
		data = data[size:]
	}
	return nil
}

// compare reads until all that is expected has come. Offset is where in the stream that begins.
func compare(conn *tls.Conn, expected []byte, offset int) error {
	buffer := make([]byte, 65536)
	for len(expected) > 0 {
		n, err := conn.Read(buffer[:min(len(buffer), len(expected))])
		if !bytes.Equal(buffer[:n], expected[:n]) {
			wrong := 0
			for buffer[wrong] == expected[wrong] {
				wrong++
			}
			return fmt.Errorf("the byte at offset %d is wrong", offset+wrong)
		}
		expected = expected[n:]
		offset += n
		if err != nil && len(expected) > 0 {
			return fmt.Errorf("read at offset %d: %w", offset, err)
		}
	}
	return nil
}

// hangUp says close_notify and awaits the other side's, in the order that the job asks for.
func (todo *job) hangUp(conn *tls.Conn) error {
	if todo.closeFirst {
		if err := conn.CloseWrite(); err != nil {
			return err
		}
	}
	n, err := conn.Read(make([]byte, 1))
	if n != 0 {
		return errors.New("data after the end of the conversation")
	}
	if err != io.EOF {
		return err
	}
	if todo.closeFirst {
		return nil
	}
	return conn.CloseWrite()
}

func (todo *job) describe(state tls.ConnectionState) words {
	answer := words{
		"ok":      "1",
		"suite":   tls.CipherSuiteName(state.CipherSuite),
		"resumed": flag(state.DidResume),
		"hrr":     flag(state.HelloRetryRequest),
	}
	switch state.Version {
	case tls.VersionTLS12:
		answer["version"] = "1.2"
	case tls.VersionTLS13:
		answer["version"] = "1.3"
	}
	for name, curve := range curves {
		if curve == state.CurveID {
			answer["group"] = name
		}
	}
	if todo.alpn {
		answer["alpn"] = state.NegotiatedProtocol
	}
	if todo.server {
		answer["client_cert"] = flag(len(state.VerifiedChains) > 0)
	}
	return answer
}

func flag(truth bool) string {
	if truth {
		return "1"
	}
	return "0"
}
