// SPDX-License-Identifier: Apache-2.0
//! One end of the version matrix, see tests_py/matrix/ENDS.md.

use crate::line::{to_hex, Line};
use crate::s2n::{fail, Config, Connection, Result};
use crate::suites;
use std::net::TcpStream;

/// This package has the number of the crate's release that it is built with.
const RELEASE: &str = concat!("release=", env!("CARGO_PKG_VERSION"));

/// Connections do not own their config, so it is dropped after them: fields are dropped in this order.
#[derive(Default)]
pub struct End {
    connection: Option<Connection>,
    refused: Option<Connection>,
    config: Option<Config>,
    send: Vec<u8>,
    expect: Vec<u8>,
}

impl End {
    /// The words of the answer.
    pub fn run(&mut self, line: &Line) -> Result<String> {
        self.read_files(line)?;
        if let Some(connection) = &mut self.connection {
            connection.patient();
        }
        match line.text("op") {
            "open" => self.open(line),
            "send" => self.send(line),
            "recv" => self.receive(line),
            "update" => self.connection()?.update_keys().map(|()| String::new()),
            "serialize" => self.serialize(),
            "restore" => self.restore(line),
            "session" => Ok(format!("session={}", to_hex(&self.connection()?.session()?))),
            "close" => self.close(),
            "drop" => {
                self.forget();
                Ok(String::new())
            }
            other => fail(format!("unknown operation {other}")),
        }
    }

    fn read_files(&mut self, line: &Line) -> Result<()> {
        if line.has("send") {
            self.send = line.file("send")?;
        }
        if line.has("expect") {
            self.expect = line.file("expect")?;
        }
        Ok(())
    }

    fn connection(&mut self) -> Result<&mut Connection> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            None => fail("there is no connection"),
        }
    }

    fn forget(&mut self) {
        self.connection = None;
        self.refused = None;
        self.config = None;
    }

    fn open(&mut self, line: &Line) -> Result<String> {
        self.forget();
        let server = line.text("role") == "server";
        let config = self.config.insert(config(line, server)?);
        let mut connection = Connection::new(server)?;
        connection.configure(config)?;
        if !server {
            connection.expect_name(line.or("name", "localhost"))?;
        }
        let session = line.bytes("session")?;
        if !session.is_empty() {
            connection.resume(&session)?;
        }
        connection.talk_over(connect(line)?)?;
        connection.negotiate()?;
        let suite = suites::name(connection.suite()?);
        let answer =
            format!("version={} suite={suite} resumed={} {RELEASE}", connection.version(), u8::from(connection.resumed()));
        self.connection = Some(connection);
        Ok(answer)
    }

    fn send(&mut self, line: &Line) -> Result<String> {
        let (start, size) = (line.number("offset")?, line.number("bytes")?);
        let data = part(&self.send, start, size)?.to_vec();
        self.connection()?.send(&data, 16384)?;
        Ok(String::new())
    }

    fn receive(&mut self, line: &Line) -> Result<String> {
        let (start, size) = (line.number("offset")?, line.number("bytes")?);
        let data = part(&self.expect, start, size)?.to_vec();
        self.connection()?.expect(&data, start)?;
        Ok(String::new())
    }

    fn serialize(&mut self) -> Result<String> {
        let blob = self.connection()?.serialize()?;
        self.forget();
        Ok(format!("blob={}", to_hex(&blob)))
    }

    /// A refused blob leaves its connection for the next attempt, which has to find it as new.
    fn restore(&mut self, line: &Line) -> Result<String> {
        let server = line.text("role") == "server";
        let before = self.refused.take();
        self.connection = None;
        let mut connection = match before {
            Some(connection) => connection,
            None => {
                let config = self.config.insert(config(line, server)?);
                let mut connection = Connection::new(server)?;
                connection.configure(config)?;
                connection
            }
        };
        connection.patient();
        if let Err(error) = connection.deserialize(&line.bytes("blob")?) {
            self.refused = Some(connection);
            return Err(error);
        }
        connection.talk_over(connect(line)?)?;
        self.connection = Some(connection);
        Ok(RELEASE.to_string())
    }

    fn close(&mut self) -> Result<String> {
        let closed = self.connection()?.close_first()?;
        self.forget();
        if closed == "clean" {
            Ok(String::new())
        } else {
            fail("the stream ends without a close_notify")
        }
    }
}

fn config(line: &Line, server: bool) -> Result<Config> {
    let mut config = Config::new(line.or("policy", "default_tls13"))?;
    if server && line.has("cert") {
        config.present(&line.file("cert")?, &line.file("key")?)?;
    }
    if !server && line.has("ca") {
        config.trust(&line.file("ca")?)?;
    }
    if line.has("tickets") {
        config.use_tickets()?;
        if line.has("ticket_key") {
            config.add_ticket_key(&line.bytes("ticket_name")?, &line.bytes("ticket_key")?)?;
        }
    }
    let format = if line.text("format").is_empty() { 1 } else { line.number("format")? };
    config.allow_serialization(format)?;
    Ok(config)
}

fn connect(line: &Line) -> Result<TcpStream> {
    Ok(TcpStream::connect(("127.0.0.1", line.number("port")? as u16))?)
}

fn part(data: &[u8], start: usize, size: usize) -> Result<&[u8]> {
    data.get(start..start + size).map_or_else(|| fail("offset and bytes are not in the file"), Ok)
}
