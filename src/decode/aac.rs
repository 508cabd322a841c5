//! AAC: which decoder a stream needs, and the two of them.
//!
//! Spectral band replication is often signalled nowhere but in the packets. A decoder that does not
//! know it returns half-rate audio without an error, so packets are looked into before one is
//! chosen, and streams whose rate suggests it never go to such a decoder.

use super::DecoderInfo;
use super::adts::AdtsHeader;
use super::asc::AacConfig;
use super::codec_ids::codec_to_id;
use super::packet::{Next, Packet, PacketDecoder, PacketSource, TrackSetup};
use super::sink::{Refusal, Sink};
use super::symphonia_codec::SymphoniaCodec;
use super::table::Rewound;
use crate::error::{Error, Result};

/// Packets looked into before a decoder is chosen.
const PROBE_PACKETS: usize = 32;

/// Highest core rate in Hz at which band replication is to be expected: encoders use it to reach
/// 48 kHz and below.
const SBR_CORE_RATE_HZ: u32 = 24_000;

/// A decoder and the source it reads from, with its first packets put back.
pub(super) struct Chosen {
    pub(super) decoder: Box<dyn PacketDecoder>,
    pub(super) source: Box<dyn PacketSource>,
    pub(super) warning: Option<String>,
}

/// Chooses the decoder for the packets of `source`.
///
/// # Errors
///
/// [`Error::Unsupported`] if none fits, [`Error::Malformed`] if no configuration is found.
pub(super) fn choose(setup: &TrackSetup, mut source: Box<dyn PacketSource>) -> Result<Chosen> {
    let mut ahead = Vec::new();
    while ahead.len() < PROBE_PACKETS {
        let mut packet = Packet::default();
        match super::guard::guarded(|| source.next(&mut packet)) {
            Ok(Ok(Next::Packet)) => ahead.push(packet),
            Ok(Ok(Next::Damaged { .. })) => {}
            _ => break,
        }
    }
    let config = first_config(setup, &ahead).ok_or(Error::Malformed {
        format: "AAC",
        offset: ahead.first().and_then(|p| p.offset).unwrap_or(0),
        what: "no valid configuration".into(),
    })?;
    let several_blocks = setup.adts
        && ahead.iter().any(|p| AdtsHeader::parse(&p.data).is_some_and(|h| h.blocks > 1));
    let plain = config.is_plain_lc() && !several_blocks;
    let suspect = plain && config.rate_hz <= SBR_CORE_RATE_HZ;
    let (decoder, warning) = decoder_for(setup, config, plain, suspect, &ahead)?;
    Ok(Chosen { decoder, source: Box::new(Rewound::new(ahead, source)), warning })
}

fn first_config(setup: &TrackSetup, ahead: &[Packet]) -> Option<AacConfig> {
    if setup.adts {
        let header = ahead.iter().find_map(|p| AdtsHeader::parse(&p.data))?;
        return AacConfig::parse(&header.config());
    }
    AacConfig::parse(setup.config())
}

type Decision = (Box<dyn PacketDecoder>, Option<String>);

#[cfg(feature = "he-aac")]
fn decoder_for(
    setup: &TrackSetup,
    config: AacConfig,
    plain: bool,
    suspect: bool,
    ahead: &[Packet],
) -> Result<Decision> {
    let mut probe = full::FullCodec::new(setup, config, full::Found::default())?;
    let mut equal = 0;
    for packet in ahead {
        // What does not decode here is reported when it is decoded for good.
        let mut sink = Sink::default();
        let _ = super::guard::guarded(|| probe.decode(packet, &mut sink));
        if let [left, right] = sink.pending.as_slice() {
            let silent = left.iter().all(|s| *s == 0.0);
            equal += i32::from(!silent && left == right) - 100 * i32::from(left != right);
        }
    }
    let sbr = probe.saw_sbr();
    if plain && !suspect && !sbr {
        return Ok((Box::new(PlainCodec::new(setup, config)?), None));
    }
    let fold = config.channels() == 1 && equal > 0;
    Ok((Box::new(full::FullCodec::new(setup, config, full::Found { sbr, fold })?), None))
}

