//! C2PA manifests in signed copies of shipped clips: what holds, and what does not once a byte changed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use c2pa::{Builder, BuilderIntent, DigitalSourceType, EphemeralSigner};

use crate::structure::structure_of;
use crate::support::{Folder, fixture};

/// Signer that the certificates name; they are made for each run and valid for a short time.
const SIGNER: &str = "signer.example";

/// Signs a copy of a fixture.
fn signed(folder: &Folder, fixture_name: &str) -> PathBuf {
    let ending = Path::new(fixture_name).extension().unwrap().to_str().unwrap();
    let path = folder.path(format!("signed.{ending}"));
    let claim = r#"{"claim_generator_info": [{"name": "Example Recorder", "version": "1.2"}]}"#;
    let mut builder = Builder::default().with_definition(claim).unwrap();
    builder.set_intent(BuilderIntent::Create(DigitalSourceType::DigitalCapture));
    let signer = EphemeralSigner::new(SIGNER).unwrap();
    let mut source = File::open(fixture(fixture_name)).unwrap();
    let mut target = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    builder.sign(&signer, ending, &mut source, &mut target).unwrap();
    path
}

/// What is said of the file's manifest.
fn words(path: &Path) -> String {
    let found = structure_of(path);
    let words: Vec<_> = found.into_iter().filter(|f| f.0 == "content-credentials").collect();
    assert_eq!(words.len(), 1, "{words:?}");
    words.into_iter().next().unwrap().2
}

#[test]
fn a_manifest_holds_until_a_byte_of_the_sound_changes() {
    for name in [
        "formats/pcm-s16.wav",
        "formats/lame-cbr.mp3",
        "formats/lc-edit-list.m4a",
        "clean/LJ001-0005.flac",
    ] {
        let folder = Folder::new();
        let path = signed(&folder, name);
        let holds = words(&path);
        assert!(holds.contains("hashes of the file's bytes hold"), "{name}: {holds}");
        assert!(holds.contains("Example Recorder") && holds.contains(SIGNER), "{name}: {holds}");
        let mut bytes = fs::read(&path).unwrap();
        let sound = sound_in(&bytes, &fs::read(fixture(name)).unwrap());
        bytes[sound] ^= 1;
        fs::write(&path, bytes).unwrap();
        let broken = words(&path);
        assert!(
            broken.contains("it does not hold") && broken.contains("mismatch"),
            "{name}: {broken}"
        );
    }
}

/// A byte of the signed file in the middle of 64 bytes of the sound, which it holds as the unsigned one does.
fn sound_in(signed: &[u8], unsigned: &[u8]) -> usize {
    let half = unsigned.len() / 2;
    let piece = &unsigned[half..half + 64];
    signed.windows(64).position(|window| window == piece).unwrap() + 32
}

#[test]
fn a_manifest_that_makes_no_sense_is_no_error() {
    let folder = Folder::new();
    let path = signed(&folder, "formats/pcm-s16.wav");
    let bytes = fs::read(&path).unwrap();
    let at = bytes.windows(4).position(|w| w == b"C2PA").unwrap();
    for offset in [12, 60, 200, 900] {
        let mut broken = bytes.clone();
        broken[at + offset..at + offset + 40].fill(0xFF);
        fs::write(&path, broken).unwrap();
        let said = words(&path);
        assert!(said.contains("does not hold") || said.contains("cannot be validated"), "{said}");
    }
}
