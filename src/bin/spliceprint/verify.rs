//! `verify`: does a report say again what it said?

use std::fs::File;
use std::io::{BufReader, Read, Write};

use spliceprint::decode::Input;
use spliceprint::error::Error;
use spliceprint::report::verify::{VerificationStatus, verify};
use spliceprint::report::{AnalysisDocument, json};

use crate::args::VerifyArgs;
use crate::talk::Talk;
use crate::{Failure, exit};

/// Longest report that is read: an hour with all its words has 20 MB.
const MAX_REPORT_BYTES: u64 = 512 << 20;

pub(crate) fn run(args: &VerifyArgs, talk: &Talk, out: &mut dyn Write) -> Result<u8, Failure> {
    let recorded = read(args)?;
    let name = args.file.to_string_lossy();
    let is_stdin = args.file.as_os_str() == "-";
    let input = if is_stdin { Input::Stdin } else { Input::Path(args.file.clone()) };
    let bar = talk.progress(&name);
    let outcome = verify(&recorded, &input, &name, &mut |done_s, declared_s| {
        bar.set_length(declared_s.unwrap_or(done_s).max(done_s) as u64);
        bar.set_position(done_s as u64);
    });
    bar.finish_and_clear();
    let outcome = outcome?;
    if args.json {
        json::write_document(&outcome, out)?;
    } else {
        write!(out, "{}", outcome.summary())?;
    }
    out.flush()?;
    Ok(if outcome.status == VerificationStatus::Same { exit::OK } else { exit::FAILED })
}

fn read(args: &VerifyArgs) -> Result<AnalysisDocument, Failure> {
    let path = &args.report;
    let file = File::open(path).map_err(|source| Error::Open { path: path.clone(), source })?;
    let reader = BufReader::new(file.take(MAX_REPORT_BYTES));
    serde_json::from_reader(reader).map_err(|error| {
        let name = path.display();
        Failure::Usage(format!("`{name}` is no report of `spliceprint analyze` in JSON: {error}"))
    })
}
