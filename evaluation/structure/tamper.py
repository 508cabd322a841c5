#!/usr/bin/env python3
"""Makes files with one planted fault of structure each, and says what was planted and where.

usage: tamper.py OUT [SOURCE_FOLDER]

SOURCE_FOLDER holds recordings of speech that ffmpeg reads; without it, fixtures/clean of this repository.
OUT gets the files and `truth.json`: for each its fault, the byte offset at which the fault begins in it
(null where the whole file is concerned) and the moment in seconds (null where none is). Needs ffmpeg with
libmp3lame, libopus and libopencore_amrnb. The same sources and ffmpeg give the same
files, but for the random numbers of Ogg and Matroska.
"""

import io
import json
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

SECONDS = 12
FORGED = b"com.apple.VoiceMemos (iPhone Version 17.2.1 (Build 21C66))"
# Originator of a field recorder's files.
RECORDER = "ZOOM Handy Recorder H4n"
# A small archive with one stored text file, as it is hidden behind a recording.
TEXT = b"Not part of the recording.\n" * 40


def ffmpeg(*arguments):
    subprocess.run(
        ["ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y", *map(str, arguments)], check=True
    )


def encoded(source, target, *options, start=0, seconds=SECONDS):
    """The bytes of `target` that ffmpeg makes of a piece of `source`."""
    ffmpeg(
        "-ss",
        start,
        "-stream_loop",
        "1",
        "-i",
        source,
        "-t",
        seconds,
        "-map_metadata",
        "-1",
        *options,
        target,
    )
    return target.read_bytes()


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as out:
        out.writestr(zipfile.ZipInfo("note.txt", (2024, 1, 1, 0, 0, 0)), TEXT)
    return buffer.getvalue()


# --- RIFF


def chunk(data, name):
    """Offset of the chunk's header and size of its body."""
    at = 12
    while at + 8 <= len(data):
        size = struct.unpack("<I", data[at + 4 : at + 8])[0]
        if data[at : at + 4] == name:
            return at, size
        at += 8 + size + size % 2
    raise ValueError(f"no {name} chunk")


def riff(data):
    """The same file with a RIFF size that fits."""
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


# --- Ogg


def crc_table():
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


CRC = crc_table()


def ogg_crc(page):
    value = 0
    for byte in page[:22] + bytes(4) + page[26:]:
        value = (value << 8 & 0xFFFFFFFF) ^ CRC[value >> 24 ^ byte]
    return value


def pages(data):
    """All pages as (offset, bytes, granule position)."""
    found, at = [], 0
    while at < len(data):
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        size = 27 + len(lacing) + sum(lacing)
        found.append((at, data[at : at + size], struct.unpack("<q", data[at + 6 : at + 14])[0]))
        at += size
    return found


def renumbered(page, number):
    page = page[:18] + struct.pack("<I", number) + page[22:]
    return page[:22] + struct.pack("<I", ogg_crc(page)) + page[26:]


def without_pages(data, first, count):
    """What is left, the offset of the cut, its moment in the shortened sound, and the seconds left out."""
    all_pages = pages(data)
    before, last = all_pages[first - 1], all_pages[first + count - 1]
    left = [page for _, page, _ in all_pages[:first] + all_pages[first + count :]]
    return left, all_pages[first][0], (before[2] - 312) / 48000, (last[2] - before[2]) / 48000


