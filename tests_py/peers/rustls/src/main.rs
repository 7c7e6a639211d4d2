// SPDX-License-Identifier: Apache-2.0
//! The rustls peer: speaks tests_py/peers/PROTOCOL.md on standard input and output, one conversation per line.
//!
//! What rustls can be told, it is told through a CryptoProvider with one suite and one group, made anew for every
//! job; both connections of a resumption share the configuration, for it holds the session store.

use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustls::crypto::aws_lc_rs::{default_provider, Ticketer, ALL_CIPHER_SUITES, ALL_KX_GROUPS};
use rustls::crypto::{CryptoProvider, SupportedKxGroup};
use rustls::server::WebPkiClientVerifier;
use rustls::{
    CipherSuite, ClientConfig, ClientConnection, Connection, HandshakeKind, NamedGroup, ProtocolVersion, RootCertStore,
    ServerConfig, ServerConnection, SupportedProtocolVersion,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName};

type Failure = Box<dyn std::error::Error>;
type Fallible<T> = Result<T, Failure>;

const PATIENCE: Duration = Duration::from_secs(20);
/// What each side sends on the first connection of a resumption.
const GREETING: usize = 16;
/// Room for a few records.
const BUFFER: usize = 65536;

fn main() {
    for line in io::stdin().lock().lines() {
        let Ok(line) = line else { return };
        let answer = match Job::new(&line).and_then(|job| job.run()) {
            Ok(words) => format!("done ok=1{words}"),
            Err(failure) => format!("done ok=0 error={}", quote(&failure.to_string())),
        };
        say(&answer);
    }
}

fn say(line: &str) {
    let mut out = io::stdout().lock();
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0); // nobody listens any more
    }
}

// ---- words -------------------------------------------------------------------------------------------------------

