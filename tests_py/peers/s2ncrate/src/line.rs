// SPDX-License-Identifier: Apache-2.0
//! Lines of PROTOCOL.md: words `key=value`, percent-encoded.

use crate::s2n::{fail, Result};
use std::collections::HashMap;

pub struct Line(HashMap<String, String>);

impl Line {
    pub fn parse(text: &str) -> Result<Line> {
        let mut words = HashMap::new();
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            words.insert(key.to_string(), unquote(value)?);
        }
        Ok(Line(words))
    }

    /// The value, empty if it was not given.
    pub fn text(&self, key: &str) -> &str {
        self.0.get(key).map_or("", String::as_str)
    }

    pub fn or<'a>(&'a self, key: &str, default: &'a str) -> &'a str {
        match self.text(key) {
            "" => default,
            value => value,
        }
    }

    pub fn has(&self, key: &str) -> bool {
        !matches!(self.text(key), "" | "0")
    }

    pub fn number(&self, key: &str) -> Result<usize> {
        let text = self.or(key, "0");
        text.parse().or_else(|_| fail(format!("{key} is no number: {text}")))
    }

    pub fn bytes(&self, key: &str) -> Result<Vec<u8>> {
        from_hex(self.text(key))
    }

    pub fn file(&self, key: &str) -> Result<Vec<u8>> {
        let path = self.text(key);
        std::fs::read(path).or_else(|error| fail(format!("{key} {path}: {error}")))
    }
}

fn unquote(text: &str) -> Result<String> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let digits: Vec<u8> = bytes.by_ref().take(2).collect();
            out.extend(from_hex(&String::from_utf8_lossy(&digits))?);
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).or_else(|_| fail("a value is not UTF-8"))
}

pub fn quote(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:/,+".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Result<Vec<u8>> {
    if text.len() % 2 != 0 || !text.is_ascii() {
        return fail("hex digits come in pairs");
    }
    (0..text.len())
        .step_by(2)
        .map(|i| u8::from_str_radix(&text[i..i + 2], 16).or_else(|_| fail("not a hex digit")))
        .collect()
}