def forged_vendor(data, vendor):
    """Another vendor in the comments, which are the only packet of the second page."""
    (_, first, _), (at, page, _) = pages(data)[:2]
    lacing = page[26]
    body = page[27 + lacing :]
    size = struct.unpack("<I", body[8:12])[0]
    body = body[:8] + struct.pack("<I", len(vendor)) + vendor + body[12 + size :]
    segments = bytes([255] * (len(body) // 255) + [len(body) % 255])
    forged = page[:26] + bytes([len(segments)]) + segments + body
    number = struct.unpack("<I", page[18:22])[0]
    return first + renumbered(forged, number) + data[at + len(page) :], at + 27 + len(segments) + 8


# --- ISO boxes


def boxes(data, start, end):
    while start + 8 <= end:
        size, name = struct.unpack(">I4s", data[start : start + 8])
        yield start, size, name
        start += size


def path(data, *names):
    """Offsets and sizes of the boxes along `names`, outermost first."""
    found, start, end = [], 0, len(data)
    for name in names:
        at, size, _ = next(box for box in boxes(data, start, end) if box[2] == name)
        found.append((at, size))
        start, end = at + (12 if name == b"meta" else 8), at + size
    return found


def resized(data, around, by):
    """The file with `by` added to the sizes of the boxes `around` a change."""
    out = bytearray(data)
    for at, size in around:
        out[at : at + 4] = struct.pack(">I", size + by)
    return bytes(out)


def forged_writer(data):
    """Another text in the writer's tag; the index is last, so that no offset changes."""
    around = path(data, b"moov", b"udta", b"meta", b"ilst", b"\xa9too", b"data")
    at, size = around[-1]
    by = len(FORGED) - (size - 16)
    data = resized(data, around, by)
    return data[: at + 16] + FORGED + data[at + size :], at + 16


def bytes_between_chunks(data, extra):
    """Bytes inside mdat that no sample is in: later chunks move, the indexes of all tracks say so."""
    moov = path(data, b"moov")[0]
    tables = []
    for at, size, name in boxes(data, moov[0] + 8, sum(moov)):
        if name == b"trak":
            for inner in (b"mdia", b"minf", b"stbl", b"stco"):
                at, size, _ = next(box for box in boxes(data, at + 8, at + size) if box[2] == inner)
            count = struct.unpack(">I", data[at + 12 : at + 16])[0]
            tables.append((at + 16, list(struct.unpack(f">{count}I", data[at + 16 : at + 16 + 4 * count]))))
    places = sorted(place for _, table in tables for place in table)
    split = places[len(places) // 2]
    out = bytearray(data)
    for at, table in tables:
        moved = [place + len(extra) if place >= split else place for place in table]
        out[at : at + 4 * len(table)] = struct.pack(f">{len(table)}I", *moved)
    data = resized(bytes(out), path(data, b"mdat"), len(extra))
    return data[:split] + extra + data[split:], split


def fewer_samples(data, part):
    """The index's last samples left out: their bytes stay in mdat, no player plays them."""
    names = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
    sizes = path(data, *names, b"stsz")[-1][0]
    count = struct.unpack(">I", data[sizes + 16 : sizes + 20])[0]
    keep = int(count * part)
    lengths = struct.unpack(f">{count}I", data[sizes + 20 : sizes + 20 + 4 * count])
    # One run of equal durations, then the last frame's: the run is made shorter, the last entry goes.
    times = path(data, *names, b"stts")[-1]
    entries = struct.unpack(">I", data[times[0] + 12 : times[0] + 16])[0]
    step = struct.unpack(">I", data[times[0] + 20 : times[0] + 24])[0]
    where = path(data, *names, b"stsc")[-1]
    runs = [struct.unpack(">III", data[at : at + 12]) for at in range(where[0] + 16, where[0] + where[1], 12)]
    offsets = path(data, *names, b"stco")[-1]
    chunks = struct.unpack(">I", data[offsets[0] + 12 : offsets[0] + 16])[0]
    per_chunk = [
        next(run[1] for run in reversed(runs) if run[0] <= number) for number in range(1, chunks + 1)
    ]
    kept, total = [], 0
    for samples in per_chunk:
        if total >= keep:
            break
        kept.append(min(samples, keep - total))
        total += kept[-1]
    new_runs = [(i + 1, n, 1) for i, n in enumerate(kept) if i == 0 or n != kept[i - 1]]
    full = lambda name, body: struct.pack(">I4sI", 12 + len(body), name, 0) + body
    first = offsets[0] + 16 + 4 * (len(kept) - 1)
    begin = struct.unpack(">I", data[first : first + 4])[0]
    begin += sum(lengths[keep - kept[-1] : keep])
    replace = {
        b"stsz": full(b"stsz", struct.pack(f">II{keep}I", 0, keep, *lengths[:keep])),
        b"stts": full(b"stts", struct.pack(">III", 1, keep, step)),
        b"stsc": full(
            b"stsc",
            struct.pack(">I", len(new_runs)) + b"".join(struct.pack(">III", *run) for run in new_runs),
        ),
        b"stco": full(
            b"stco", struct.pack(">I", len(kept)) + data[offsets[0] + 16 : offsets[0] + 16 + 4 * len(kept)]
        ),
    }
    assert entries <= 2
    for name, new in replace.items():
        around = path(data, *names, name)
        at, size = around[-1]
        data = resized(data, around[:-1], len(new) - size)
        data = data[:at] + new + data[at + size :]
    # Sound that begins before the first moment (the encoder's delay) is not counted.
    return data, begin, keep * step


# --- MPEG audio and AMR


def mp3_frames(data):
    """Offsets and sizes of layer III frames, a leading ID3v2 tag left out."""
    rates = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000)}
    kbits = {
        3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
        2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    }
    at = 0
    if data[:3] == b"ID3":
        at = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0)))
    found = []
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] & 0xE6 == 0xE2:
        version = data[at + 1] >> 3 & 3
        rate = rates[version][data[at + 2] >> 2 & 3]
        size = (144 if version == 3 else 72) * kbits[version][data[at + 2] >> 4] * 1000 // rate + (
            data[at + 2] >> 1 & 1
        )
        found.append((at, size))
        at += size
    return found


