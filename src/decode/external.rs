//! Decoding by an `ffmpeg` on the search path, for what nothing here reads.
//!
//! The program is started for files that the sniffer took for audio or video, never for unknown
//! bytes, without a shell, and with the protocols `file` and `pipe` alone. Samples come through a
//! pipe as AU, whose header holds rate and channels.

use std::io::Read;
use std::process::{Child, ChildStdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::ffmpeg::{codec_in, command, version};
use super::limits::max_frames;
use super::native::{Feed, Work};
use super::source::OpenFile;
use super::{DecoderInfo, OpenOptions, StreamInfo, TrackInfo};
use crate::container::FileKind;
use crate::error::{Error, Result};

/// How long one read may wait for the program, in seconds.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often the wait is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Bytes kept of what the program says.
const TALK_BYTES: usize = 16 * 1024;

/// Bytes read at once from the pipe.
const PIPE_BYTES: usize = 64 * 1024;

/// Bytes of an AU header without its annotation.
const AU_HEADER_BYTES: usize = 24;

/// A running `ffmpeg`.
pub(super) struct External {
    child: Arc<Mutex<Child>>,
    stdout: ChildStdout,
    talk: Arc<Mutex<Vec<u8>>>,
    /// When the read that is under way began; the watchdog looks at it.
    waiting: Arc<Mutex<Option<Instant>>>,
    rate_hz: u32,
    channels: usize,
    file_bytes: u64,
    buffer: Vec<u8>,
    /// Bytes at the start of `buffer` that are no whole frame yet.
    rest: usize,
    ended: bool,
}

impl External {
    /// Starts the program on a file whose own decoder is missing; `what` and `hint` say which.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if it may not be started or is not there, [`Error::NoAudio`] if it
    /// delivers nothing.
    pub(super) fn open(
        file: &OpenFile,
        kind: FileKind,
        options: &OpenOptions,
        what: String,
        hint: Option<String>,
    ) -> Result<(Self, StreamInfo)> {
        let unsupported = |default: &str| Error::Unsupported {
            what: what.clone(),
            hint: hint.clone().or_else(|| Some(default.into())),
        };
        if !options.allow_external {
            return Err(unsupported("`ffmpeg` may read it; leave out `--no-external`"));
        }
        let Some(version) = version() else {
            return Err(unsupported("install `ffmpeg`, which may read it"));
        };
        let mut command = command(file, options.track.unwrap_or(0))?;
        let refuse = |e: std::io::Error| Error::NoAudio { what: format!("ffmpeg: {e}") };
        let mut child = command.spawn().map_err(refuse)?;
        let (Some(stdout), Some(stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Error::NoAudio { what: "ffmpeg: no pipe".into() });
        };
        let talk = Arc::new(Mutex::new(Vec::new()));
        collect(stderr, Arc::clone(&talk));
        let child = Arc::new(Mutex::new(child));
        let waiting = Arc::new(Mutex::new(None));
        watch(&child, &waiting);
        let buffer = vec![0; PIPE_BYTES];
        let mut external = Self {
            child,
            stdout,
            talk,
            waiting,
            rate_hz: 0,
            channels: 0,
            file_bytes: file.len(),
            buffer,
            rest: 0,
            ended: false,
        };
        external.read_header()?;
        let codec = external.codec();
        let track = TrackInfo {
            track: options.track.unwrap_or(0),
            codec: codec.clone(),
            sample_rate_hz: external.rate_hz,
            channels: external.channels as u16,
            language: None,
            examined: true,
        };
        let info = StreamInfo {
            container: kind.name().into(),
            codec,
            decoder: DecoderInfo { name: version, accuracy: "external".into() },
            bit_rate_bps: None,
            tracks: vec![track],
            ..Default::default()
        };
        Ok((external, info))
    }

    fn read_header(&mut self) -> Result<()> {
        let mut head = [0; AU_HEADER_BYTES];
        self.fill(&mut head)?;
        let word =
            |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let start = word(4) as usize;
        if &head[..4] != b".snd" || !(AU_HEADER_BYTES..4096).contains(&start) {
            return Err(Error::NoAudio { what: "ffmpeg: no AU header".into() });
        }
        (self.rate_hz, self.channels) = (word(16), word(20) as usize);
        crate::container::limits::check_stream(self.rate_hz, word(20), 0)?;
        self.fill(&mut vec![0; start - AU_HEADER_BYTES])
    }

    fn fill(&mut self, out: &mut [u8]) -> Result<()> {
        let mut done = 0;
        while done < out.len() {
            match timed(&self.waiting, || self.stdout.read(&mut out[done..])) {
                Ok(0) | Err(_) => {
                    return Err(Error::NoAudio { what: format!("ffmpeg: {}", self.last_words()) });
                }
                Ok(count) => done += count,
            }
        }
        Ok(())
    }

    /// The last line of what the program said, once it has ended.
    fn last_words(&self) -> String {
        let _ = lock(&self.child).wait();
        // The thread that collects the words may be a moment behind.
        std::thread::sleep(TICK);
        let talk = String::from_utf8_lossy(&lock(&self.talk)).into_owned();
        let line = talk.lines().rev().map(str::trim).find(|line| !line.is_empty());
        line.unwrap_or("it ended without a word").chars().take(200).collect()
    }

    /// The codec's name in the program's description of its input.
    fn codec(&self) -> String {
        for _ in 0..5 {
            let talk = String::from_utf8_lossy(&lock(&self.talk)).into_owned();
            if let Some(name) = codec_in(&talk) {
                return name;
            }
            std::thread::sleep(TICK);
        }
        "unknown".into()
    }
}

impl Feed for External {
    fn feed(&mut self, work: &mut Work) -> bool {
        if self.ended {
            return false;
        }
        let rest = self.rest;
        let count = match timed(&self.waiting, || self.stdout.read(&mut self.buffer[rest..])) {
            Ok(count) => count,
            Err(e) => {
                work.log.push(work.time_s(), None, format!("ffmpeg: {e}"));
                0
            }
        };
        if count == 0 {
            self.ended = true;
            if !lock(&self.child).wait().is_ok_and(|status| status.success()) {
                work.log.push(work.time_s(), None, format!("ffmpeg: {}", self.last_words()));
            }
            return false;
        }
        let frame = self.channels * 4;
        let filled = self.rest + count;
        let whole = filled - filled % frame;
        let samples = self.buffer[..whole].as_chunks::<4>().0;
        let step = self.channels;
        let pushed = work.sink.push_with(self.rate_hz, step, |c, out| {
            out.extend(samples.iter().skip(c).step_by(step).map(|b| f32::from_be_bytes(*b)));
        });
        if pushed.is_err() {
            work.log.push(work.time_s(), None, "ffmpeg delivered an impossible stream".into());
            self.ended = true;
            return false;
        }
        self.buffer.copy_within(whole..filled, 0);
        self.rest = filled - whole;
        work.trim.absorb(&mut work.sink, (whole / frame) as u64, 0);
        if work.trim.totals().decoded > max_frames(None, self.rate_hz) {
            work.log.push(work.time_s(), None, "more than a day of audio; it was stopped".into());
            self.ended = true;
        }
        !self.ended
    }

    fn describe(&mut self, work: &mut Work, info: &mut StreamInfo) {
        let seconds = work.trim.totals().decoded as f64 / f64::from(self.rate_hz);
        if seconds > 0.0 && self.ended {
            info.bit_rate_bps = Some((self.file_bytes as f64 * 8.0 / seconds).round() as u64);
        }
    }
}

impl Drop for External {
    fn drop(&mut self) {
        let mut child = lock(&self.child);
        // Both fail when the program has ended, which is what is wanted.
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Runs a read while the watchdog knows of it.
fn timed<T>(waiting: &Mutex<Option<Instant>>, read: impl FnOnce() -> T) -> T {
    *lock(waiting) = Some(Instant::now());
    let result = read();
    *lock(waiting) = None;
    result
}

/// Ends the program when a read has waited too long; the thread ends with its owner.
fn watch(child: &Arc<Mutex<Child>>, waiting: &Arc<Mutex<Option<Instant>>>) {
    let (child, waiting) = (Arc::downgrade(child), Arc::downgrade(waiting));
    std::thread::spawn(move || {
        while let (Some(child), Some(waiting)) = (child.upgrade(), waiting.upgrade()) {
            let since = *lock(&waiting);
            if since.is_some_and(|since| since.elapsed() > PATIENCE) {
                let _ = lock(&child).kill();
            }
            drop((child, waiting));
            std::thread::sleep(TICK);
        }
    });
}

/// Reads all of `stream`, so that the program never waits, and keeps the start of it.
fn collect(mut stream: impl Read + Send + 'static, talk: Arc<Mutex<Vec<u8>>>) {
    std::thread::spawn(move || {
        let mut part = [0; 4096];
        while let Ok(count @ 1..) = stream.read(&mut part) {
            let mut talk = lock(&talk);
            let room = TALK_BYTES.saturating_sub(talk.len());
            talk.extend_from_slice(&part[..count.min(room)]);
        }
    });
}
