//! SHA-256 of the examined samples: lossless ones exactly, those of lossy codecs as 16 bits.

use md5::Md5;
use sha2::{Digest, Sha256};

use super::Block;
use super::source::hex;

/// Sample format a hash is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HashFormat {
    /// 16-bit integers.
    S16,
    /// 24-bit integers.
    S24,
    /// 32-bit floating point.
    F32,
}

impl HashFormat {
    /// The format for a codec: the narrowest that holds a lossless one's samples exactly. Samples of
    /// a lossy codec are whatever its decoder makes of them, and decoders differ beyond 16 bits.
    pub(super) fn new(lossless: bool, float: bool, bits: Option<u16>) -> Self {
        match bits {
            _ if !lossless => Self::S16,
            Some(1..=16) if !float => Self::S16,
            Some(17..=24) if !float => Self::S24,
            _ => Self::F32,
        }
    }

    /// The name in the report.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::S16 => "s16le",
            Self::S24 => "s24le",
            Self::F32 => "f32le",
        }
    }
}

/// A hash that grows block by block.
#[derive(Debug)]
pub(super) struct PcmHash {
    /// Format of the samples.
    pub(super) format: HashFormat,
    sha: Sha256,
    /// What FLAC keeps in its header (RFC 9639, section 8.2).
    md5: Option<Md5>,
    bytes: Vec<u8>,
}

impl PcmHash {
    /// A hash of no samples.
    pub(super) fn new(format: HashFormat) -> Self {
        Self { format, sha: Sha256::new(), md5: None, bytes: Vec::new() }
    }

    /// The same with the MD5 of the samples beside it.
    pub(super) fn with_md5(self) -> Self {
        Self { md5: Some(Md5::new()), ..self }
    }

    /// Adds a block, interleaved.
    pub(super) fn update(&mut self, block: &Block) {
        let channels = &block.channels;
        match self.format {
            // The casts saturate. Lossless samples were integers before, so that cutting off their
            // fraction changes nothing.
            HashFormat::S16 => {
                interleave(&mut self.bytes, channels, |s| ((s * 32_768.0) as i16).to_le_bytes())
            }
            HashFormat::S24 => interleave(&mut self.bytes, channels, |s| {
                let value = ((s * 8_388_608.0) as i32).clamp(-8_388_608, 8_388_607);
                let [a, b, c, _] = value.to_le_bytes();
                [a, b, c]
            }),
            HashFormat::F32 => interleave(&mut self.bytes, channels, f32::to_le_bytes),
        }
        self.sha.update(&self.bytes);
        if let Some(md5) = &mut self.md5 {
            md5.update(&self.bytes);
        }
    }

    /// SHA-256, and MD5 if it was asked for, as lower-case hexadecimal.
    pub(super) fn finish(self) -> (String, Option<String>) {
        (hex(&self.sha.finalize()), self.md5.map(|md5| hex(&md5.finalize())))
    }
}

fn interleave<const N: usize>(
    bytes: &mut Vec<u8>,
    channels: &[Vec<f32>],
    convert: impl Fn(f32) -> [u8; N],
) {
    let frames = channels.first().map_or(0, Vec::len);
    bytes.resize(frames * channels.len() * N, 0);
    let samples = bytes.as_chunks_mut::<N>().0;
    match channels {
        [mono] => {
            for (out, s) in samples.iter_mut().zip(mono) {
                *out = convert(*s);
            }
        }
        [left, right] => {
            let pairs = samples.as_chunks_mut::<2>().0;
            for (pair, (l, r)) in pairs.iter_mut().zip(left.iter().zip(right)) {
                *pair = [convert(*l), convert(*r)];
            }
        }
        _ => {
            for (c, channel) in channels.iter().enumerate() {
                let own = samples.iter_mut().skip(c).step_by(channels.len());
                for (out, s) in own.zip(channel) {
                    *out = convert(*s);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha(bytes: &[u8]) -> String {
        hex(&Sha256::digest(bytes))
    }

    fn hash_of(format: HashFormat, channels: Vec<Vec<f32>>) -> String {
        let mut hash = PcmHash::new(format);
        hash.update(&Block { start_frame: 0, channels });
        hash.finish().0
    }

    #[test]
    fn integers_come_back_exactly() {
        let values: Vec<i16> = (i16::MIN..=i16::MAX).collect();
        let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let left = values.iter().step_by(2).map(|&v| f32::from(v) / 32_768.0).collect();
        let right = values.iter().skip(1).step_by(2).map(|&v| f32::from(v) / 32_768.0).collect();
        assert_eq!(hash_of(HashFormat::S16, vec![left, right]), sha(&raw));
        let wide = [-8_388_608i32, -1, 0, 1, 8_388_607];
        let raw: Vec<u8> = wide.iter().flat_map(|v| v.to_le_bytes()[..3].to_vec()).collect();
        let mono = wide.iter().map(|&v| v as f32 / 8_388_608.0).collect();
        assert_eq!(hash_of(HashFormat::S24, vec![mono]), sha(&raw));
    }

    #[test]
    fn the_format_follows_the_codec() {
        assert_eq!(HashFormat::new(true, false, Some(8)), HashFormat::S16);
        assert_eq!(HashFormat::new(true, false, Some(24)), HashFormat::S24);
        assert_eq!(HashFormat::new(true, true, Some(16)), HashFormat::F32);
        assert_eq!(HashFormat::new(false, false, None), HashFormat::S16);
        assert_eq!(hash_of(HashFormat::F32, vec![vec![2.0]]), sha(&2.0f32.to_le_bytes()));
    }
}
