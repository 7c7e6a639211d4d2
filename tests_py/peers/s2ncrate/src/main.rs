// SPDX-License-Identifier: Apache-2.0
//! The reference library behind two protocols: conversations with the other library (peers/PROTOCOL.md), and the single
//! steps of the version matrix (matrix/ENDS.md), told apart by the key `op`.

mod end;
mod line;
mod peer;
mod s2n;
mod suites;

use line::{quote, Line};
use s2n::Result;
use std::io::{BufRead, Write};

fn say(text: &str) {
    println!("{}", text.trim_end());
    std::io::stdout().flush().expect("standard output");
}

fn answer(end: &mut end::End, text: &str) -> Result<String> {
    let line = Line::parse(text)?;
    if line.has("op") {
        return end.run(&line);
    }
    peer::run(&line, |port| say(&format!("listening port={port}")))
}

fn report(error: &s2n::Failure, is_end: bool) -> String {
    if !is_end {
        return format!("done ok=0 error={}", quote(&error.text));
    }
    format!("done ok=0 error={} detail={}", quote(&error.name), quote(&error.text))
}

fn main() {
    // The library locks its memory, of which an ordinary user may have little; the keys here are no secrets.
    std::env::set_var("S2N_DONT_MLOCK", "1");
    if let Err(error) = s2n::init() {
        say(&report(&error, false));
        return;
    }
    let mut end = end::End::default();
    for text in std::io::stdin().lock().lines() {
        let Ok(text) = text else { return };
        match answer(&mut end, &text) {
            Ok(facts) => say(&format!("done ok=1 {facts}")),
            Err(error) => say(&report(&error, text.contains("op="))),
        }
    }
}
