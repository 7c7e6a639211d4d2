// SPDX-License-Identifier: Apache-2.0
//! The functions of the C library that this program uses, declared from the published interface, and two owners of its
//! objects. The crate s2n-tls-sys is there to be linked only, so that its own declarations may come and go. Every
//! function here must exist in all releases of tests_py/matrix/releases.toml.

use s2n_tls_sys as _;
use std::ffi::{c_char, c_int, c_void, CStr, CString};
use std::net::TcpStream;
use std::os::fd::AsRawFd;
use std::ptr::null_mut;
use std::time::{Duration, Instant};

type Pointer = *mut c_void;
type Blocked = c_int;
type VerifyHost = extern "C" fn(*const c_char, usize, Pointer) -> u8;

extern "C" {
    fn s2n_init() -> c_int;
    fn s2n_errno_location() -> *mut c_int;
    fn s2n_strerror_name(error: c_int) -> *const c_char;
    fn s2n_strerror(error: c_int, language: *const c_char) -> *const c_char;
    fn s2n_error_get_type(error: c_int) -> c_int;

    fn s2n_config_new() -> Pointer;
    fn s2n_config_free(config: Pointer) -> c_int;
    fn s2n_config_wipe_trust_store(config: Pointer) -> c_int;
    fn s2n_config_add_pem_to_trust_store(config: Pointer, pem: *const c_char) -> c_int;
    fn s2n_config_set_cipher_preferences(config: Pointer, name: *const c_char) -> c_int;
    fn s2n_config_add_cert_chain_and_key_to_store(config: Pointer, chain: Pointer) -> c_int;
    fn s2n_config_set_client_auth_type(config: Pointer, kind: c_int) -> c_int;
    fn s2n_config_set_verify_host_callback(config: Pointer, function: VerifyHost, data: Pointer) -> c_int;
    fn s2n_config_append_protocol_preference(config: Pointer, name: *const u8, size: u8) -> c_int;
    fn s2n_config_set_session_tickets_onoff(config: Pointer, enabled: u8) -> c_int;
    fn s2n_config_add_ticket_crypto_key(
        config: Pointer,
        name: *const u8,
        name_size: u32,
        key: *mut u8,
        key_size: u32,
        from: u64,
    ) -> c_int;
    fn s2n_config_set_server_max_early_data_size(config: Pointer, size: u32) -> c_int;
    fn s2n_config_set_serialization_version(config: Pointer, version: c_int) -> c_int;
    fn s2n_cert_chain_and_key_new() -> Pointer;
    fn s2n_cert_chain_and_key_free(chain: Pointer) -> c_int;
    fn s2n_cert_chain_and_key_load_pem(chain: Pointer, pem: *const c_char, key: *const c_char) -> c_int;

    fn s2n_connection_new(mode: c_int) -> Pointer;
    fn s2n_connection_free(conn: Pointer) -> c_int;
    fn s2n_connection_set_config(conn: Pointer, config: Pointer) -> c_int;
    fn s2n_connection_set_fd(conn: Pointer, fd: c_int) -> c_int;
    fn s2n_connection_set_blinding(conn: Pointer, mode: c_int) -> c_int;
    fn s2n_connection_prefer_throughput(conn: Pointer) -> c_int;
    fn s2n_set_server_name(conn: Pointer, name: *const c_char) -> c_int;
    fn s2n_negotiate(conn: Pointer, blocked: *mut Blocked) -> c_int;
    fn s2n_send(conn: Pointer, data: *const u8, size: isize, blocked: *mut Blocked) -> isize;
    fn s2n_recv(conn: Pointer, data: *mut u8, size: isize, blocked: *mut Blocked) -> isize;
    fn s2n_shutdown(conn: Pointer, blocked: *mut Blocked) -> c_int;
    fn s2n_shutdown_send(conn: Pointer, blocked: *mut Blocked) -> c_int;
    fn s2n_connection_get_alert(conn: Pointer) -> c_int;
    fn s2n_connection_request_key_update(conn: Pointer, peer: c_int) -> c_int;

    fn s2n_connection_get_actual_protocol_version(conn: Pointer) -> c_int;
    fn s2n_connection_get_cipher_iana_value(conn: Pointer, first: *mut u8, second: *mut u8) -> c_int;
    fn s2n_connection_get_curve(conn: Pointer) -> *const c_char;
    fn s2n_connection_get_handshake_type_name(conn: Pointer) -> *const c_char;
    fn s2n_get_application_protocol(conn: Pointer) -> *const c_char;
    fn s2n_connection_client_cert_used(conn: Pointer) -> c_int;
    fn s2n_connection_is_session_resumed(conn: Pointer) -> c_int;

    fn s2n_connection_set_session(conn: Pointer, session: *const u8, size: usize) -> c_int;
    fn s2n_connection_get_session(conn: Pointer, session: *mut u8, room: usize) -> c_int;
    fn s2n_connection_get_session_length(conn: Pointer) -> c_int;

    fn s2n_external_psk_new() -> Pointer;
    fn s2n_psk_free(psk: *mut Pointer) -> c_int;
    fn s2n_psk_set_identity(psk: Pointer, identity: *const u8, size: u16) -> c_int;
    fn s2n_psk_set_secret(psk: Pointer, secret: *const u8, size: u16) -> c_int;
    fn s2n_psk_set_hmac(psk: Pointer, hash: c_int) -> c_int;
    fn s2n_connection_append_psk(conn: Pointer, psk: Pointer) -> c_int;

    fn s2n_send_early_data(c: Pointer, data: *const u8, size: isize, sent: *mut isize, blocked: *mut Blocked) -> c_int;
    fn s2n_recv_early_data(c: Pointer, data: *mut u8, size: isize, got: *mut isize, blocked: *mut Blocked) -> c_int;
    fn s2n_connection_get_early_data_status(conn: Pointer, status: *mut c_int) -> c_int;

    fn s2n_connection_serialization_length(conn: Pointer, size: *mut u32) -> c_int;
    fn s2n_connection_serialize(conn: Pointer, buffer: *mut u8, size: u32) -> c_int;
    fn s2n_connection_deserialize(conn: Pointer, buffer: *mut u8, size: u32) -> c_int;
}

