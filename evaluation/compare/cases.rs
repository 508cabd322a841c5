//! The cases of the evaluation and how many clips each gets.

use crate::channels::Channel;
use crate::edits::KINDS;

/// What lies over the clip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Added {
    Pink,
    Babble,
}

/// What happens to a clip, in the order of the fields.
#[derive(Debug, Clone)]
pub struct Case {
    pub name: String,
    /// Clips in the test split.
    pub clips: usize,
    pub music: bool,
    /// From the long source.
    pub long: bool,
    pub seconds: (f64, f64),
    /// Edits of one kind, or of any with `Some(None)`.
    pub edit: Option<Option<&'static str>>,
    /// Range of the size of the change, in percent; the direction is drawn.
    pub speed_percent: Option<(f64, f64)>,
    pub tempo_percent: Option<(f64, f64)>,
    pub semitones: f64,
    pub band: Option<(f64, f64)>,
    pub rerecorded: bool,
    /// With the distance of the clip above it, in dB.
    pub added: Option<(Added, f64)>,
    pub gain: bool,
    pub channel: Channel,
    /// The clip is no part of the source it is listed with.
    pub stranger: bool,
}

impl Case {
    fn new(name: &str, clips: usize) -> Self {
        Self {
            name: name.to_owned(),
            clips,
            music: false,
            long: false,
            seconds: (8.0, 15.0),
            edit: None,
            speed_percent: None,
            tempo_percent: None,
            semitones: 0.0,
            band: None,
            rerecorded: false,
            added: None,
            gain: false,
            channel: Channel::Wav,
            stranger: false,
        }
    }

    fn on_music(&self, clips: usize) -> Self {
        Self { name: format!("music_{}", self.name), music: true, clips, ..self.clone() }
    }
}

/// Every case whose clips have a source, speech first.
pub fn same_source() -> Vec<Case> {
    let mut cases = Vec::new();
    for channel in [
        Channel::Opus16,
        Channel::Opus24,
        Channel::Aac48,
        Channel::Mp3At64,
        Channel::AmrNb,
        Channel::AmrNb475,
        Channel::AmrWb,
        Channel::Gsm,
        Channel::Chain,
    ] {
        cases.push(Case { channel, ..Case::new(&format!("codec_{}", channel.name()), 40) });
    }
    for (added, name) in [(Added::Pink, "pink"), (Added::Babble, "babble")] {
        for (snr_db, level) in [(10.0, "10"), (5.0, "5"), (0.0, "0"), (-5.0, "m5")] {
            let wanted =
                if added == Added::Pink { snr_db != 5.0 } else { snr_db == 5.0 || snr_db == 0.0 };
            if wanted {
                let added = Some((added, snr_db));
                cases.push(Case { added, ..Case::new(&format!("noise_{name}_{level}"), 40) });
            }
        }
    }
    cases.push(Case { band: Some((300.0, 3_400.0)), ..Case::new("band_300_3400", 40) });
    cases.push(Case { rerecorded: true, ..Case::new("rerecorded", 40) });
    let opus = Channel::Opus16;
    cases.push(Case { rerecorded: true, channel: opus, ..Case::new("rerecorded_opus", 40) });
    cases.push(Case { speed_percent: Some((1.0, 6.0)), ..Case::new("speed", 60) });
    cases.push(Case { speed_percent: Some((6.0, 10.0)), ..Case::new("speed_10", 40) });
    cases.push(Case { tempo_percent: Some((1.0, 5.0)), ..Case::new("tempo_5", 60) });
    cases.push(Case { tempo_percent: Some((5.0, 10.0)), ..Case::new("tempo_10", 40) });
    cases.push(Case { semitones: 1.0, ..Case::new("pitch_p1", 40) });
    cases.push(Case { semitones: -3.0, ..Case::new("pitch_m3", 40) });
    cases.push(Case {
        speed_percent: Some((2.0, 2.0)),
        rerecorded: true,
        channel: opus,
        ..Case::new("speed_chain", 40)
    });
    cases.push(Case { gain: true, ..Case::new("gain_polarity", 40) });
    cases.push(Case::new("offset_wav", 40));
    // AMR, GSM and voice-over-music are telephone matters; the rest is asked of music too.
    let telephone = ["amr", "gsm", "chain", "offset", "gain"];
    let on_music: Vec<Case> = cases
        .iter()
        .filter(|c| !telephone.iter().any(|t| c.name.contains(t)))
        .map(|c| c.on_music(if c.name.starts_with("noise") { 40 } else { 20 }))
        .collect();
    for channel in [Channel::Opus16, Channel::Aac48, Channel::Mp3At64, Channel::AmrNb, Channel::Gsm]
    {
        let name = format!("short_3s_{}", channel.name());
        cases.push(Case { channel, seconds: (3.0, 3.0), ..Case::new(&name, 40) });
    }
    cases.extend(edited());
    for channel in [Channel::Opus16, Channel::AmrNb] {
        let name = format!("long_codec_{}", channel.name());
        cases.push(Case { channel, long: true, ..Case::new(&name, 24) });
    }
    cases.extend(on_music);
    for kind in KINDS {
        for channel in [Channel::Wav, Channel::Aac48] {
            let name = format!("edit_{kind}_{}", channel.name());
            cases.push(Case { edit: Some(Some(kind)), channel, ..Case::new(&name, 0) }.on_music(8));
        }
    }
    cases
}

fn edited() -> Vec<Case> {
    let channels = [
        (Channel::Wav, false, "wav"),
        (Channel::Opus16, false, "opus16"),
        (Channel::Aac48, false, "aac48"),
        (Channel::AmrNb, false, "amrnb"),
        (Channel::Opus16, true, "rerecorded_opus"),
    ];
    let mut cases = Vec::new();
    for kind in KINDS.iter().map(|&k| Some(k)).chain([None]) {
        for (channel, rerecorded, name) in channels {
            let name = format!("edit_{}_{name}", kind.unwrap_or("mixed"));
            cases.push(Case { edit: Some(kind), channel, rerecorded, ..Case::new(&name, 25) });
        }
    }
    cases.push(Case {
        edit: Some(None),
        speed_percent: Some((1.0, 6.0)),
        channel: Channel::Opus16,
        ..Case::new("edit_speed_opus16", 60)
    });
    cases
}

/// Clips that stand against sources they are no part of; the number is for each source.
pub fn strangers() -> Vec<Case> {
    let mut cases = Vec::new();
    for music in [false, true] {
        for channel in [Channel::Wav, Channel::Opus16, Channel::AmrNb] {
            let name = format!("stranger_{}", channel.name());
            cases.push(Case { channel, stranger: true, ..Case::new(&name, 6) });
        }
        let added = Some((Added::Pink, 0.0));
        cases.push(Case { added, stranger: true, ..Case::new("stranger_noise_0", 6) });
        if music {
            let on_music: Vec<Case> = cases.split_off(4).iter().map(|c| c.on_music(6)).collect();
            cases.extend(on_music);
        }
    }
    cases
}
