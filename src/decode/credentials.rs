//! Whether C2PA manifests fit the file that carries them.

use super::source::OpenFile;
use crate::container::structure::{OddityKind, Structure};

/// Adds to every manifest of the file what validation says of it, or that there was none.
///
/// The manifests of a file are one store and are validated together. Nothing is fetched: neither lists of
/// trusted signers, nor whether a certificate was revoked, nor manifests kept elsewhere.
pub(super) fn validate(file: &OpenFile, structure: &mut Structure) {
    let format = structure.format;
    let mut found: Vec<_> = structure
        .oddities
        .iter_mut()
        .filter(|oddity| oddity.kind == OddityKind::ContentCredentials)
        .collect();
    if found.is_empty() {
        return;
    }
    let bytes = found.iter().map(|oddity| oddity.bytes).sum();
    let words = validity(file, format, bytes);
    for oddity in &mut found {
        oddity.text = format!("{}: {words}", oddity.text);
    }
}

#[cfg(not(feature = "content-credentials"))]
fn validity(_file: &OpenFile, _format: &str, _bytes: u64) -> String {
    "not validated, since this program was built without the feature content-credentials".into()
}

#[cfg(feature = "content-credentials")]
use validator::validity;

#[cfg(feature = "content-credentials")]
mod validator {
    use std::io::{Seek, SeekFrom};

    use c2pa::validation_results::ValidationState;
    use c2pa::{Context, Reader, Settings, validation_status};

    use super::super::guard::guarded;
    use super::OpenFile;
    use crate::error::{Error, Result};

    /// Manifests larger than this in all are not validated, in bytes: they are held in memory.
    const MAX_BYTES: u64 = 32 << 20;

    /// Codes of failures that are named, at most.
    const MAX_CODES: usize = 5;

    /// Characters of a signer's name, at most.
    const MAX_NAME: usize = 80;

    /// What validation says, in words.
    pub(super) fn validity(file: &OpenFile, format: &str, bytes: u64) -> String {
        if bytes > MAX_BYTES {
            return format!("not validated, since it has more than {MAX_BYTES} bytes");
        }
        let words = guarded(|| read(file, format)).and_then(|read| read.map_err(|e| e.to_string()));
        words.unwrap_or_else(|why| format!("it cannot be validated: {why}"))
    }

    fn read(file: &OpenFile, format: &str) -> Result<String> {
        let ending = match format {
            "riff" => "wav",
            "isobmff" => "m4a",
            other => other,
        };
        let mut handle = file.handle()?;
        let seek = |source| Error::Read { path: file.path.clone(), offset: 0, source };
        handle.seek(SeekFrom::Start(0)).map_err(seek)?;
        let reader =
            offline().and_then(|context| Reader::from_context(context).with_stream(ending, handle));
        Ok(match reader {
            Ok(reader) => words(&reader),
            Err(e) => format!("it cannot be validated: {e}"),
        })
    }

    /// Settings that ask nobody.
    fn offline() -> c2pa::Result<Context> {
        let settings = Settings::new()
            .with_value("verify.ocsp_fetch", false)?
            .with_value("verify.remote_manifest_fetch", false)?;
        Context::new().with_settings(settings)
    }

    fn words(reader: &Reader) -> String {
        let signer = reader.active_manifest().and_then(|manifest| manifest.signature_info());
        let name = signer.and_then(|signer| signer.common_name.as_ref().or(signer.issuer.as_ref()));
        let name: String = name.map_or("no name", |name| name).chars().take(MAX_NAME).collect();
        if reader.validation_state() != ValidationState::Invalid {
            return format!(
                "its signature and the hashes of the file's bytes hold; the certificate names {name:?}, \
                 and no list of trusted signers was asked"
            );
        }
        let mut codes: Vec<&str> = reader
            .validation_status()
            .unwrap_or_default()
            .iter()
            .map(|status| status.code())
            .filter(|code| *code != validation_status::SIGNING_CREDENTIAL_UNTRUSTED)
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes.truncate(MAX_CODES);
        format!("it does not hold ({}); the certificate names {name:?}", codes.join(", "))
    }
}