#[cfg(not(feature = "he-aac"))]
fn decoder_for(
    setup: &TrackSetup,
    config: AacConfig,
    plain: bool,
    suspect: bool,
    _ahead: &[Packet],
) -> Result<Decision> {
    if plain && !suspect {
        return Ok((Box::new(PlainCodec::new(setup, config)?), None));
    }
    // A core rate that low may hide band replication, and half-rate audio must not pass for whole.
    let what = if plain {
        "AAC at a rate at which band replication cannot be told: perhaps HE-AAC"
    } else {
        "AAC other than LC in mono or stereo: HE-AAC or more channels"
    };
    Err(Error::Unsupported {
        what: what.into(),
        hint: Some("build spliceprint with the feature `he-aac`, or install `ffmpeg`".into()),
    })
}

/// AAC-LC in mono or stereo.
struct PlainCodec {
    setup: TrackSetup,
    decoder: SymphoniaCodec,
    key: Option<[u8; 2]>,
}

impl PlainCodec {
    fn new(setup: &TrackSetup, config: AacConfig) -> Result<Self> {
        let mut setup = setup.clone();
        setup.params.for_codec(codec_to_id(setup.codec)).with_sample_rate(config.rate_hz);
        if setup.adts {
            let bits = 2 << 11 | rate_index(config.rate_hz) << 7 | config.channel_config << 3;
            setup.params.with_extra_data(Box::new((bits as u16).to_be_bytes()));
        }
        let decoder = SymphoniaCodec::new(&setup)?;
        Ok(Self { setup, decoder, key: None })
    }
}

fn rate_index(rate_hz: u32) -> u32 {
    let rates = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000];
    rates.iter().position(|r| *r == rate_hz).unwrap_or(match rate_hz {
        11_025 => 10,
        8_000 => 11,
        _ => 12,
    }) as u32
}

impl PacketDecoder for PlainCodec {
    fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> std::result::Result<(), Refusal> {
        if !self.setup.adts {
            return self.decoder.decode(packet, sink);
        }
        let header =
            AdtsHeader::parse(&packet.data).ok_or_else(|| Refusal::Bad("no ADTS header".into()))?;
        if sink.rate_hz != 0 && header.rate_hz() != sink.rate_hz {
            return Err(Refusal::OtherRate(header.rate_hz()));
        }
        if header.blocks > 1 {
            return Err(Refusal::Bad("several AAC packets in one ADTS frame".into()));
        }
        if self.key.is_some_and(|key| key != header.key()) {
            self.setup.params.with_extra_data(Box::new(header.config()));
            self.decoder =
                SymphoniaCodec::new(&self.setup).map_err(|e| Refusal::Bad(e.to_string()))?;
        }
        self.key = Some(header.key());
        let body =
            Packet { data: packet.data[header.header_bytes..].to_vec(), ..Packet::default() };
        self.decoder.decode(&body, sink)
    }

    fn info(&self) -> DecoderInfo {
        self.decoder.info()
    }

    fn codec_name(&self) -> Option<&'static str> {
        Some("AAC-LC")
    }
}

#[cfg(feature = "he-aac")]
mod full {
    //! The decoder that knows all of AAC.

    use rusty_aac::config::StreamConfig;
    use rusty_aac::{AacDecoder, Error as LibraryError};

    use super::*;

    /// HE-AAC, more than two channels and everything else that is not plain.
    pub(super) struct FullCodec {
        decoder: AacDecoder,
        config: AacConfig,
        adts: bool,
        key: Option<[u8; 2]>,
        saw_sbr: bool,
        saw_ps: bool,
        fold: bool,
    }

