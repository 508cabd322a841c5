"""How each peer is asked: prepare() makes what can be kept of a file, match() answers (found, score, offset_s).

Imports stand inside, since every peer has an environment of its own.
"""

import os
import subprocess
import tempfile
from pathlib import Path

WORK = Path(os.environ.get("PEERS_WORK", "/tmp/spliceprint-peers"))


class Peer:
    decides = True  # False: it names an offset for any pair, and leaves the decision to its user


class Fpcalc(Peer):
    """Chromaprint's program. It prints words and leaves the comparing to others.

    The usual comparison: slide one print over the other and take the offset with the lowest bit error rate.
    "Found" is a rate below 0.35, a common choice (Haitsma and Kalker 2002, for prints of this kind). At least
    half of the shorter print must overlap, since a few words are alike by chance.
    """

    MAX_BIT_ERROR_RATE = 0.35
    WORD_S = 4096 // 3 / 11025

    def prepare(self, wav, role):
        import numpy as np

        command = ["fpcalc", "-raw", "-length", "0", wav]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        line = next((x for x in done.stdout.splitlines() if x.startswith("FINGERPRINT=")), "FINGERPRINT=")
        words = line.removeprefix("FINGERPRINT=")
        return np.array([int(w) & 0xFFFFFFFF for w in words.split(",")] if words else [], dtype=np.uint32)

    def match(self, clip, source):
        best = max(self.overlaps(clip, source), key=lambda x: x[0], default=None)
        if best is None:  # fpcalc prints nothing for less than about 3 s
            return False, 0.0, None
        score, offset = best
        return self.decide(score), score, offset * self.WORD_S

    def overlaps(self, clip, source):
        """Score and offset of every placing of the clip's words on the source's."""
        import numpy as np
        from numpy.lib.stride_tricks import sliding_window_view as windows

        if len(clip) == 0 or len(source) == 0:
            return []
        outside = len(clip) - max(1, min(len(clip), len(source)) // 2)
        there = windows(np.pad(np.ones(len(source), dtype=bool), outside), len(clip))
        wrong_bits = np.bitwise_count(windows(np.pad(source, outside), len(clip)) ^ clip)
        scores = np.where(there, self.alike(wrong_bits), 0.0).sum(axis=1) / there.sum(axis=1)
        return zip(scores.tolist(), range(-outside, len(scores) - outside))

    def alike(self, wrong_bits):
        return 1.0 - wrong_bits / 32

    def decide(self, score):
        return score > 1 - self.MAX_BIT_ERROR_RATE


class FpcalcWords(Fpcalc):
    """The same prints, compared as AcoustID does: the share of the overlap's words with two wrong bits at most.

    No threshold is in common use for one pair, so only the one without false matches is shown.
    """

    decides = False

    def alike(self, wrong_bits):
        return wrong_bits <= 2


class RustyChromaprint(Peer):
    """Chromaprint's segment matcher, in the port of the rusty-chromaprint crate.

    "Found" is one segment or more. The score is the share of the clip that segments cover, since short
    ones also occur between strangers.
    """

    program = str(WORK / "segments/target/release/segments")

    def prepare(self, wav, role):
        return subprocess.run([self.program, "print", wav], capture_output=True, text=True, check=True).stdout

    def match(self, clip, source):
        done = subprocess.run(
            [self.program, "match"], check=False, input=clip + source, capture_output=True, text=True
        )
        segments = [[float(x) for x in line.split()] for line in done.stdout.splitlines()]
        if done.returncode != 0 or not segments:
            return False, 0.0, None
        longest = max(segments, key=lambda s: s[2])
        return True, sum(s[2] for s in segments) / len(clip.split()), longest[1] - longest[0]


class Audfprint(Peer):
    """Landmarks (Wang 2003), as its command line sets them up: "found" is more than 5 common landmarks.

    Two deviations, both in its favour: the table takes sources of up to 101 minutes instead of 6, and the
    offset is taken from the matcher, since the printed one has a single decimal. A second matcher without
    the minimum count supplies the score below it.
    """

    DENSITY = 20.0
    SHIFTS = {"clip": 4, "source": 1}

    def __init__(self):
        from audfprint2 import cli
        from audfprint2.core import hash_table

        def matcher(least):
            return cli.setup_matcher(2, 100, least, 1, False, False, 0.05, False, False, False)

        self.analyzers = {
            role: cli.setup_analyzer(self.DENSITY, role == "clip", 5, 3, 30.0, shifts, 11025, False, None)
            for role, shifts in self.SHIFTS.items()
        }
        self.by_default, self.without_minimum = matcher(5), matcher(0)
        self.hash_table = hash_table

    def prepare(self, wav, role):
        return self.analyzers[role].wavfile2hashes(wav)

    def match(self, clip, source):
        found, score, _, offset = self.search(clip, self.table({"source": source}))
        return found, score, offset

    def table(self, prints):
        table = self.hash_table.HashTable(hashbits=20, depth=100, maxtime=1 << 18)
        for name, hashes in prints.items():
            table.store(name, [(int(t), int(h)) for t, h in hashes])
        return table

    def search(self, clip, table):
        """Whether anything is found, and the score, name and offset of the best of the table's sources."""
        if len(clip) == 0:
            return False, 0.0, None, None
        hits = self.by_default.match_hashes(table, clip)
        found = len(hits) > 0
        if not found:
            hits = self.without_minimum.match_hashes(table, clip)
        if len(hits) == 0:
            return False, 0.0, None, None
        return found, float(hits[0][1]), table.names[hits[0][0]], float(hits[0][2]) * 256 / 11025


class AudfprintDense(Audfprint):
    """The same with `-n 100 -i 4`: five times the landmarks, four shifts of the source too."""

    DENSITY = 100.0
    SHIFTS = {"clip": 4, "source": 4}


class AudioOffsetFinder(Peer):
    """Cross-correlation of MFCCs (BBC). "Found" is a standard score above 10, the value in its manual."""

    def __init__(self):
        import numpy as np
        from audio_offset_finder import audio_offset_finder

        self.finder = audio_offset_finder
        noise = np.random.default_rng(0).normal(size=16000)
        self.finder.find_offset_between_buffers(noise, noise, 8000)  # compiles, outside the measured time

    def prepare(self, wav, role):
        from scipy.io import wavfile

        resampled = self.finder.convert_and_trim(wav, 8000)
        samples = wavfile.read(resampled)[1].astype(float)
        os.remove(resampled)
        return samples

    def match(self, clip, source):
        try:
            answer = self.finder.find_offset_between_buffers(source, clip, 8000)
        except self.finder.InsufficientAudioException:
            return False, 0.0, None
        score = float(answer["standard_score"])
        return score > 10, score, float(answer["time_offset"])


class Audalign(Peer):
    """Audalign's default, fingerprints of three peaks. "Found" is any match that it returns.

    A recognizer answers from all files it has seen, so each pair has a new one.
    """

    def __init__(self):
        import audalign

        self.audalign = audalign

    def recognizer(self):
        recognizer = self.audalign.FingerprintRecognizer()
        recognizer.config.multiprocessing = False  # processes would start anew for every file
        return recognizer

    def prepare(self, wav, role):
        recognizer = self.recognizer()
        recognizer.fingerprint_file(wav)
        return wav, recognizer.fingerprinted_files[0]

    def match(self, clip, source):
        recognizer = self.recognizer()
        for wav, fingerprints in (clip, source):
            recognizer.add_filename(os.path.basename(wav), fingerprints)
        answer = self.audalign.recognize(clip[0], recognizer=recognizer)
        info = (answer or {}).get("match_info", {}).get(os.path.basename(source[0]))
        if not info:
            return False, 0.0, None
        return True, float(info["confidence"][0]), float(info["offset_seconds"][0])


class AudalignCorrelation(Audalign):
    """Audalign's cross-correlation of the waveforms.

    It always names an offset and decides nothing. The score is how far the highest peak stands above the
    next one that is at least half a second away, as in audalign's own ranking. For that more peaks are asked
    for than its 30, which a clear match has all in one place.
    """

    decides = False

    def prepare(self, wav, role):
        return wav

    def match(self, clip, source):
        recognizer = self.audalign.CorrelationRecognizer()
        recognizer.config.multiprocessing = False
        recognizer.config.match_len_filter = 10_000
        # Only with a folder to search does it heed that setting.
        with tempfile.TemporaryDirectory() as folder:
            os.symlink(source, os.path.join(folder, os.path.basename(source)))
            answer = recognizer.recognize(clip, folder)
        info = (answer or {}).get("match_info", {}).get(os.path.basename(source))
        if not info:
            return False, 0.0, None
        offsets, heights = info["offset_seconds"], info["confidence"]
        others = [h for o, h in zip(offsets, heights) if abs(o - offsets[0]) >= 0.5]
        score = heights[0] / others[0] if others and others[0] > 0 else 1.0
        return True, float(score), float(offsets[0])


class Audiolocate(Peer):
    """Landmarks. "Found" is its own decision: a count above a threshold that it sets from the other offsets.

    The score is the count as a multiple of that threshold.
    """

    def __init__(self):
        from audiolocate import AudioFingerprint

        self.engine = AudioFingerprint()

    def prepare(self, wav, role):
        return self.engine.fingerprint_audio(self.engine.load_audio(wav))[0]

    def match(self, clip, source):
        answer = self.engine.match(source, clip)
        if answer.match_count == 0:
            return False, 0.0, None
        offset = answer.offset_frames * self.engine.hop_length / self.engine.sr
        return bool(answer.is_match), answer.match_count / answer.threshold, offset


class PithAudio(Peer):
    """Spectral peaks. It lists what it has with the votes for it, and decides nothing."""

    decides = False
    HOP_S = 2048 / 44100

    def __init__(self):
        import pith_audio

        self.pith = pith_audio

    def prepare(self, wav, role):
        return subprocess.run(  # it takes 32-bit PCM at 44.1 kHz and nothing else
            ["ffmpeg", "-v", "error", "-nostdin", "-i", wav, "-ar", "44100", "-f", "s32le", "-"],
            capture_output=True, check=True,
        ).stdout

    def match(self, clip, source):
        index = self.pith.AudioIndex()
        index.add(source, 1)
        matches = self.pith.parse_match_stream(index.match(clip, 1)).matches
        if not matches:
            return False, 0.0, None
        return True, float(matches[0].votes), -matches[0].delta_t * self.HOP_S


PEERS = {  # name: what answers for it, and the environment it needs
    "fpcalc": (Fpcalc, "fpcalc"),
    "fpcalc-words": (FpcalcWords, "fpcalc"),
    "rusty-chromaprint": (RustyChromaprint, "fpcalc"),
    "audfprint2": (Audfprint, "audfprint2"),
    "audfprint2-dense": (AudfprintDense, "audfprint2"),
    "audio-offset-finder": (AudioOffsetFinder, "audio-offset-finder"),
    "audalign": (Audalign, "audalign"),
    "audalign-correlation": (AudalignCorrelation, "audalign"),
    "audiolocate": (Audiolocate, "audiolocate"),
    "pith-audio": (PithAudio, "pith-audio"),
}
