//! The sensitivity certificate: cuts tried in the clip itself.

use spliceprint::analysis::{Settings, analyze};
use spliceprint::certificate::{Certificate, certify};
use spliceprint::decode::Input;

use crate::support::{Folder, fixture};

#[test]
fn cuts_of_each_kind_are_made_and_counted() {
    let input = Input::Path(fixture("clean").join("LJ001-0005.flac"));
    let settings = Settings::default();
    let analysis = analyze(&input, &settings, &mut |_, _| {}).unwrap();
    let certificate = certify(&input, &settings, &analysis).unwrap();
    let Certificate { encoded_as, part_s, recalls } = &certificate;
    assert!(encoded_as.is_some() && (part_s - 8.111).abs() < 0.01);
    assert_eq!(recalls.len(), 4);
    // The places come from the file's hash: the same clip has the same certificate.
    assert_eq!(certify(&input, &settings, &analysis).unwrap(), certificate);
    let in_speech = recalls.iter().filter(|r| format!("{:?}", r.placement) == "Speech");
    for recall in in_speech {
        assert!(recall.made >= 6, "{recalls:?}");
    }
    for recall in recalls {
        let (share, low, high) = recall.interval();
        assert!(recall.found <= recall.made && low <= share && share <= high, "{recall:?}");
    }
}

#[test]
fn a_clip_too_short_says_so() {
    let folder = Folder::new();
    let clip = fixture("clean").join("LJ001-0005.flac");
    let run = folder.run([
        "analyze".as_ref(),
        "--certificate".as_ref(),
        "--end".as_ref(),
        "4".as_ref(),
        clip.as_os_str(),
    ]);
    assert!(run.stderr.contains("needs 6 s"), "{}", run.stderr);
}
