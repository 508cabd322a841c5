//! What `joints_run` reads from an analysis beside findings and edit points.

use spliceprint::analysis::Analysis;

/// Bit rate from which Opus is no longer counted as a speech codec, in bit/s.
const SPEECH_OPUS_BPS: u64 = 48_000;

/// Family of the codec the samples went through before: `none`, `aac`, `mp3`, `vorbis` or `opus`.
/// Nothing while the program does not say.
pub fn previous_codec(_analysis: &Analysis) -> Option<String> {
    None
}

/// The kind of last codec that calibration goes by: `lossless`, `mp3-aac`, `vorbis-opus`, `speech`.
pub fn context(analysis: &Analysis) -> String {
    let stream = &analysis.stream;
    let codec = stream.codec.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| codec.contains(word));
    let context = if is(&["amr", "gsm", "g.711", "g711", "law", "g.72", "speex", "silk"]) {
        "speech"
    } else if stream.lossless {
        "lossless"
    } else if codec.contains("opus") {
        // A rate that is not known counts as the lower one.
        let low = stream.bit_rate_bps.is_none_or(|rate| rate < SPEECH_OPUS_BPS);
        if low { "speech" } else { "vorbis-opus" }
    } else if codec.contains("vorbis") {
        "vorbis-opus"
    } else {
        "mp3-aac"
    };
    context.to_owned()
}
