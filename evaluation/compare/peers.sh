#!/usr/bin/env bash
# Asks other programs what `spliceprint compare` is asked: does this clip come from this source, and where
# in it does the clip begin? Installs each one, pinned, in an environment of its own (their needs of numpy
# exclude one another), then hands over to peers.py.
#   usage: peers.sh SET OUT.ndjson [options of `peers.py run`, see peers.py run --help]
#          then: peers.py score SET OUT.ndjson [NAME=results.ndjson ...]
#          peers.sh --install [ENVIRONMENT...] makes the environments, or these of them, and asks nothing
# Environments, a small Rust program and the decoded audio go to $PEERS_WORK (default /tmp/spliceprint-peers).
# Needs ffmpeg, fpcalc (Debian: libchromaprint-tools), python3 (3.11 or later) with venv, and cargo.
set -euo pipefail
only=
if [ "${1-}" = --install ]; then only=" ${*:2} "; else
  set_folder=${1:?folder with truth.ndjson}; out=${2:?file for the answers}; shift 2
fi
here=$(realpath "$(dirname "$0")")
export PEERS_WORK=${PEERS_WORK:-/tmp/spliceprint-peers}
mkdir -p "$PEERS_WORK/venv"

install() { # environment, then what to install in it
  [[ -z ${only// } || $only == *" $1 "* ]] || return 0
  local venv=$PEERS_WORK/venv/$1; shift
  [ "$(cat "$venv/installed" 2>/dev/null)" = "$*" ] && return
  python3 -m venv "$venv"
  # A peer that cannot be installed is left out, not the whole comparison.
  if "$venv/bin/pip" install -q --disable-pip-version-check "$@"; then echo "$*" > "$venv/installed"
  else echo "could not install $*" >&2; rm -rf "$venv"; fi
}
install fpcalc numpy==2.4.6
install audfprint2 audfprint2==0.1.2 numpy==2.4.6 scipy==1.17.1
install audio-offset-finder audio-offset-finder==0.5.5 librosa==0.11.0 numba==0.68.1 numpy==1.26.4 scipy==1.17.1
install audalign audalign==1.3.1 numpy==1.26.4 scipy==1.12.0
install audiolocate audiolocate==0.1.1 av==18.1.0 numpy==2.4.6 scipy==1.17.1
install pith-audio pith-audio==0.1.1

# rusty-chromaprint is a library: its fingerprinter and its port of Chromaprint's segment matcher need a
# program around them. `print WAV` writes the words, `match` reads two lines of words.
rust=$PEERS_WORK/segments; mkdir -p "$rust/src"
cat > "$rust/Cargo.toml" <<'TOML'
[package]
name = "segments"
version = "0.0.0"
edition = "2021"
[dependencies]
rusty-chromaprint = "=0.3.0"
[workspace]
TOML
cat > "$rust/src/main.rs" <<'RUST'
use rusty_chromaprint::{match_fingerprints, Configuration, Fingerprinter};
use std::io::BufRead;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    match arguments.get(1).map(String::as_str) {
        Some("print") => print_words(&arguments[2]),
        Some("match") => match_lines(),
        _ => panic!("usage: segments print WAV | segments match"),
    }
}

/// The words of a 16 kHz mono 16-bit WAV file.
fn print_words(path: &str) {
    let bytes = std::fs::read(path).expect("readable file");
    let data = bytes.windows(4).position(|w| w == b"data").expect("data chunk") + 8;
    let samples: Vec<i16> =
        bytes[data..].chunks_exact(2).map(|c| i16::from_le_bytes([c[0], c[1]])).collect();
    let mut printer = Fingerprinter::new(&Configuration::default());
    printer.start(16_000, 1).expect("supported rate");
    printer.consume(&samples);
    printer.finish();
    let words: Vec<String> = printer.fingerprint().iter().map(u32::to_string).collect();
    println!("{}", words.join(" "));
}

/// Segments of two prints, one a line: start in the first, start in the second, words, mean wrong bits.
fn match_lines() {
    let config = Configuration::default();
    let prints: Vec<Vec<u32>> = std::io::stdin()
        .lock()
        .lines()
        .map(|line| line.expect("text").split_whitespace().map(|w| w.parse().expect("word")).collect())
        .collect();
    for s in match_fingerprints(&prints[0], &prints[1], &config).expect("prints short enough") {
        println!("{} {} {} {}", s.start1(&config), s.start2(&config), s.items_count, s.score);
    }
}
RUST
cargo build --quiet --release --manifest-path "$rust/Cargo.toml" --target-dir "$rust/target" ||
  echo "could not build the program around rusty-chromaprint" >&2

[ "$only" ] || exec python3 "$here/peers.py" run "$set_folder" "$out" "$@"