fn quote(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.:/,+".contains(&byte) {
            out.push(byte as char);
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn unquote(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let hex = if bytes[at] == b'%' { text.get(at + 1..at + 3) } else { None };
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn suite_name(suite: CipherSuite) -> String {
    format!("{suite:?}").replacen("TLS13_", "TLS_", 1)
}

fn group_name(group: NamedGroup) -> String {
    format!("{group:?}").to_lowercase()
}

// ---- a job -------------------------------------------------------------------------------------------------------

struct Job {
    words: HashMap<String, String>,
    send: Vec<u8>,
    expect: Vec<u8>,
    deadline: Instant,
}

impl Job {
    fn new(line: &str) -> Fallible<Job> {
        let words: HashMap<String, String> = line
            .split(' ')
            .filter_map(|word| word.split_once('='))
            .map(|(key, value)| (key.to_string(), unquote(value)))
            .collect();
        let file = |key: &str| -> Fallible<Vec<u8>> {
            let path = words.get(key).ok_or_else(|| format!("no {key}"))?;
            Ok(fs::read(path).map_err(|failure| format!("{path}: {failure}"))?)
        };
        let (send, expect) = (file("send")?, file("expect")?);
        Ok(Job { send, expect, words, deadline: Instant::now() + PATIENCE })
    }

    fn text(&self, key: &str) -> &str {
        self.words.get(key).map_or("", String::as_str)
    }

    fn flag(&self, key: &str) -> bool {
        self.text(key) == "1"
    }

    fn number(&self, key: &str, otherwise: usize) -> Fallible<usize> {
        match self.text(key) {
            "" => Ok(otherwise),
            digits => Ok(digits.parse().map_err(|_| format!("{key} is no number: {digits}"))?),
        }
    }

    fn run(&self) -> Fallible<String> {
        if !self.text("psk").is_empty() {
            return Err("rustls has no external PSK".into());
        }
        match self.text("role") {
            "client" => self.client(),
            "server" => self.server(),
            other => Err(format!("role {other}").into()),
        }
    }

    fn client(&self) -> Fallible<String> {
        let config = Arc::new(self.client_config()?);
        let port = u16::try_from(self.number("port", 0)?)?;
        let connect = || -> Fallible<Link> {
            let name = ServerName::try_from(self.text("name").to_string())?;
            let tls = ClientConnection::new(config.clone(), name)?;
            Link::new(Connection::Client(tls), TcpStream::connect(("127.0.0.1", port))?, self)
        };
        if self.flag("resume") {
            connect()?.greet()?;
        }
        connect()?.converse()
    }

    fn server(&self) -> Fallible<String> {
        let config = Arc::new(self.server_config()?);
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        say(&format!("listening port={}", listener.local_addr()?.port()));
        let accept = || -> Fallible<Link> {
            let tcp = loop {
                match listener.accept() {
                    Ok((tcp, _)) => break tcp,
                    Err(failure) if failure.kind() == ErrorKind::WouldBlock => thread::sleep(Duration::from_millis(1)),
                    Err(failure) => return Err(failure.into()),
                }
                if Instant::now() > self.deadline {
                    return Err("nobody connects".into());
                }
            };
            tcp.set_nonblocking(false)?;
            Link::new(Connection::Server(ServerConnection::new(config.clone())?), tcp, self)
        };
        if self.flag("resume") {
            accept()?.greet()?;
        }
        accept()?.converse()
    }
}

// ---- configurations ----------------------------------------------------------------------------------------------

impl Job {
    fn version(&self) -> Fallible<&'static SupportedProtocolVersion> {
        match self.text("version") {
            "1.2" => Ok(&rustls::version::TLS12),
            "1.3" => Ok(&rustls::version::TLS13),
            other => Err(format!("version {other}").into()),
        }
    }

    /// A client sends a share for the first group only, hence `bait` stands first. rustls does not look at a
    /// certificate's curve in TLS 1.2, so `also` may be a group that it does not have.
    fn provider(&self) -> Fallible<Arc<CryptoProvider>> {
        let suite = ALL_CIPHER_SUITES
            .iter()
            .find(|suite| suite_name(suite.suite()) == self.text("suite"))
            .ok_or_else(|| format!("rustls has no {}", self.text("suite")))?;
        let mut kx_groups = Vec::new();
        for name in [self.text("bait"), self.text("group")] {
            if !name.is_empty() {
                kx_groups.push(group(name).ok_or_else(|| format!("rustls has no {name}"))?);
            }
        }
        kx_groups.extend(group(self.text("also")));
        Ok(Arc::new(CryptoProvider { cipher_suites: vec![*suite], kx_groups, ..default_provider() }))
    }

    fn roots(&self) -> Fallible<Arc<RootCertStore>> {
        let mut roots = RootCertStore::empty();
        for cert in CertificateDer::pem_file_iter(self.text("ca"))? {
            roots.add(cert?)?;
        }
        Ok(Arc::new(roots))
    }

    fn identity(&self) -> Fallible<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
        let chain = CertificateDer::pem_file_iter(self.text("cert"))?.collect::<Result<_, _>>()?;
        Ok((chain, PrivateKeyDer::from_pem_file(self.text("key"))?))
    }

    fn alpn(&self) -> Vec<Vec<u8>> {
        self.text("alpn").split(',').filter(|name| !name.is_empty()).map(|name| name.as_bytes().to_vec()).collect()
    }

    fn client_config(&self) -> Fallible<ClientConfig> {
        let builder = ClientConfig::builder_with_provider(self.provider()?)
            .with_protocol_versions(&[self.version()?])?
            .with_root_certificates(self.roots()?);
        let mut config = if self.flag("auth") {
            let (chain, key) = self.identity()?;
            builder.with_client_auth_cert(chain, key)?
        } else {
            builder.with_no_client_auth()
        };
        config.alpn_protocols = self.alpn();
        config.enable_early_data = self.number("early", 0)? > 0;
        Ok(config)
    }

    /// rustls accepts early data on stateful resumption only, so with `early` there is no ticketer.
    fn server_config(&self) -> Fallible<ServerConfig> {
        let provider = self.provider()?;
        let builder =
            ServerConfig::builder_with_provider(provider.clone()).with_protocol_versions(&[self.version()?])?;
        let builder = if self.flag("auth") {
            let verifier = WebPkiClientVerifier::builder_with_provider(self.roots()?, provider).build()?;
            builder.with_client_cert_verifier(verifier)
        } else {
            builder.with_no_client_auth()
        };
        let (chain, key) = self.identity()?;
        let mut config = builder.with_single_cert(chain, key)?;
        config.alpn_protocols = self.alpn();
        config.max_early_data_size = u32::try_from(self.number("early", 0)?)?;
        if self.flag("resume") && config.max_early_data_size == 0 {
            config.ticketer = Ticketer::new()?;
        }
        Ok(config)
    }
}

