//! Decodes files and nothing else, for measuring: `decode_only FILE…` prints seconds and samples.

use spliceprint::decode::{Clip, Input, OpenOptions};

fn main() -> spliceprint::error::Result<()> {
    for file in std::env::args_os().skip(1) {
        let mut clip = Clip::open(&Input::Path(file.into()), &OpenOptions::default())?;
        let mut frames = 0u64;
        while let Some(block) = clip.next_block()? {
            frames += block.frames() as u64;
        }
        let stream = clip.finish()?.stream;
        #[allow(clippy::print_stdout, reason = "an example's output")]
        {
            println!(
                "{:.3} s, {frames} samples of {} channels",
                stream.duration_s, stream.channels
            );
        }
    }
    Ok(())
}