const CLOSED: c_int = 2;
const BLOCKED: c_int = 3;
const ALERT: c_int = 4;
const BLOCKED_ON_READ: Blocked = 1;
const SELF_SERVICE_BLINDING: c_int = 1;
const EARLY_DATA_END: c_int = 3;

/// How long a conversation may take, and how often a wait looks at the clock.
const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_millis(200);

// ---- errors ---------------------------------------------------------------------------------------------------------

/// What went wrong, with the library's name of it if it comes from there.
#[derive(Debug)]
pub struct Failure {
    pub name: String,
    pub text: String,
}

pub type Result<T> = std::result::Result<T, Failure>;

pub fn fail<T>(text: impl Into<String>) -> Result<T> {
    Err(Failure { name: String::new(), text: text.into() })
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Failure {
        Failure { name: String::new(), text: error.to_string() }
    }
}

fn words(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

fn c_text(text: &str) -> Result<CString> {
    CString::new(text).or_else(|_| fail("a NUL byte in a text"))
}

fn error_type() -> c_int {
    unsafe { s2n_error_get_type(*s2n_errno_location()) }
}

fn failure() -> Failure {
    unsafe {
        let error = *s2n_errno_location();
        let language = c"EN";
        let name = words(s2n_strerror_name(error));
        Failure { text: format!("{name}: {}", words(s2n_strerror(error, language.as_ptr()))), name }
    }
}

fn check(result: c_int) -> Result<()> {
    if result == 0 {
        Ok(())
    } else {
        Err(failure())
    }
}

pub fn init() -> Result<()> {
    check(unsafe { s2n_init() })
}

// ---- configs --------------------------------------------------------------------------------------------------------

extern "C" fn any_name(_name: *const c_char, _size: usize, _data: Pointer) -> u8 {
    1
}

/// Settings, with the certificate chain they use.
pub struct Config {
    config: Pointer,
    chain: Pointer,
}

impl Config {
    /// Settings that trust nobody.
    pub fn new(policy: &str) -> Result<Config> {
        let config = Config { config: unsafe { s2n_config_new() }, chain: null_mut() };
        if config.config.is_null() {
            return Err(failure());
        }
        check(unsafe { s2n_config_wipe_trust_store(config.config) })?;
        let policy = c_text(policy)?;
        check(unsafe { s2n_config_set_cipher_preferences(config.config, policy.as_ptr()) })?;
        Ok(config)
    }

    pub fn trust(&mut self, pem: &[u8]) -> Result<()> {
        let pem = c_text(&String::from_utf8_lossy(pem))?;
        check(unsafe { s2n_config_add_pem_to_trust_store(self.config, pem.as_ptr()) })
    }

    pub fn present(&mut self, pem: &[u8], key: &[u8]) -> Result<()> {
        let (pem, key) = (c_text(&String::from_utf8_lossy(pem))?, c_text(&String::from_utf8_lossy(key))?);
        unsafe {
            self.chain = s2n_cert_chain_and_key_new();
            check(s2n_cert_chain_and_key_load_pem(self.chain, pem.as_ptr(), key.as_ptr()))?;
            check(s2n_config_add_cert_chain_and_key_to_store(self.config, self.chain))
        }
    }

    /// A server demands a certificate, whatever its names; a client has one.
    pub fn authenticate_client(&mut self, server: bool) -> Result<()> {
        unsafe {
            if server {
                check(s2n_config_set_verify_host_callback(self.config, any_name, null_mut()))?;
            }
            check(s2n_config_set_client_auth_type(self.config, 1))
        }
    }

    pub fn offer_protocol(&mut self, name: &str) -> Result<()> {
        check(unsafe { s2n_config_append_protocol_preference(self.config, name.as_ptr(), name.len() as u8) })
    }

    pub fn use_tickets(&mut self) -> Result<()> {
        check(unsafe { s2n_config_set_session_tickets_onoff(self.config, 1) })
    }

    pub fn add_ticket_key(&mut self, name: &[u8], key: &[u8]) -> Result<()> {
        let (mut key, name_size) = (key.to_vec(), name.len() as u32);
        let size = key.len() as u32;
        check(unsafe {
            s2n_config_add_ticket_crypto_key(self.config, name.as_ptr(), name_size, key.as_mut_ptr(), size, 0)
        })
    }

    pub fn allow_early_data(&mut self, size: usize) -> Result<()> {
        check(unsafe { s2n_config_set_server_max_early_data_size(self.config, size as u32) })
    }

    pub fn allow_serialization(&mut self, version: usize) -> Result<()> {
        check(unsafe { s2n_config_set_serialization_version(self.config, version as c_int) })
    }
}

impl Drop for Config {
    fn drop(&mut self) {
        unsafe {
            s2n_config_free(self.config);
            if !self.chain.is_null() {
                s2n_cert_chain_and_key_free(self.chain);
            }
        }
    }
}

// ---- connections ----------------------------------------------------------------------------------------------------

/// A connection and its socket; everything waits for at most PATIENCE. Its config must live as long.
pub struct Connection {
    conn: Pointer,
    socket: Option<TcpStream>,
    deadline: Instant,
}

/// How the other side has closed.
#[derive(PartialEq)]
pub enum Received {
    Bytes(usize),
    CloseNotify,
    EndOfStream,
}

impl Connection {
    pub fn new(server: bool) -> Result<Connection> {
        let conn = unsafe { s2n_connection_new(if server { 0 } else { 1 }) };
        if conn.is_null() {
            return Err(failure());
        }
        let connection = Connection { conn, socket: None, deadline: Instant::now() + PATIENCE };
        check(unsafe { s2n_connection_set_blinding(conn, SELF_SERVICE_BLINDING) })?;
        Ok(connection)
    }

    pub fn configure(&mut self, config: &Config) -> Result<()> {
        check(unsafe { s2n_connection_set_config(self.conn, config.config) })
    }

    pub fn talk_over(&mut self, socket: TcpStream) -> Result<()> {
        socket.set_nonblocking(false)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PAUSE))?;
        socket.set_write_timeout(Some(PAUSE))?;
        check(unsafe { s2n_connection_set_fd(self.conn, socket.as_raw_fd()) })?;
        self.socket = Some(socket);
        Ok(())
    }

    /// More time for what comes now.
    pub fn patient(&mut self) {
        self.deadline = Instant::now() + PATIENCE;
    }

    pub fn send_long_records(&mut self) -> Result<()> {
        check(unsafe { s2n_connection_prefer_throughput(self.conn) })
    }

    pub fn expect_name(&mut self, name: &str) -> Result<()> {
        let name = c_text(name)?;
        check(unsafe { s2n_set_server_name(self.conn, name.as_ptr()) })
    }

    /// The failure of the last call, unless that has only to be repeated and there is time for it.
    fn again(&self, doing: &str) -> Result<()> {
        if error_type() == BLOCKED && Instant::now() < self.deadline {
            return Ok(());
        }
        let mut what = failure();
        if error_type() == ALERT {
            let alert = unsafe { s2n_connection_get_alert(self.conn) };
            what.text = format!("{} (alert {alert})", what.text);
        }
        what.text = format!("{doing}: {}", what.text);
        Err(what)
    }

    pub fn negotiate(&mut self) -> Result<()> {
        let mut blocked = 0;
        while unsafe { s2n_negotiate(self.conn, &mut blocked) } != 0 {
            self.again("handshake")?;
        }
        Ok(())
    }

    /// Send all of it; each `chunk` is a write.
    pub fn send(&mut self, data: &[u8], chunk: usize) -> Result<()> {
        let mut blocked = 0;
        for mut piece in data.chunks(chunk) {
            while !piece.is_empty() {
                let sent = unsafe { s2n_send(self.conn, piece.as_ptr(), piece.len() as isize, &mut blocked) };
                match usize::try_from(sent) {
                    Ok(sent) => piece = &piece[sent..],
                    Err(_) => self.again("send")?,
                }
            }
        }
        Ok(())
    }

    pub fn receive(&mut self, room: &mut [u8]) -> Result<Received> {
        let mut blocked = 0;
        loop {
            let got = unsafe { s2n_recv(self.conn, room.as_mut_ptr(), room.len() as isize, &mut blocked) };
            match got {
                0 => return Ok(Received::CloseNotify),
                1.. => return Ok(Received::Bytes(got as usize)),
                _ if error_type() == CLOSED => return Ok(Received::EndOfStream),
                _ => self.again("receive")?,
            }
        }
    }

    /// Receive as much as is expected, and compare.
    pub fn expect(&mut self, data: &[u8], start: usize) -> Result<()> {
        let mut room = vec![0; 65536];
        let mut done = 0;
        while done < data.len() {
            let most = room.len().min(data.len() - done);
            let Received::Bytes(got) = self.receive(&mut room[..most])? else {
                return fail(format!("the stream ends at offset {}", start + done));
            };
            compare(&room[..got], &data[done..], start + done)?;
            done += got;
        }
        Ok(())
    }

    pub fn send_close(&mut self) -> Result<()> {
        let mut blocked = 0;
        while unsafe { s2n_shutdown_send(self.conn, &mut blocked) } != 0 {
            self.again("close_notify")?;
        }
        Ok(())
    }

    /// Wait for the other side's end: "clean" with a close_notify, "eof" without.
    pub fn receive_close(&mut self) -> Result<&'static str> {
        let mut room = [0; 1024];
        match self.receive(&mut room)? {
            Received::Bytes(_) => fail("data after the expected end"),
            Received::CloseNotify => Ok("clean"),
            Received::EndOfStream => Ok("eof"),
        }
    }

    /// Send close_notify and wait for the other side's. Below TLS 1.3 only this call can still wait for it.
    pub fn close_first(&mut self) -> Result<&'static str> {
        let mut blocked = 0;
        while unsafe { s2n_shutdown(self.conn, &mut blocked) } != 0 {
            if error_type() == CLOSED {
                return Ok("eof");
            }
            self.again("close_notify")?;
        }
        Ok("clean")
    }

    pub fn update_keys(&mut self) -> Result<()> {
        check(unsafe { s2n_connection_request_key_update(self.conn, 0) })
    }

    // ---- facts ----

    pub fn version(&self) -> &'static str {
        match unsafe { s2n_connection_get_actual_protocol_version(self.conn) } {
            30 => "ssl3",
            31 => "1.0",
            32 => "1.1",
            33 => "1.2",
            34 => "1.3",
            _ => "unknown",
        }
    }

    pub fn suite(&self) -> Result<u16> {
        let (mut first, mut second) = (0, 0);
        check(unsafe { s2n_connection_get_cipher_iana_value(self.conn, &mut first, &mut second) })?;
        Ok(u16::from_be_bytes([first, second]))
    }

    /// Empty when the key exchange had none.
    pub fn group(&self) -> String {
        let name = words(unsafe { s2n_connection_get_curve(self.conn) });
        if name == "NONE" {
            String::new()
        } else {
            name
        }
    }

    pub fn handshake_type(&self) -> String {
        words(unsafe { s2n_connection_get_handshake_type_name(self.conn) })
    }

    pub fn protocol(&self) -> String {
        words(unsafe { s2n_get_application_protocol(self.conn) })
    }

    pub fn client_cert_used(&self) -> bool {
        unsafe { s2n_connection_client_cert_used(self.conn) == 1 }
    }

    pub fn resumed(&self) -> bool {
        unsafe { s2n_connection_is_session_resumed(self.conn) == 1 }
    }

    // ---- sessions and keys ----

    pub fn resume(&mut self, session: &[u8]) -> Result<()> {
        check(unsafe { s2n_connection_set_session(self.conn, session.as_ptr(), session.len()) })
    }

    /// Empty when there is none.
    pub fn session(&self) -> Result<Vec<u8>> {
        let size = unsafe { s2n_connection_get_session_length(self.conn) };
        let mut out = vec![0; usize::try_from(size).map_err(|_| failure())?];
        if !out.is_empty() {
            let got = unsafe { s2n_connection_get_session(self.conn, out.as_mut_ptr(), out.len()) };
            out.truncate(usize::try_from(got).map_err(|_| failure())?);
        }
        Ok(out)
    }

    pub fn add_psk(&mut self, identity: &str, secret: &[u8], sha384: bool) -> Result<()> {
        unsafe {
            let mut psk = s2n_external_psk_new();
            let done = check(s2n_psk_set_identity(psk, identity.as_ptr(), identity.len() as u16))
                .and_then(|()| check(s2n_psk_set_secret(psk, secret.as_ptr(), secret.len() as u16)))
                .and_then(|()| check(s2n_psk_set_hmac(psk, c_int::from(sha384))))
                .and_then(|()| check(s2n_connection_append_psk(self.conn, psk)));
            check(s2n_psk_free(&mut psk))?;
            done
        }
    }

    // ---- early data ----

    /// Send this before the handshake, as far as it is allowed; how much that was.
    pub fn send_early(&mut self, data: &[u8]) -> Result<usize> {
        let mut done = 0;
        while done < data.len() {
            let (mut sent, mut blocked) = (0, 0);
            let rest = &data[done..];
            let result =
                unsafe { s2n_send_early_data(self.conn, rest.as_ptr(), rest.len() as isize, &mut sent, &mut blocked) };
            done += sent as usize;
            if result == 0 || (error_type() == BLOCKED && blocked == BLOCKED_ON_READ && sent > 0) {
                break;
            }
            self.again("early data")?;
        }
        Ok(done)
    }

    /// Receive early data until there is no more; how much came.
    pub fn receive_early(&mut self, room: &mut [u8]) -> Result<usize> {
        let mut done = 0;
        loop {
            let (mut got, mut blocked) = (0, 0);
            let rest = &mut room[done..];
            let result = unsafe {
                s2n_recv_early_data(self.conn, rest.as_mut_ptr(), rest.len() as isize, &mut got, &mut blocked)
            };
            done += got as usize;
            if result == 0 {
                return Ok(done);
            }
            self.again("early data")?;
        }
    }

    pub fn early_accepted(&self) -> Result<bool> {
        let mut status = 0;
        check(unsafe { s2n_connection_get_early_data_status(self.conn, &mut status) })?;
        Ok(status == EARLY_DATA_END)
    }

    // ---- moving ----

    pub fn serialize(&mut self) -> Result<Vec<u8>> {
        let mut size = 0;
        check(unsafe { s2n_connection_serialization_length(self.conn, &mut size) })?;
        let mut blob = vec![0; size as usize];
        check(unsafe { s2n_connection_serialize(self.conn, blob.as_mut_ptr(), size) })?;
        Ok(blob)
    }

    pub fn deserialize(&mut self, blob: &[u8]) -> Result<()> {
        let mut blob = blob.to_vec();
        check(unsafe { s2n_connection_deserialize(self.conn, blob.as_mut_ptr(), blob.len() as u32) })
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        unsafe { s2n_connection_free(self.conn) };
    }
}

/// The first wrong byte is an error with its offset in the whole stream.
pub fn compare(got: &[u8], wanted: &[u8], start: usize) -> Result<()> {
    match got.iter().zip(wanted).position(|(got, wanted)| got != wanted) {
        Some(at) => {
            fail(format!("wrong byte at offset {}: {:#04x} instead of {:#04x}", start + at, got[at], wanted[at]))
        }
        None => Ok(()),
    }
}