fn group(name: &str) -> Option<&'static dyn SupportedKxGroup> {
    ALL_KX_GROUPS.iter().find(|group| group_name(group.name()) == name).copied()
}

// ---- one connection ----------------------------------------------------------------------------------------------

struct Link<'a> {
    job: &'a Job,
    tls: Connection,
    tcp: TcpStream,
    closed: bool,
    early: Vec<u8>,
}

impl<'a> Link<'a> {
    fn new(tls: Connection, tcp: TcpStream, job: &'a Job) -> Fallible<Link<'a>> {
        tcp.set_nodelay(true)?;
        Ok(Link { job, tls, tcp, closed: false, early: Vec::new() })
    }

    fn flush(&mut self) -> Fallible<()> {
        while self.tls.wants_write() {
            self.tcp.set_write_timeout(Some(self.time_left()?))?;
            self.tls.write_tls(&mut self.tcp)?;
        }
        Ok(())
    }

    /// Read from the socket once and answer what asks for an answer; false at the end of the TCP connection.
    fn fill(&mut self) -> Fallible<bool> {
        self.tcp.set_read_timeout(Some(self.time_left()?))?;
        let count = self.tls.read_tls(&mut self.tcp).map_err(|failure| match failure.kind() {
            ErrorKind::WouldBlock => "nothing comes".into(),
            _ => Failure::from(failure),
        })?;
        match self.tls.process_new_packets() {
            Ok(state) => self.closed |= state.peer_has_closed(),
            Err(failure) => {
                let _ = self.flush(); // the alert, if it can be sent
                return Err(failure.into());
            }
        }
        self.flush()?;
        Ok(count > 0)
    }

    fn time_left(&self) -> Fallible<Duration> {
        match self.job.deadline.checked_duration_since(Instant::now()) {
            Some(left) if !left.is_zero() => Ok(left),
            _ => Err("it takes too long".into()),
        }
    }

    fn shake_hands(&mut self) -> Fallible<()> {
        self.flush()?;
        while self.tls.is_handshaking() {
            if !self.fill()? {
                return Err("TCP connection ended in the handshake".into());
            }
            if let Connection::Server(server) = &mut self.tls {
                if let Some(mut early) = server.early_data() {
                    early.read_to_end(&mut self.early)?;
                }
            }
        }
        Ok(())
    }

    /// Write in pieces of `chunk` bytes, each of them a record.
    fn send(&mut self, data: &[u8]) -> Fallible<()> {
        for piece in data.chunks(self.job.number("chunk", 16384)?) {
            self.tls.writer().write_all(piece)?;
            self.flush()?;
        }
        Ok(())
    }

    fn receive(&mut self, from: usize, to: usize) -> Fallible<()> {
        let mut buffer = vec![0; BUFFER];
        let mut at = from;
        while at < to {
            let room = BUFFER.min(to - at);
            match self.tls.reader().read(&mut buffer[..room]) {
                Ok(0) => return Err(format!("closed by the other side at offset {at}").into()),
                Ok(count) => {
                    self.compare(&buffer[..count], at)?;
                    at += count;
                }
                Err(failure) if failure.kind() == ErrorKind::WouldBlock => {
                    self.fill()?; // the reader reports the end of the connection by itself
                }
                Err(failure) => return Err(format!("at offset {at}: {failure}").into()),
            }
        }
        Ok(())
    }

    fn compare(&self, got: &[u8], at: usize) -> Fallible<()> {
        let wanted = self.job.expect.get(at..at + got.len()).ok_or("more data than expected")?;
        match got.iter().zip(wanted).position(|(a, b)| a != b) {
            None => Ok(()),
            Some(offset) => Err(format!("wrong byte at offset {}", at + offset).into()),
        }
    }

    fn is_client(&self) -> bool {
        matches!(self.tls, Connection::Client(_))
    }

    /// close_notify both ways; how the other side has ended the connection.
    fn close(&mut self) -> Fallible<&'static str> {
        let first = self.job.text("close") == "peer";
        if first {
            self.tls.send_close_notify();
            self.flush()?;
        }
        while !self.closed {
            if !self.fill()? {
                break;
            }
            match self.tls.reader().read(&mut [0; 1]) {
                Ok(0) => break,
                Ok(_) => return Err("more data than expected".into()),
                Err(failure) if failure.kind() == ErrorKind::WouldBlock => {}
                Err(failure) if failure.kind() == ErrorKind::UnexpectedEof => {}
                Err(failure) => return Err(failure.into()),
            }
        }
        if self.closed && !first {
            self.tls.send_close_notify();
            self.flush()?;
        }
        Ok(if self.closed { "clean" } else { "eof" })
    }

