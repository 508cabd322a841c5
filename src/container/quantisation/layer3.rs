//! MPEG layer 3: what the side information of a frame says of its quantisation (ISO/IEC 11172-3, 2.4.1.7 and
//! 13818-3, 2.4.1.7).

use super::{Format, Quantisation};
use crate::container::continuity::mpeg_frame::{Frame, Granule};

/// Adds a frame with its header; one that is no layer 3 or is cut off is counted as unread. The frame in whose
/// place a Xing, Info or VBRI tag stands is no audio.
pub(super) fn add(frame: &[u8], into: &mut Quantisation) {
    let header = Frame::parse(frame).filter(|header| header.is_layer3());
    let Some((header, data)) = header.and_then(|header| Some((header, header.main_data(frame)?)))
    else {
        into.unread += 1;
        return;
    };
    if header.tag(frame).is_some() {
        return;
    }
    let rate_hz = header.rate_hz();
    into.begin(Format::Layer3, rate_hz);
    into.frames += 1;
    let samples = header.granules() as u32 * GRANULE_LINES;
    into.rates.add(super::kbps(header.len, rate_hz, samples));
    into.stereo.frames += u64::from(!header.is_mono());
    into.stereo.mid_side += u64::from(header.is_mid_side());
    into.stereo.intensity += u64::from(header.is_intensity());
    into.reservoir.borrowing += u64::from(data.begin > 0);
    into.reservoir.begin_bytes += u64::from(data.begin);
    into.reservoir.room_bits += u64::from(data.room) * 8;
    into.reservoir.used_bits += u64::from(data.bits);
    for granule in header.side_info(frame) {
        channel(granule, into);
    }
}

/// Lines of a granule.
const GRANULE_LINES: u32 = 576;

fn channel(granule: Granule, into: &mut Quantisation) {
    into.window(granule.block_type);
    // Granules without data quantise nothing.
    if granule.bits == 0 {
        into.empty += 1;
        return;
    }
    into.gains.add(granule.global_gain);
    into.flat_scales += u64::from(granule.scalefac_compress == 0);
    if granule.block_type != 2 {
        into.lines.add((granule.big_values * 2).min(GRANULE_LINES));
    }
}