# --- Matroska


def ebml(data, at):
    """An element's identifier, the offset of its body and its size."""
    first = data[at]
    width = 8 - first.bit_length() + 1
    name = data[at : at + width]
    at += width
    length = 8 - data[at].bit_length() + 1
    size = int.from_bytes(data[at : at + length], "big") & (1 << 7 * length) - 1
    return name, at + length, size


def clusters(data):
    """Offset and end of each cluster."""
    _, body, size = ebml(data, 0)
    _, at, _ = ebml(data, body + size)
    found = []
    while at < len(data):
        name, body, size = ebml(data, at)
        if name == b"\x1f\x43\xb6\x75":
            found.append((at, body + size))
        at = body + size
    return found


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    folder = (
        Path(sys.argv[2]) if len(sys.argv) == 3 else Path(__file__).resolve().parents[2] / "fixtures/clean"
    )
    sources = [file for file in sorted(folder.iterdir()) if file.is_file()]
    talk, other = sources[0], sources[1]
    work = out / "work"
    work.mkdir(exist_ok=True)
    truth = []

    def plant(name, data, fault, offset=None, time=None, note=""):
        (out / name).write_bytes(data)
        truth.append({"file": name, "fault": fault, "offset": offset, "time": time, "note": note})

    wav = encoded(talk, work / "a.wav", "-ar", 16000, "-ac", 1)
    wav2 = encoded(other, work / "b.wav", "-ar", 16000, "-ac", 1, seconds=5)
    extra = archive()
    plant(
        "wav-bytes-after-end.wav",
        wav + extra,
        "bytes after the end",
        len(wav),
        None,
        f"{len(extra)} bytes, a ZIP archive",
    )
    second = wav2[chunk(wav2, b"data")[0] :]
    plant(
        "wav-second-data.wav",
        riff(wav + second),
        "second data chunk",
        len(wav),
        SECONDS,
        "5 s more: programs play the first chunk or the second, none both",
    )
    at, size = chunk(wav, b"data")
    half = size // 2
    lie = bytearray(wav)
    lie[4:8] = struct.pack("<I", at + half)
    lie[at + 4 : at + 8] = struct.pack("<I", half)
    plant(
        "wav-sizes-too-small.wav",
        bytes(lie),
        "sizes that lie",
        at + 8 + half,
        half / 32000,
        "half of the sound is behind the declared end",
    )
    lie = bytearray(wav)
    lie[4:8] = struct.pack("<I", len(wav) - 8 + 64000)
    lie[at + 4 : at + 8] = struct.pack("<I", size + 64000)
    plant(
        "wav-sizes-too-large.wav",
        bytes(lie),
        "sizes that lie",
        at + 4,
        SECONDS,
        "2 s are declared that are not there",
    )

    flac = encoded(talk, work / "a.flac", "-ar", 16000, "-ac", 1)
    plant(
        "flac-wrong-md5.flac",
        flac[:26] + bytes(byte ^ 0x5A for byte in flac[26:42]) + flac[42:],
        "wrong MD5",
        26,
    )

    opus = encoded(
        talk,
        work / "a.ogg",
        "-c:a",
        "libopus",
        "-b:a",
        "24k",
        "-ar",
        16000,
        "-ac",
        1,
        "-page_duration",
        200000,
    )
    left, at, time, lost = without_pages(opus, 15, 6)
    plant("ogg-page-removed.ogg", b"".join(left), "pages removed", at, time, f"{lost:.2f} s left out")
    plant(
        "ogg-page-removed-renumbered.ogg",
        b"".join(renumbered(page, i) for i, page in enumerate(left)),
        "pages removed",
        at,
        time,
        f"{lost:.2f} s left out, pages numbered anew",
    )
    opus2 = encoded(
        other, work / "b.ogg", "-c:a", "libopus", "-b:a", "24k", "-ar", 16000, "-ac", 1, seconds=5
    )
    plant("ogg-chained.ogg", opus + opus2, "two recordings in one file", len(opus), SECONDS)
    place, page, granule = pages(opus)[20]
    flipped = bytearray(opus)
    flipped[place + len(page) - 5] ^= 0x10
    plant(
        "ogg-bit-flip.ogg",
        bytes(flipped),
        "page with a wrong checksum",
        place,
        (pages(opus)[19][2] - 312) / 48000,
    )

    mp3 = encoded(talk, work / "a.mp3", "-c:a", "libmp3lame", "-b:a", "64k", "-ar", 44100, "-ac", 1)
    mp3_b = encoded(
        other, work / "b.mp3", "-c:a", "libmp3lame", "-b:a", "64k", "-ar", 44100, "-ac", 1, seconds=5
    )
    plant(
        "mp3-joined.mp3",
        mp3 + mp3_b,
        "two files joined",
        len(mp3),
        SECONDS,
        "the second with its own ID3 and Info tags",
    )
    frames = mp3_frames(mp3)
    cut, end = frames[200][0], frames[260][0]
    plant(
        "mp3-frames-removed.mp3",
        mp3[:cut] + mp3[end:],
        "frames removed",
        cut,
        199 * 1152 / 44100,
        f"{60 * 1152 / 44100:.2f} s left out; the Info frame is not sound",
    )
    plant("mp3-named-wav.wav", mp3, "wrong extension", 0)

    m4a = encoded(talk, work / "a.m4a", "-c:a", "aac", "-b:a", "64k", "-ar", 44100, "-ac", 1)
    noise = random.Random("between").randbytes(4000)
    ffmpeg(
        "-f",
        "lavfi",
        "-i",
        "testsrc=s=160x120:r=15:d=12",
        "-i",
        work / "a.wav",
        "-c:v",
        "mpeg4",
        "-c:a",
        "aac",
        "-b:a",
        "64k",
        work / "a.mp4",
    )
    data, at = bytes_between_chunks((work / "a.mp4").read_bytes(), noise)
    plant(
        "mp4-unreferenced-bytes.mp4",
        data,
        "bytes in mdat without a sample",
        at,
        None,
        f"{len(noise)} bytes between two chunks",
    )
    data, at, samples = fewer_samples(m4a, 0.6)
    plant(
        "m4a-samples-left-out.m4a",
        data,
        "bytes in mdat without a sample",
        at,
        (samples - 1024) / 44100,
        "the end's samples are not in the index, which still declares the old length",
    )
    data, at = forged_writer(m4a)
    plant("m4a-forged-writer.m4a", data, "forged writer", at, None, "written by FFmpeg")
    plant(
        "m4a-bytes-after-end.m4a",
        m4a + b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + noise[:900],
        "bytes after the end",
        len(m4a),
        None,
        "begin like a JPEG picture",
    )
    ffmpeg(
        "-i",
        work / "a.wav",
        "-i",
        work / "b.wav",
        "-map",
        0,
        "-map",
        1,
        "-c:a",
        "aac",
        "-b:a",
        "64k",
        work / "two.m4a",
    )
    data = (work / "two.m4a").read_bytes()
    tracks = [at for at, _, name in boxes(data, path(data, b"moov")[0][0] + 8, len(data)) if name == b"trak"]
    plant(
        "m4a-second-track.m4a",
        data,
        "second audio track",
        tracks[1],
        None,
        "5 s of another talker, which players leave out",
    )
    times = bytearray(m4a)
    for name, moment in ((b"mvhd", 3_786_880_272), (b"tkhd", 3_786_880_272)):
        inside = (b"moov", name) if name == b"mvhd" else (b"moov", b"trak", name)
        at = path(m4a, *inside)[-1][0]
        times[at + 12 : at + 20] = struct.pack(">II", moment, moment)
    at = path(m4a, b"moov", b"trak", b"mdia", b"mdhd")[-1][0]
    times[at + 12 : at + 20] = struct.pack(">II", 3_797_000_000, 3_797_000_000)
    plant(
        "m4a-times-differ.m4a",
        bytes(times),
        "times that contradict each other",
        at + 12,
        None,
        "the track's media says 117 days later",
    )

    flat = ["-c:a", "aac", "-b:a", "64k", "-ar", 44100, "-ac", 1]
    mov = encoded(
        talk,
        work / "a.mov",
        *flat,
        "-movflags",
        "use_metadata_tags",
        "-metadata",
        "creation_time=2024-03-01T10:00:00Z",
        "-metadata",
        "com.apple.quicktime.creationdate=2019-05-01T10:00:00+0200",
    )
    plant(
        "mov-times-differ.mov",
        mov,
        "times that contradict each other",
        mov.index(b"2019-05-01T10:00:00+0200"),
        None,
        "the key says five years earlier than the index",
    )
    gp = bytearray(
        encoded(talk, work / "a.3gp", "-c:a", "libopencore_amrnb", "-b:a", "12.2k", "-ar", 8000, "-ac", 1)
    )
    at = path(gp, b"moov", b"mvhd")[-1][0]
    gp[at + 12 : at + 20] = struct.pack(">II", 3_786_880_272, 3_786_880_272 - 86_400)
    plant(
        "3gp-modified-before-created.3gp",
        bytes(gp),
        "times that contradict each other",
        at + 12,
        None,
        "modified a day before it was created",
    )
    plant("flac-bytes-after-end.flac", flac + extra, "bytes after the end", len(flac))
    plant("m4a-named-mp3.mp3", m4a, "wrong extension", 0)
    plant("ogg-named-flac.flac", opus, "wrong extension", 0)
    flipped = bytearray(mp3)
    flipped[frames[100][0] + 60] ^= 0x10
    plant(
        "mp3-bit-flip.mp3",
        bytes(flipped),
        "frames with a wrong checksum",
        None,
        None,
        "the tag in the first frame has the checksum of all others",
    )
    data, at = forged_vendor(opus, b"WhatsApp")
    plant("ogg-forged-vendor.ogg", data, "forged writer", at, None, "written by FFmpeg")
    # A field recorder's originator beside the name of the program that wrote the file.
    recorder = ["-write_bext", 1, "-metadata", f"originator={RECORDER}", "-metadata", "encoded_by=x"]
    bext = encoded(talk, work / "c.wav", "-ar", 16000, "-ac", 1, *recorder)
    at, _ = chunk(bext, b"bext")
    plant("wav-forged-originator.wav", bext, "forged writer", at + 8, None, "written by FFmpeg")
    editor = ["-write_bext", 1, "-metadata", "originator=REAPER"]
    bext = encoded(talk, work / "d.wav", "-ar", 16000, "-ac", 1, *editor)
    plant("wav-editor.wav", bext, "saved by an editor", chunk(bext, b"bext")[0] + 8)
    edited = encoded(
        talk, work / "e.m4a", *flat, "-metadata:s:a:0", "handler_name=Apple Sound Media Handler"
    )
    at = path(edited, b"moov", b"trak", b"mdia", b"hdlr")[-1][0]
    plant("m4a-editor.m4a", edited, "saved by an editor", at)
    # As Audacity exports: the stream's own encoder entry names the container's library.
    editor = ["-c:a", "libopus", "-b:a", "24k", "-flags:a", "+bitexact", "-metadata:s:a:0", "encoder=Lavf58.76.100"]
    edited = encoded(talk, work / "e.ogg", "-ar", 16000, "-ac", 1, *editor)
    plant("ogg-editor.ogg", edited, "saved by an editor")
    attached = ["-attach", work / "b.wav", "-metadata:s:t", "mimetype=audio/wav"]
    mka = encoded(talk, work / "attached.mka", *attached, "-c:a", "libopus", "-b:a", "24k")
    plant("mka-attached-sound.mka", mka, "sound attached", mka.index((work / "b.wav").read_bytes()[:64]))

    amr = encoded(talk, work / "a.amr", "-c:a", "libopencore_amrnb", "-b:a", "12.2k", "-ar", 8000, "-ac", 1)
    amr2 = encoded(
        other, work / "b.amr", "-c:a", "libopencore_amrnb", "-b:a", "7.4k", "-ar", 8000, "-ac", 1, seconds=5
    )
    plant(
        "amr-joined.amr",
        amr + amr2,
        "two files joined",
        len(amr),
        (len(amr) - 6) // 32 * 0.02,
        "the second with its own header",
    )

    adts = encoded(talk, work / "a.aac", "-c:a", "aac", "-b:a", "64k", "-ar", 44100, "-ac", 1)
    adts2 = encoded(other, work / "b.aac", "-c:a", "aac", "-b:a", "32k", "-ar", 44100, "-ac", 1, seconds=5)
    plant("adts-joined.aac", adts + adts2, "two files joined", len(adts), SECONDS, "the same rate and layout")

    mkv = encoded(talk, work / "a.mka", "-c:a", "libopus", "-b:a", "24k", "-cluster_time_limit", 1000)
    parts = clusters(mkv)
    begin, end = parts[5]
    plant(
        "mka-cluster-removed.mka",
        mkv[:begin] + mkv[end:],
        "cluster removed",
        begin,
        5.0,
        "sizes and index are left as they were",
    )

    for file in work.iterdir():
        file.unlink()
    work.rmdir()
    (out / "truth.json").write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n")
    print(len(truth), "files")


if __name__ == "__main__":
    main()
