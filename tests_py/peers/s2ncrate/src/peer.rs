// SPDX-License-Identifier: Apache-2.0
//! One job of PROTOCOL.md. The library has no way to name a single suite or group, so the adapter adds `policy`.

use crate::line::{quote, Line};
use crate::s2n::{compare, fail, Config, Connection, Result};
use crate::suites;
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(20);
/// What each side says on a connection that is there for its session only.
const TASTE: usize = 16;

struct Job<'a> {
    line: &'a Line,
    server: bool,
    send: Vec<u8>,
    expect: Vec<u8>,
    chunk: usize,
}

/// The words of the answer.
pub fn run(line: &Line, listening: impl FnOnce(u16)) -> Result<String> {
    let chunk: usize = line.or("chunk", "16384").parse().or_else(|_| fail("chunk is no number"))?;
    let (send, expect) = (line.file("send")?, line.file("expect")?);
    let job = Job { line, server: line.text("role") == "server", send, expect, chunk };
    let config = job.config()?;
    let listener = if job.server { Some(TcpListener::bind("127.0.0.1:0")?) } else { None };
    if let Some(listener) = &listener {
        listening(listener.local_addr()?.port());
    }
    let mut session = Vec::new();
    if line.has("resume") {
        let mut first = job.connection(&config, listener.as_ref(), &[])?;
        first.negotiate()?;
        job.exchange(&mut first, 0..TASTE, 0..TASTE, 0, 0)?;
        job.close(&mut first)?;
        if !job.server {
            session = first.session()?;
            if session.is_empty() {
                return fail("the first connection left no session");
            }
        }
    }
    let mut connection = job.connection(&config, listener.as_ref(), &session)?;
    let (sent, received) = job.handshake(&mut connection)?;
    let facts = job.facts(&connection)?;
    job.converse(&mut connection, sent, received)?;
    let closed = job.close(&mut connection)?;
    Ok(format!("{facts} closed={closed}"))
}

impl Job<'_> {
    fn config(&self) -> Result<Config> {
        let line = self.line;
        let mut config = Config::new(line.or("policy", "test_all"))?;
        let certificates = !line.has("psk");
        if certificates && (!self.server || line.has("auth")) {
            config.trust(&line.file("ca")?)?;
        }
        if certificates && (self.server || line.has("auth")) {
            config.present(&line.file("cert")?, &line.file("key")?)?;
        }
        if line.has("auth") {
            config.authenticate_client(self.server)?;
        }
        for name in line.text("alpn").split(',').filter(|name| !name.is_empty()) {
            config.offer_protocol(name)?;
        }
        if line.has("resume") {
            config.use_tickets()?;
            if self.server {
                config.add_ticket_key(b"s2ncrate", &random_key()?)?;
                config.allow_early_data(line.number("early")?)?;
            }
        }
        Ok(config)
    }

    fn connection(&self, config: &Config, listener: Option<&TcpListener>, session: &[u8]) -> Result<Connection> {
        let line = self.line;
        let mut connection = Connection::new(self.server)?;
        connection.configure(config)?;
        if self.chunk > 8000 {
            connection.send_long_records()?; // the default is shorter than what this job asks for
        }
        if !self.server {
            connection.expect_name(line.or("name", "localhost"))?;
        }
        if line.has("psk") {
            connection.add_psk(line.text("identity"), &line.bytes("psk")?, line.text("psk_hash") == "sha384")?;
        }
        if !session.is_empty() {
            connection.resume(session)?;
        }
        connection.talk_over(match listener {
            Some(listener) => accept(listener)?,
            None => TcpStream::connect(("127.0.0.1", line.number("port")? as u16))?,
        })?;
        Ok(connection)
    }

    /// Shake hands, with early data; how much of both streams it carried.
    fn handshake(&self, connection: &mut Connection) -> Result<(usize, usize)> {
        let early = self.line.number("early")?;
        let (mut sent, mut received) = (0, 0);
        if early > 0 && self.server {
            let mut room = vec![0; self.expect.len() / 2];
            received = connection.receive_early(&mut room)?;
            compare(&room[..received], &self.expect, 0)?;
        } else if early > 0 {
            sent = connection.send_early(&self.send[..early])?;
        }
        connection.negotiate()?;
        if early > 0 && !self.server && !connection.early_accepted()? {
            sent = 0; // it has to be said again
        }
        Ok((sent, received))
    }

    fn facts(&self, connection: &Connection) -> Result<String> {
        let bit = |value: bool| u8::from(value);
        let mut facts = format!(
            "version={} suite={} group={} resumed={} alpn={} hrr={}",
            connection.version(),
            suites::name(connection.suite()?),
            connection.group(),
            bit(connection.resumed()),
            quote(&connection.protocol()),
            bit(connection.handshake_type().contains("HELLO_RETRY_REQUEST")),
        );
        if self.server {
            facts += &format!(" client_cert={}", bit(connection.client_cert_used()));
        }
        if self.line.has("early") {
            facts += if connection.early_accepted()? { " early=accepted" } else { " early=rejected" };
        }
        facts += &format!(" note={}", quote(&connection.handshake_type()));
        Ok(facts)
    }

    fn converse(&self, connection: &mut Connection, sent: usize, received: usize) -> Result<()> {
        let (out, back) = (self.send.len(), self.expect.len());
        self.exchange(connection, 0..out / 2, 0..back / 2, sent, received)?;
        self.exchange(connection, out / 2..out, back / 2..back, 0, 0)
    }

    /// One part of each stream, the client's first, without what has been transferred already.
    fn exchange(
        &self,
        connection: &mut Connection,
        out: std::ops::Range<usize>,
        back: std::ops::Range<usize>,
        sent: usize,
        received: usize,
    ) -> Result<()> {
        let (out, back) = (out.start + sent..out.end, back.start + received..back.end);
        for sending in [!self.server, self.server] {
            if !sending {
                connection.expect(&self.expect[back.clone()], back.start)?;
                continue;
            }
            if self.line.has("key_update") {
                connection.update_keys()?;
            }
            connection.send(&self.send[out.clone()], self.chunk)?;
        }
        Ok(())
    }

    fn close(&self, connection: &mut Connection) -> Result<&'static str> {
        if self.line.text("close") == "peer" {
            return connection.close_first();
        }
        let closed = connection.receive_close()?;
        if closed == "clean" {
            connection.send_close()?;
        }
        Ok(closed)
    }
}

fn accept(listener: &TcpListener) -> Result<TcpStream> {
    let deadline = Instant::now() + PATIENCE;
    listener.set_nonblocking(true)?;
    loop {
        match listener.accept() {
            Ok((socket, _)) => return Ok(socket),
            Err(error) if error.kind() != std::io::ErrorKind::WouldBlock => return Err(error.into()),
            Err(_) if Instant::now() > deadline => return fail("nobody connects"),
            Err(_) => std::thread::sleep(Duration::from_millis(2)),
        }
    }
}

fn random_key() -> Result<[u8; 32]> {
    use std::io::Read;
    let mut key = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut key)?;
    Ok(key)
}
