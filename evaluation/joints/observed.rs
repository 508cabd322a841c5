//! What an analysis says of the whole clip, in the words of the evaluation.

use spliceprint::analysis::Analysis;
use spliceprint::decode::CodecClass;

/// Codec of the encoding before the last one, as the frame grids show it; `none` if none does.
pub fn previous_codec(analysis: &Analysis) -> Option<String> {
    let codec = analysis.earlier_grids().next().map_or("none", |track| track.codec.as_str());
    Some(codec.to_owned())
}

/// Kind of the last encoding, for which error rates are counted apart.
pub fn context(analysis: &Analysis) -> String {
    CodecClass::of(&analysis.stream).as_str().to_owned()
}
