//! Hands coded frames on to the one that reads their heads.

use super::adts::AdtsHeader;
use super::asc::AacConfig;
use super::packet::TrackSetup;
use crate::container::Codec;
use crate::container::quantisation::Quantisation;

/// Object type of AAC-LC.
const LC: u32 = 2;

/// Adds a packet of MPEG layer 3 or AAC-LC to `sum`; packets of other codecs say nothing. With `read_codes` its
/// Huffman-coded part is read too; that of layer 3 lies across frames and is read by its walker.
pub(super) fn add(setup: &TrackSetup, packet: &[u8], read_codes: bool, sum: &mut Quantisation) {
    match setup.codec {
        Codec::Mp3 => sum.add_layer3(packet),
        Codec::Aac if setup.adts => {
            let header = AdtsHeader::parse(packet)
                .filter(|h| u32::from(h.object_type) == LC && h.blocks == 1);
            if let Some((header, body)) =
                header.and_then(|h| Some((h, packet.get(h.header_bytes..)?)))
            {
                sum.add_aac(body, header.rate_hz(), read_codes);
            }
        }
        Codec::Aac => {
            let config = AacConfig::parse(setup.config());
            if let Some(config) = config.filter(|c| c.object_type == LC && c.long_frames) {
                sum.add_aac(packet, config.rate_hz, read_codes);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::container::quantisation::{Coded, Format, LineSizes};
    use crate::decode::{Clip, Input, OpenOptions};

    fn read(name: &str, continuity: bool) -> Quantisation {
        let input = Input::Path(format!("fixtures/formats/{name}").into());
        let clip = Clip::open(&input, &OpenOptions { continuity, ..Default::default() }).unwrap();
        clip.finish().unwrap().quantisation
    }

    #[test]
    fn frames_are_read_in_every_container() {
        for name in ["lc.aac", "lc-edit-list.m4a", "lc.mkv", "lc-5.1.m4a", "he-v1.m4a", "he-v1.aac"]
        {
            let seen = read(name, false);
            assert_eq!((seen.format, seen.unread), (Some(Format::AacLc), 0), "{name}");
            assert!(seen.frames > 20 && seen.lines.at(1.0) <= seen.sent.at(1.0), "{name}");
            // With the codes, no frame turns out to be anything else.
            let coded = read(name, true);
            let of_coded = Quantisation { coded: Coded::default(), ..coded.clone() };
            assert_eq!((&of_coded, &seen.coded), (&seen, &Coded::default()), "{name}");
            assert!(coded.coded.lines != LineSizes::default(), "{name}");
        }
        // Counted by another program over the bytes of these files.
        let seen = read("lame-cbr.mp3", false);
        assert_eq!((seen.frames, seen.unread, seen.rates.at(0.5)), (78, 0, Some(64)));
        assert_eq!((seen.gains.at(0.5), seen.reservoir.borrowing), (Some(153), 77));
        assert_eq!(
            (read("lame-vbr.mp3", false).frames, read("mp3.wav", false).format),
            (78, Some(Format::Layer3))
        );
        assert_eq!(read("pcm.mov", false).format, None);
    }
}
