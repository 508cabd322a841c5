//! The `desc` and `kuki` chunks: codec, rate, channels and configuration.

use crate::container::bmff::{alac_cookie, alac_stream};
use crate::container::descriptors::{audio_config, decoder_config, lc_config};
use crate::container::fields::{be_f64, be_u32, four, le_u16};
use crate::container::{Codec, PcmFormat};

/// What a `desc` chunk says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Description {
    /// First byte of the chunk's body.
    pub(super) offset: u64,
    pub(super) rate_hz: u32,
    kind: [u8; 4],
    flags: u32,
    /// Bytes of a packet; 0 if the packet table has them.
    pub(super) packet_bytes: u32,
    /// Sample frames of a packet; 0 if the packet table has them.
    pub(super) packet_frames: u32,
    channels: u32,
    bits: u32,
}

/// A codec with what its decoder needs.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Described {
    pub(super) codec: Codec,
    pub(super) sample_rate_hz: u32,
    pub(super) channels: u32,
    pub(super) bits_per_sample: Option<u16>,
    pub(super) config: Vec<u8>,
    /// Frames of 48 kHz that an Opus cookie asks to leave out.
    pub(super) pre_skip: u64,
}

impl Description {
    pub(super) fn read(body: &[u8], offset: u64) -> Option<Self> {
        let rate = be_f64(body, 0)?;
        Some(Self {
            offset,
            rate_hz: if rate.is_finite() { rate.round() as u32 } else { 0 },
            kind: four(body, 8)?,
            flags: be_u32(body, 12)?,
            packet_bytes: be_u32(body, 16)?,
            packet_frames: be_u32(body, 20)?,
            channels: be_u32(body, 24)?,
            bits: be_u32(body, 28)?,
        })
    }

    pub(super) fn codec(&self, cookie: &[u8]) -> Described {
        let mut described = Described {
            codec: Codec::Other("an unknown CAF codec"),
            sample_rate_hz: self.rate_hz,
            channels: self.channels,
            bits_per_sample: None,
            config: Vec::new(),
            pre_skip: 0,
        };
        match &self.kind {
            b"lpcm" => self.pcm(&mut described),
            b"alaw" => described.codec = Codec::ALaw,
            b"ulaw" => described.codec = Codec::MuLaw,
            b"ima4" => described.codec = Codec::AdpcmImaQt,
            b"agsm" => described.codec = Codec::Gsm,
            b".mp1" => described.codec = Codec::Mp1,
            b".mp2" => described.codec = Codec::Mp2,
            b".mp3" => described.codec = Codec::Mp3,
            b"aac " | b"aach" | b"aacp" => self.aac(cookie, &mut described),
            b"alac" => alac(cookie, &mut described),
            b"opus" => self.opus(cookie, &mut described),
            b"flac" => flac(cookie, &mut described),
            b"ac-3" => described.codec = Codec::Other("AC-3"),
            b"ec-3" => described.codec = Codec::Other("E-AC-3"),
            b"samr" => described.codec = Codec::AmrNb,
            b"ilbc" => described.codec = Codec::Other("iLBC"),
            b"aacl" | b"aace" => described.codec = Codec::Other("low-delay AAC"),
            b"usac" => described.codec = Codec::Other("xHE-AAC"),
            b"MAC3" | b"MAC6" => described.codec = Codec::Other("MACE"),
            b"QDM2" | b"QDMC" => described.codec = Codec::Other("QDesign Music"),
            b"Qclp" => described.codec = Codec::Other("QCELP"),
            _ => {}
        }
        described
    }

    fn pcm(&self, described: &mut Described) {
        let (float, little) = (self.flags & 1 != 0, self.flags & 2 != 0);
        let bytes = self.packet_bytes.checked_div(self.channels).unwrap_or(0);
        let whole = bytes.checked_mul(self.channels) == Some(self.packet_bytes);
        let allowed: &[u32] = if float { &[4, 8] } else { &[1, 2, 3, 4] };
        if !whole || !allowed.contains(&bytes) || self.packet_frames > 1 {
            described.codec = Codec::Other("PCM of an unusual width");
            return;
        }
        let format = PcmFormat { bytes: bytes as u8, float, unsigned: false, big_endian: !little };
        described.codec = Codec::Pcm(format);
        let width = bytes as u16 * 8;
        let bits = u16::try_from(self.bits).unwrap_or(0);
        described.bits_per_sample = Some(if (1..=width).contains(&bits) { bits } else { width });
    }

    /// The cookie is an ES descriptor, a bare AudioSpecificConfig, or an `esds` box. The
    /// description of HE-AAC gives the rate after band replication.
    fn aac(&self, cookie: &[u8], described: &mut Described) {
        described.codec = Codec::Aac;
        let boxed = if cookie.get(4..8) == Some(b"esds") { cookie.get(12..) } else { None };
        let config = decoder_config(boxed.unwrap_or(cookie)).map(|config| config.specific);
        described.config = config.filter(|c| !c.is_empty()).unwrap_or_else(|| cookie.to_vec());
        if described.config.is_empty() {
            let core_rate = if &self.kind == b"aac " { self.rate_hz } else { self.rate_hz / 2 };
            described.config = lc_config(core_rate, self.channels).unwrap_or_default();
        }
        if let Some(config) = audio_config(&described.config) {
            if config.channels != 0 {
                described.channels = u32::from(config.channels);
            }
            if config.object_type == 42 {
                described.codec = Codec::Other("xHE-AAC");
            }
        }
    }

    /// Apple's cookie for Opus is not published, and the descriptor has all that a mono or stereo
    /// stream needs; a cookie that is an OpusHead is taken as it is.
    fn opus(&self, cookie: &[u8], described: &mut Described) {
        described.codec = Codec::Opus;
        described.sample_rate_hz = 48_000;
        if cookie.starts_with(b"OpusHead") && cookie.len() >= 19 {
            described.config = cookie.to_vec();
            described.channels = u32::from(cookie[9]);
            described.pre_skip = le_u16(cookie, 10).map_or(0, u64::from);
            return;
        }
        let mut head = b"OpusHead\x01".to_vec();
        head.push(self.channels.min(255) as u8);
        head.extend([0, 0]);
        head.extend(self.rate_hz.to_le_bytes());
        head.extend([0, 0, 0]);
        described.config = head;
    }
}

/// The cookie is bare, or stands behind a `frma` box and in an `alac` box with a version.
fn alac(cookie: &[u8], described: &mut Described) {
    let bare = match cookie {
        [_, _, _, _, b'f', b'r', b'm', b'a', ..] => cookie.get(24..),
        _ => Some(cookie),
    };
    let read = || {
        let config = alac_cookie(bare?)?;
        let stream = alac_stream(&config)?;
        Some((config, stream))
    };
    if let Some((config, (bits, channels, rate_hz))) = read() {
        described.codec = Codec::Alac;
        described.config = config;
        described.bits_per_sample = Some(bits);
        (described.channels, described.sample_rate_hz) = (channels, rate_hz);
    } else {
        described.codec = Codec::Other("ALAC without its cookie");
    }
}

/// The cookie is the body of a `dfLa` box, or the blocks themselves with or without the magic.
fn flac(cookie: &[u8], described: &mut Described) {
    let at = cookie.windows(4).take(32).position(|w| w[0] & 0x7F == 0 && w[1..] == [0, 0, 34]);
    match at.and_then(|at| cookie.get(at + 4..at + 38)) {
        Some(info) => {
            described.codec = Codec::Flac;
            described.config = info.to_vec();
        }
        None => described.codec = Codec::Other("FLAC without its header"),
    }
}
