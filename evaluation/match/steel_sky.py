#!/usr/bin/env python3
"""Unpacks the spoken lines of the game Beneath a Steel Sky.

usage: steel_sky.py PACKAGE OUT

PACKAGE is Debian's package beneath-a-steel-sky, unpacked; OUT gets a WAV file (16 kHz, mono) for every 20
lines, 0.4 s apart. Lines are 8-bit samples at 11,025 Hz, packed by Rob Northen's method 1. Needs the
programs ancient and ffmpeg.
"""

import struct
import subprocess
import sys
import tempfile
from pathlib import Path

FIRST, END = 50_000, 59_000  # numbers of the files that are speech
HEADER = 22
RATE = 11025
TOGETHER = 20
PAUSE = b"\x80" * int(0.4 * RATE)


def entries(directory):
    """Number, offset and length of each file in `sky.dsk`."""
    for number, low, high in struct.iter_unpack("<HIH", directory[4:]):
        offset = low & 0xFFFFFF
        # With the highest bit set the offset counts 16 bytes.
        offset = (offset & 0x7FFFFF) << 4 if offset >> 23 else offset
        yield number, offset, (low >> 24 | high << 8) & 0x3FFFFF


def lines(directory):
    """The samples of each spoken line, in the order of the directory."""
    with open(directory.with_suffix(".dsk"), "rb") as disk, tempfile.TemporaryDirectory() as scratch:
        packed, plain = Path(scratch) / "line.rnc", Path(scratch) / "line"
        for number, offset, length in entries(directory.read_bytes()):
            if not FIRST <= number < END:
                continue
            disk.seek(offset)
            packed.write_bytes(disk.read(length)[HEADER:])
            subprocess.run(["ancient", "decompress", packed, plain], check=True, stdout=subprocess.DEVNULL)
            yield plain.read_bytes()


def main():
    package, out = map(Path, sys.argv[1:])
    if out.is_dir():
        return
    spoken = list(lines(next(package.rglob("sky.dnr"))))
    made = out.with_suffix(".part")
    made.mkdir(parents=True, exist_ok=True)
    for start in range(0, len(spoken), TOGETHER):
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "u8", "-ar", str(RATE), "-ac", "1", "-i", "-",
             "-ar", "16000", "-c:a", "pcm_s16le", "-bitexact", made / f"{start:04}.wav"],
            input=PAUSE.join(spoken[start : start + TOGETHER]), check=True)
    made.rename(out)
    print(f"{out.name}: {len(spoken)} lines")


if __name__ == "__main__":
    main()