    /// What the first packets told.
    #[derive(Debug, Default, Clone, Copy)]
    pub(super) struct Found {
        /// Spectral band replication.
        pub(super) sbr: bool,
        /// One channel that the library doubles: parametric stereo may follow a mono core at any
        /// time, so it plays safe.
        pub(super) fold: bool,
    }

    impl FullCodec {
        /// A decoder for `setup`, told what was `found` in the packets.
        pub(super) fn new(setup: &TrackSetup, config: AacConfig, found: Found) -> Result<Self> {
            let refuse = |e: LibraryError| Error::Unsupported {
                what: format!("this AAC stream: {e}"),
                hint: None,
            };
            let mut stream = if setup.adts {
                let (kind, channels) = (config.object_type as u8, config.channel_config as u8);
                StreamConfig::lc(kind, config.rate_hz, channels)
            } else {
                rusty_aac::config::parse(setup.config()).map_err(refuse)?
            };
            if found.sbr && !stream.sbr {
                // Told beforehand, the decoder runs at the full rate from the first packet on.
                stream.sbr = true;
                stream.ext_sample_rate = config.rate_hz * 2;
            }
            let (adts, saw_sbr) = (setup.adts, config.sbr);
            let decoder = AacDecoder::with_stream_config(stream);
            let fold = found.fold;
            Ok(Self { decoder, config, adts, key: None, saw_sbr, saw_ps: false, fold })
        }

        /// Whether band replication is signalled or was found in a packet.
        pub(super) fn saw_sbr(&self) -> bool {
            self.saw_sbr
        }
    }

    impl PacketDecoder for FullCodec {
        fn decode(&mut self, packet: &Packet, sink: &mut Sink) -> std::result::Result<(), Refusal> {
            let mut data = packet.data.as_slice();
            if self.adts {
                let header =
                    AdtsHeader::parse(data).ok_or_else(|| Refusal::Bad("no ADTS header".into()))?;
                let changed = self.key.is_some_and(|key| key != header.key());
                self.key = Some(header.key());
                // The library reads headers itself, and would forget what it was told about the
                // stream; it gets bare packets wherever there is one to a frame.
                if changed {
                    let config = StreamConfig::lc(
                        header.object_type,
                        header.rate_hz(),
                        header.channel_config,
                    );
                    self.decoder = AacDecoder::with_stream_config(config);
                }
                if header.blocks == 1 {
                    data = &data[header.header_bytes.min(data.len())..];
                }
            }
            match self.decoder.decode(data, None) {
                Ok(audio) => {
                    let channels = usize::from(audio.channels);
                    self.saw_sbr |= audio.sample_rate > self.config.rate_hz;
                    let pairs = audio.samples.as_chunks::<2>().0;
                    if self.fold && channels == 2 && pairs.iter().all(|[l, r]| l == r) {
                        return sink.push_with(audio.sample_rate, 1, |_, out| {
                            out.extend(pairs.iter().map(|pair| pair[0]));
                        });
                    }
                    self.saw_ps |= self.config.channels() == 1 && channels == 2;
                    sink.push_interleaved(audio.sample_rate, channels, &audio.samples)
                }
                Err(LibraryError::Again) => Ok(()),
                Err(e) => Err(Refusal::Bad(e.to_string())),
            }
        }

        fn info(&self) -> DecoderInfo {
            DecoderInfo { name: "rusty_aac 2.0".into(), accuracy: "float-equal".into() }
        }

        fn codec_name(&self) -> Option<&'static str> {
            Some(match (self.saw_sbr, self.saw_ps, self.config.object_type) {
                (true, true, _) => "HE-AAC v2",
                (true, false, _) => "HE-AAC",
                (false, _, 2) => "AAC-LC",
                (false, _, 1) => "AAC Main",
                (false, _, 4) => "AAC-LTP",
                (false, _, 23) => "AAC-LD",
                (false, _, 39) => "AAC-ELD",
                (false, _, 42) => "xHE-AAC",
                _ => "AAC",
            })
        }
    }
}
