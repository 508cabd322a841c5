//! Sound at 8 bits a sample (ITU-T G.711, mu-law), so that a page can carry it.

/// Added before the logarithm, in 16-bit steps (G.711 table 2a, scaled from 14 bits).
const BIAS: i32 = 0x84;
/// Largest magnitude that a byte holds, in 16-bit steps.
const CLIP: i32 = 32_635;

/// One byte per sample.
pub(crate) fn encode(samples: &[i16]) -> Vec<u8> {
    samples.iter().map(|&sample| byte(sample)).collect()
}

fn byte(sample: i16) -> u8 {
    let magnitude = i32::from(sample).abs().min(CLIP) + BIAS;
    // The highest set bit is bit 7 to 14.
    let exponent = 24 - magnitude.leading_zeros() as i32;
    let mantissa = magnitude >> (exponent + 3) & 0x0f;
    let sign = if sample < 0 { 0x80 } else { 0 };
    !((sign | exponent << 4 | mantissa) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The decoder of G.711, as the page's script has it.
    fn decoded(byte: u8) -> i32 {
        let byte = i32::from(!byte);
        let magnitude = ((((byte & 0x0f) << 3) + BIAS) << (byte >> 4 & 7)) - BIAS;
        if byte & 0x80 != 0 { -magnitude } else { magnitude }
    }

    #[test]
    fn the_corners_of_g711_hold() {
        assert_eq!(encode(&[0, -1, i16::MAX, i16::MIN]), [0xff, 0x7f, 0x80, 0x00]);
        assert_eq!(encode(&[1000, -1000]), [0xce, 0x4e]);
        assert!(encode(&[]).is_empty());
    }

    #[test]
    fn every_sample_comes_back_within_half_a_step() {
        for sample in (i16::MIN..=i16::MAX).step_by(7) {
            let sample_i = i32::from(sample);
            let error = (decoded(byte(sample)) - sample_i.clamp(-CLIP, CLIP)).abs();
            assert!(error <= (sample_i.abs() + BIAS) / 32 + 1, "{sample}: {error}");
        }
    }
}