    /// The first connection of a resumption.
    fn greet(mut self) -> Fallible<()> {
        self.shake_hands()?;
        let job = self.job;
        if self.is_client() {
            self.send(&job.send[..GREETING])?;
            self.receive(0, GREETING)?;
        } else {
            self.receive(0, GREETING)?;
            self.send(&job.send[..GREETING])?;
        }
        self.close()?;
        Ok(())
    }

    fn converse(mut self) -> Fallible<String> {
        let job = self.job;
        let early = job.number("early", 0)?;
        let offered = self.send_early(early)?;
        self.shake_hands()?;
        let accepted = match &self.tls {
            Connection::Client(client) => client.is_early_data_accepted(),
            Connection::Server(_) => !self.early.is_empty(),
        };
        let half = job.send.len() / 2;
        if self.is_client() {
            self.speak(if accepted { offered } else { 0 }, half)?;
            self.receive(0, half)?;
            self.speak(half, job.send.len())?;
            self.receive(half, job.expect.len())?;
        } else {
            self.compare(&self.early, 0)?;
            self.receive(self.early.len(), half)?;
            self.speak(0, half)?;
            self.receive(half, job.expect.len())?;
            self.speak(half, job.send.len())?;
        }
        let closed = self.close()?;
        let mut answer = self.describe();
        if early > 0 {
            answer += if accepted { " early=accepted" } else { " early=rejected" };
        }
        Ok(format!("{answer} closed={closed}"))
    }

    fn speak(&mut self, from: usize, to: usize) -> Fallible<()> {
        let job = self.job;
        if job.flag("key_update") {
            self.tls.refresh_traffic_keys()?;
        }
        self.send(&job.send[from..to])
    }

    /// A client's early data, behind its hello; how many bytes of it rustls has taken.
    fn send_early(&mut self, early: usize) -> Fallible<usize> {
        let job = self.job;
        let Connection::Client(client) = &mut self.tls else { return Ok(0) };
        if early == 0 {
            return Ok(0);
        }
        let Some(mut writer) = client.early_data() else { return Err("the session allows no early data".into()) };
        if writer.bytes_left() < early {
            return Err(format!("the session allows {} bytes of early data", writer.bytes_left()).into());
        }
        for piece in job.send[..early].chunks(job.number("chunk", 16384)?) {
            writer.write_all(piece)?;
        }
        Ok(early)
    }

    fn describe(&self) -> String {
        let tls = &self.tls;
        let version = match tls.protocol_version() {
            Some(ProtocolVersion::TLSv1_2) => "1.2".to_string(),
            Some(ProtocolVersion::TLSv1_3) => "1.3".to_string(),
            other => quote(&format!("{other:?}")),
        };
        let mut words = format!(" version={version}");
        if let Some(suite) = tls.negotiated_cipher_suite() {
            words += &format!(" suite={}", suite_name(suite.suite()));
        }
        if let Some(group) = tls.negotiated_key_exchange_group() {
            words += &format!(" group={}", group_name(group.name()));
        }
        if let Some(alpn) = tls.alpn_protocol() {
            words += &format!(" alpn={}", quote(&String::from_utf8_lossy(alpn)));
        }
        let kind = tls.handshake_kind();
        words += &format!(" resumed={}", u8::from(kind == Some(HandshakeKind::Resumed)));
        words += &format!(" hrr={}", u8::from(kind == Some(HandshakeKind::FullWithHelloRetryRequest)));
        if !self.is_client() {
            words += &format!(" client_cert={}", u8::from(tls.peer_certificates().is_some()));
        }
        words
    }
}
