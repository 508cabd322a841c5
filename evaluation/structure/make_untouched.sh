#!/usr/bin/env bash
# Makes more than 500 small, complete files as many programs write them, none of them edited: whatever a
# detector of tampering says about one of these is a false alarm.
#   usage: make_untouched.sh OUT SOURCE_FOLDER
# SOURCE_FOLDER holds recordings of speech that ffmpeg reads (fixtures/clean). Each is cut to short WAV
# clips of several rates and layouts first; every file of OUT is then made from one such clip by one
# program, but for the muxers (mkvmerge, MP4Box, remuxing FFmpeg), which need a stream encoded before,
# and the synthesizers, which speak by themselves.
# Names are WRITER--OPTIONS--CLIP.EXTENSION; OUT/versions.txt says which programs ran. Needs ffmpeg; the
# others are left out with a word when they are missing: sox lame flac opusenc oggenc speexenc twolame
# shineenc gst-launch-1.0 sndfile-convert mkvmerge cvlc (not as root) python3 fdkaac faac MP4Box
# HandBrakeCLI arecord espeak-ng flite chromium firefox-esr. FAMILIES="lame_files flac_files" makes only those.
set -uo pipefail
[ $# -eq 2 ] || { sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2; }
mkdir -p "$1"
out=$(realpath "$1"); sources=$(realpath "$2")
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
ff=(ffmpeg -hide_banner -loglevel error -nostdin -y)
: >"$out/versions.txt"; failed=0

# make NAME COMMAND...: runs COMMAND, which writes $out/NAME. A file that is missing or empty is a failure.
make() {
  local name=$1; shift
  if ! "$@" >"$work/log" 2>&1 </dev/null || [ ! -s "$out/$name" ]; then
    echo "could not make $name: $(tail -n 1 "$work/log")"; rm -f "$out/$name"; failed=$((failed + 1))
  fi
}
# piped NAME COMMAND...: the same for a program that writes to a pipe, in which it cannot go back to
# fill in sizes.
piped() {
  local name=$1; shift
  "$@" 2>"$work/log" </dev/null | cat >"$out/$name"
  [ -s "$out/$name" ] || { echo "could not make $name"; rm -f "$out/$name"; failed=$((failed + 1)); }
}
# has PROGRAM [VERSION COMMAND...]: whether it is installed; notes its version.
has() {
  command -v "$1" >/dev/null || { echo "$1 is missing: left out"; return 1; }
  local program=$1; shift
  [ $# -eq 0 ] || echo "$program: $("$@" 2>&1 </dev/null | grep -m 1 '[0-9]\.[0-9]')" >>"$out/versions.txt"
}
wav() { echo "$work/$1.wav"; }

# --- clips: name, seconds, start, rate, channels, sample format
clips() {
  local files=() file number=0 name seconds start rate channels format
  while IFS= read -r file; do files+=("$file"); done < <(find "$sources" -type f | sort)
  while read -r name seconds start rate channels format; do
    file=${files[$((number % ${#files[@]}))]}; number=$((number + 1))
    "${ff[@]}" -ss "$start" -i "$file" -t "$seconds" -map_metadata -1 -fflags +bitexact -flags +bitexact \
      -ar "$rate" -ac "$channels" -c:a "pcm_$format" "$(wav "$name")"
  done <<LIST
8k-mono 4 0.5 8000 1 s16le
16k-mono 3.3 0.2 16000 1 s16le
22k-mono 2.5 1 22050 1 s16le
44k-mono 2.9 2 44100 1 s16le
44k-stereo 2.2 0.7 44100 2 s16le
48k-mono 5.1 1 48000 1 s16le
48k-stereo 2.7 0 48000 2 s16le
48k-24bit 1.6 1.5 48000 2 s24le
short 0.31 1.2 44100 1 s16le
LIST
}
voices="8k-mono 16k-mono 22k-mono 44k-mono 44k-stereo 48k-mono 48k-stereo"
some="16k-mono 44k-stereo 48k-mono"
full="44k-mono 44k-stereo 48k-mono 48k-stereo"

ffmpeg_pcm() {
  local clip codec
  for clip in $voices short; do
    for codec in pcm_s16le pcm_s24le pcm_f32le; do
      make "ffmpeg--wav-$codec--$clip.wav" "${ff[@]}" -i "$(wav $clip)" -c:a $codec "$out/ffmpeg--wav-$codec--$clip.wav"
    done
  done
  for clip in $some; do
    local i; i=$(wav $clip)
    make "ffmpeg--rf64--$clip.wav" "${ff[@]}" -i "$i" -c:a pcm_s16le -rf64 always "$out/ffmpeg--rf64--$clip.wav"
    make "ffmpeg--wav-bext--$clip.wav" "${ff[@]}" -i "$i" -c:a pcm_s24le -write_bext 1 -metadata description="Interview" \
      -metadata originator="Recorder" -metadata origination_date=2024-05-01 -metadata origination_time=10:11:12 \
      -metadata time_reference=1234 -metadata umid=0x00 -metadata coding_history="A=PCM,F=48000,W=24" "$out/ffmpeg--wav-bext--$clip.wav"
    make "ffmpeg--wav-tags--$clip.wav" "${ff[@]}" -i "$i" -c:a pcm_s16le -metadata title="Talk" -metadata artist="Speaker" "$out/ffmpeg--wav-tags--$clip.wav"
    make "ffmpeg--wav-bitexact--$clip.wav" "${ff[@]}" -i "$i" -c:a pcm_s16le -fflags +bitexact "$out/ffmpeg--wav-bitexact--$clip.wav"
    make "ffmpeg--wav-peak--$clip.wav" "${ff[@]}" -i "$i" -c:a pcm_s16le -write_peak on "$out/ffmpeg--wav-peak--$clip.wav"
    piped "ffmpeg--wav-pipe--$clip.wav" "${ff[@]}" -i "$i" -f wav -
    make "ffmpeg--aiff--$clip.aiff" "${ff[@]}" -i "$i" -c:a pcm_s16be "$out/ffmpeg--aiff--$clip.aiff"
    make "ffmpeg--aiff-id3--$clip.aiff" "${ff[@]}" -i "$i" -c:a pcm_s24be -write_id3v2 1 -metadata title="Talk" "$out/ffmpeg--aiff-id3--$clip.aiff"
    make "ffmpeg--aifc-sowt--$clip.aifc" "${ff[@]}" -i "$i" -f aiff -c:a pcm_s16le "$out/ffmpeg--aifc-sowt--$clip.aifc"
    make "ffmpeg--caf-pcm--$clip.caf" "${ff[@]}" -i "$i" -c:a pcm_s16be "$out/ffmpeg--caf-pcm--$clip.caf"
    make "ffmpeg--caf-alac--$clip.caf" "${ff[@]}" -i "$i" -c:a alac "$out/ffmpeg--caf-alac--$clip.caf"
    make "ffmpeg--au--$clip.au" "${ff[@]}" -i "$i" -c:a pcm_s16be "$out/ffmpeg--au--$clip.au"
    make "ffmpeg--au-mulaw--$clip.au" "${ff[@]}" -i "$i" -c:a pcm_mulaw "$out/ffmpeg--au-mulaw--$clip.au"
    make "ffmpeg--w64--$clip.w64" "${ff[@]}" -i "$i" -c:a pcm_s16le "$out/ffmpeg--w64--$clip.w64"
    make "ffmpeg--adpcm-ima--$clip.wav" "${ff[@]}" -i "$i" -c:a adpcm_ima_wav "$out/ffmpeg--adpcm-ima--$clip.wav"
    make "ffmpeg--adpcm-ms--$clip.wav" "${ff[@]}" -i "$i" -c:a adpcm_ms "$out/ffmpeg--adpcm-ms--$clip.wav"
    make "ffmpeg--alaw--$clip.wav" "${ff[@]}" -i "$i" -c:a pcm_alaw "$out/ffmpeg--alaw--$clip.wav"
    make "ffmpeg--wav-mp3--$clip.wav" "${ff[@]}" -i "$i" -c:a libmp3lame -b:a 64k "$out/ffmpeg--wav-mp3--$clip.wav"
  done
  make "ffmpeg--gsm--8k-mono.wav" "${ff[@]}" -i "$(wav 8k-mono)" -c:a libgsm_ms "$out/ffmpeg--gsm--8k-mono.wav"
}

ffmpeg_mpeg() {
  local clip i
  for clip in $voices short; do
    i=$(wav $clip)
    make "ffmpeg--mp3-cbr64--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -b:a 64k "$out/ffmpeg--mp3-cbr64--$clip.mp3"
    make "ffmpeg--mp3-vbr--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -q:a 4 "$out/ffmpeg--mp3-vbr--$clip.mp3"
    make "ffmpeg--aac--$clip.aac" "${ff[@]}" -i "$i" -c:a aac -b:a 48k "$out/ffmpeg--aac--$clip.aac"
  done
  for clip in $some; do
    i=$(wav $clip)
    make "ffmpeg--mp3-abr--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -abr 1 -b:a 96k "$out/ffmpeg--mp3-abr--$clip.mp3"
    make "ffmpeg--mp3-no-tags--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0 "$out/ffmpeg--mp3-no-tags--$clip.mp3"
    make "ffmpeg--mp3-id3v1--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -b:a 64k -write_id3v1 1 -id3v2_version 3 -metadata title="Talk" "$out/ffmpeg--mp3-id3v1--$clip.mp3"
    make "ffmpeg--mp3-padded-id3--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -b:a 64k -metadata_header_padding 2000 "$out/ffmpeg--mp3-padded-id3--$clip.mp3"
    piped "ffmpeg--mp3-pipe--$clip.mp3" "${ff[@]}" -i "$i" -c:a libmp3lame -b:a 64k -f mp3 -
    make "ffmpeg--mp2--$clip.mp2" "${ff[@]}" -i "$i" -c:a mp2 -b:a 96k "$out/ffmpeg--mp2--$clip.mp2"
  done
  for clip in 44k-mono 44k-stereo 48k-stereo; do
    make "ffmpeg--mp3-shine--$clip.mp3" "${ff[@]}" -i "$(wav $clip)" -c:a libshine -b:a 128k "$out/ffmpeg--mp3-shine--$clip.mp3"
  done
}

# Every way in which FFmpeg lays out ISO files: index last or first, fragments, DASH, other brands.
ffmpeg_iso() {
  local clip i kind options
  for clip in $some; do
    i=$(wav $clip)
    while IFS='|' read -r kind extension options; do
      # shellcheck disable=SC2086
      make "ffmpeg--$kind--$clip.$extension" "${ff[@]}" -i "$i" $options "$out/ffmpeg--$kind--$clip.$extension"
    done <<'LIST'
m4a|m4a|-c:a aac -b:a 64k
m4a-faststart|m4a|-c:a aac -b:a 64k -movflags +faststart
m4a-fragmented|m4a|-c:a aac -b:a 64k -movflags +frag_keyframe+empty_moov -frag_duration 500000
m4a-default-base|mp4|-c:a aac -b:a 64k -movflags +empty_moov+default_base_moof+frag_keyframe -frag_duration 700000
m4a-dash|mp4|-c:a aac -b:a 64k -movflags +dash -frag_duration 1000000
m4a-negative-cts|mp4|-c:a aac -b:a 64k -movflags +negative_cts_offsets
m4a-no-edit-list|m4a|-c:a aac -b:a 64k -use_editlist 0
m4a-tags|m4a|-c:a aac -b:a 64k -metadata title=Talk -metadata date=2024 -metadata creation_time=2024-05-01T10:11:12Z
m4a-bitexact|m4a|-c:a aac -b:a 64k -fflags +bitexact -flags +bitexact
m4a-moov-size|m4a|-c:a aac -b:a 64k -moov_size 20000
m4a-mdta|mp4|-c:a aac -b:a 64k -movflags +use_metadata_tags -metadata com.example.note=x
alac|m4a|-c:a alac
ipod|m4a|-c:a aac -b:a 64k -f ipod
ismv|ismv|-c:a aac -b:a 64k -f ismv
mov-pcm|mov|-c:a pcm_s16le
mov-aac|mov|-c:a aac -b:a 64k
mov-alac|mov|-c:a alac
mp4-opus|mp4|-c:a libopus -b:a 32k
mp4-mp3|mp4|-c:a libmp3lame -b:a 64k
mp4-flac|mp4|-c:a flac -strict -2
3gp-aac|3gp|-c:a aac -b:a 48k
3gp-amr-nb|3gp|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 12.2k
3gp-amr-wb|3gp|-ar 16000 -ac 1 -c:a libvo_amrwbenc -b:a 12.65k
LIST
  done
}

ffmpeg_ogg_flac_matroska_amr() {
  local clip i kind extension options
  for clip in $some; do
    i=$(wav $clip)
    while IFS='|' read -r kind extension options; do
      # shellcheck disable=SC2086
      make "ffmpeg--$kind--$clip.$extension" "${ff[@]}" -i "$i" $options "$out/ffmpeg--$kind--$clip.$extension"
    done <<'LIST'
ogg-opus-voip|ogg|-c:a libopus -b:a 16k -application voip
ogg-opus-60ms|ogg|-c:a libopus -b:a 24k -frame_duration 60
ogg-opus-cbr|opus|-c:a libopus -b:a 48k -vbr off
ogg-opus-dtx|opus|-c:a libopus -b:a 16k -dtx 1
ogg-opus-small-pages|ogg|-c:a libopus -b:a 32k -page_duration 200000
ogg-opus-serial|ogg|-c:a libopus -b:a 32k -serial_offset 4000 -metadata title=Talk
ogg-vorbis|ogg|-c:a libvorbis -q:a 3
ogg-vorbis-native|ogg|-ac 2 -c:a vorbis -strict -2
ogg-flac|oga|-c:a flac
ogg-speex|ogg|-ar 16000 -ac 1 -c:a libspeex
flac|flac|-c:a flac
flac-24|flac|-sample_fmt s32 -c:a flac
flac-level12|flac|-c:a flac -compression_level 12
mkv-pcm|mkv|-c:a pcm_s16le
mkv-aac|mkv|-c:a aac -b:a 64k
mkv-mp3|mkv|-c:a libmp3lame -b:a 64k
mkv-alac|mkv|-c:a alac
mka-flac|mka|-c:a flac
mka-vorbis|mka|-c:a libvorbis -q:a 3
mka-index-first|mka|-c:a libopus -b:a 32k -reserve_index_space 1000
mka-crc-off|mka|-c:a libopus -b:a 32k -write_crc32 0
webm-opus|webm|-c:a libopus -b:a 32k
webm-vorbis|webm|-c:a libvorbis -q:a 3
webm-live|webm|-c:a libopus -b:a 32k -live 1
webm-dash|webm|-c:a libopus -b:a 32k -dash 1 -dash_track_number 1
amr-nb-12|amr|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 12.2k
amr-nb-dtx|amr|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 7.95k -dtx 1
amr-wb-24|amr|-ar 16000 -ac 1 -c:a libvo_amrwbenc -b:a 23.85k
LIST
    piped "ffmpeg--ogg-opus-pipe--$clip.ogg" "${ff[@]}" -i "$i" -c:a libopus -b:a 24k -f ogg -
    piped "ffmpeg--flac-pipe--$clip.flac" "${ff[@]}" -i "$i" -f flac -
    piped "ffmpeg--webm-pipe--$clip.webm" "${ff[@]}" -i "$i" -c:a libopus -b:a 24k -f webm -
    make "ffmpeg--flac-picture--$clip.flac" "${ff[@]}" -i "$i" -f lavfi -i testsrc=s=64x64:d=0.04 -map 0 -map 1 -frames:v 1 -c:v png \
      -disposition:v attached_pic -c:a flac "$out/ffmpeg--flac-picture--$clip.flac"
  done
}

# Videos with sound, also with pictures that end later than it, and with two sound tracks.
ffmpeg_video() {
  local clip i s=(-f lavfi -i testsrc=s=160x120:r=15:d=2)
  for clip in $some; do
    i=$(wav $clip)
    local n="ffmpeg--video"
    make "$n-mp4--$clip.mp4" "${ff[@]}" "${s[@]}" -i "$i" -shortest -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -b:a 64k "$out/$n-mp4--$clip.mp4"
    make "$n-mp4-longer--$clip.mp4" "${ff[@]}" -f lavfi -i testsrc=s=160x120:r=15:d=7 -i "$i" -c:v mpeg4 -c:a aac -b:a 64k "$out/$n-mp4-longer--$clip.mp4"
    make "$n-mp4-faststart--$clip.mp4" "${ff[@]}" "${s[@]}" -i "$i" -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags +faststart "$out/$n-mp4-faststart--$clip.mp4"
    make "$n-mp4-fragmented--$clip.mp4" "${ff[@]}" "${s[@]}" -i "$i" -c:v libx264 -g 15 -preset ultrafast -pix_fmt yuv420p -c:a aac \
      -movflags +frag_keyframe+empty_moov+default_base_moof "$out/$n-mp4-fragmented--$clip.mp4"
    make "$n-mp4-two-tracks--$clip.mp4" "${ff[@]}" "${s[@]}" -i "$i" -i "$(wav 44k-mono)" -map 0 -map 1 -map 2 -c:v mpeg4 -c:a aac \
      -metadata:s:a:0 language=eng -metadata:s:a:1 language=deu "$out/$n-mp4-two-tracks--$clip.mp4"
    make "$n-mov--$clip.mov" "${ff[@]}" "${s[@]}" -i "$i" -c:v mjpeg -c:a pcm_s16le "$out/$n-mov--$clip.mov"
    make "$n-mkv--$clip.mkv" "${ff[@]}" "${s[@]}" -i "$i" -c:v libx264 -preset ultrafast -c:a libvorbis "$out/$n-mkv--$clip.mkv"
    make "$n-webm--$clip.webm" "${ff[@]}" "${s[@]}" -i "$i" -c:v libvpx -deadline realtime -b:v 100k -c:a libopus "$out/$n-webm--$clip.webm"
    make "$n-3gp--$clip.3gp" "${ff[@]}" -f lavfi -i testsrc=s=176x144:r=15:d=2 -i "$i" -c:v h263 -ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 12.2k "$out/$n-3gp--$clip.3gp"
  done
}

# A stream copied by FFmpeg into another container, as download programs and "save as" do.
ffmpeg_remux() {
  local clip
  for clip in $some; do
    "${ff[@]}" -i "$(wav $clip)" -c:a aac -b:a 64k "$work/r.aac"
    make "ffmpeg-copy--adts-to-m4a--$clip.m4a" "${ff[@]}" -i "$work/r.aac" -c copy "$out/ffmpeg-copy--adts-to-m4a--$clip.m4a"
    make "ffmpeg-copy--adts-to-mkv--$clip.mka" "${ff[@]}" -i "$work/r.aac" -c copy "$out/ffmpeg-copy--adts-to-mkv--$clip.mka"
    "${ff[@]}" -i "$(wav $clip)" -c:a libopus -b:a 32k "$work/r.webm"
    make "ffmpeg-copy--webm-to-ogg--$clip.ogg" "${ff[@]}" -i "$work/r.webm" -c copy "$out/ffmpeg-copy--webm-to-ogg--$clip.ogg"
    "${ff[@]}" -i "$(wav $clip)" -c:a libmp3lame -b:a 64k "$work/r.mp3"
    make "ffmpeg-copy--mp3-to-mp3--$clip.mp3" "${ff[@]}" -i "$work/r.mp3" -c copy "$out/ffmpeg-copy--mp3-to-mp3--$clip.mp3"
  done
}

sox_files() {
  has sox sox --version || return 0
  local clip i kind extension options
  for clip in $voices; do
    i=$(wav $clip)
    make "sox--wav--$clip.wav" sox "$i" "$out/sox--wav--$clip.wav"
    make "sox--mp3--$clip.mp3" sox "$i" -C 64.2 "$out/sox--mp3--$clip.mp3"
    make "sox--flac--$clip.flac" sox "$i" "$out/sox--flac--$clip.flac"
  done
  for clip in $some; do
    i=$(wav $clip)
    while IFS='|' read -r kind extension options; do
      # shellcheck disable=SC2086
      make "sox--$kind--$clip.$extension" sox "$i" $options "$out/sox--$kind--$clip.$extension"
    done <<'LIST'
wav-24|wav|-b 24
wav-float|wav|-e floating-point -b 32
wav-mulaw|wav|-e mu-law
wav-ms-adpcm|wav|-e ms-adpcm
wav-comment|wav|--comment Interview
aiff|aiff|
aifc|aifc|
caf|caf|
au|au|
w64|w64|
mp3-vbr|mp3|-C -4.2
ogg|ogg|
LIST
    piped "sox--wav-pipe--$clip.wav" sox "$i" -t wav -
    piped "sox--flac-pipe--$clip.flac" sox "$i" -t flac -
  done
  make "sox--gsm--8k-mono.wav" sox "$(wav 8k-mono)" -e gsm-full-rate "$out/sox--gsm--8k-mono.wav"
  make "sox--amr-nb--8k-mono.amr" sox "$(wav 8k-mono)" -t amr-nb "$out/sox--amr-nb--8k-mono.amr"
}

lame_files() {
  has lame lame --version || return 0
  local clip i kind options
  for clip in $full 16k-mono short; do
    i=$(wav $clip)
    while IFS='|' read -r kind options; do
      # shellcheck disable=SC2086
      make "lame--$kind--$clip.mp3" lame --quiet $options "$i" "$out/lame--$kind--$clip.mp3"
    done <<'LIST'
cbr128|-b 128
v4|-V 4
abr|--abr 80
mono|-m m -b 56
no-info-tag|-t -b 64
no-reservoir|--nores -b 64
crc|-p -b 64
id3v1|--id3v1-only --tt Talk -b 64
id3v2|--id3v2-only --pad-id3v2 --tt Talk -V 5
both-tags|--add-id3v2 --tt Talk --ta Speaker -b 96
LIST
    piped "lame--pipe--$clip.mp3" lame --quiet -b 64 "$i" -
  done
}

flac_files() {
  has flac flac --version || return 0
  local clip i kind options
  "${ff[@]}" -f lavfi -i testsrc=s=64x64:d=0.04 -frames:v 1 "$work/picture.png"
  for clip in $some 48k-24bit short; do
    i=$(wav $clip)
    while IFS='|' read -r kind options; do
      # shellcheck disable=SC2086
      make "flac--$kind--$clip.flac" flac -s -f $options -o "$out/flac--$kind--$clip.flac" "$i"
    done <<LIST
default|
best|-8 -e
seek-table|-S 1s
no-seek-table|--no-seektable
no-padding|--no-padding
padding|-P 65536
picture|--picture=$work/picture.png
tags|-T TITLE=Talk -T ARTIST=Speaker
small-blocks|-b 576
LIST
    make "flac--ogg--$clip.oga" flac -s -f --ogg -o "$out/flac--ogg--$clip.oga" "$i"
    piped "flac--pipe--$clip.flac" flac -s -c "$i"
  done
}

xiph_files() {
  local clip i kind options
  if has opusenc opusenc --version; then
    for clip in $voices short; do
      i=$(wav $clip)
      while IFS='|' read -r kind options; do
        # shellcheck disable=SC2086
        make "opusenc--$kind--$clip.opus" opusenc --quiet $options "$i" "$out/opusenc--$kind--$clip.opus"
      done <<'LIST'
default|
16k|--bitrate 16
cbr-60ms|--hard-cbr --framesize 60 --bitrate 24
speech|--speech --bitrate 20 --title Talk --padding 2000
LIST
    done
    piped "opusenc--pipe--48k-mono.opus" opusenc --quiet "$(wav 48k-mono)" -
  fi
  if has oggenc oggenc --version; then
    for clip in $voices short; do
      i=$(wav $clip)
      make "oggenc--q3--$clip.ogg" oggenc -Q -q 3 -o "$out/oggenc--q3--$clip.ogg" "$i"
      [ $clip = 8k-mono ] || make "oggenc--managed--$clip.ogg" oggenc -Q --managed -b 64 -t Talk -o "$out/oggenc--managed--$clip.ogg" "$i"
    done
    make "oggenc--skeleton--48k-stereo.ogg" oggenc -Q -k -o "$out/oggenc--skeleton--48k-stereo.ogg" "$(wav 48k-stereo)"
  fi
  if has speexenc speexenc --version; then
    make "speexenc--nb--8k-mono.spx" speexenc -n "$(wav 8k-mono)" "$out/speexenc--nb--8k-mono.spx"
    make "speexenc--wb--16k-mono.spx" speexenc -w --vbr "$(wav 16k-mono)" "$out/speexenc--wb--16k-mono.spx"
    make "speexenc--frames--16k-mono.spx" speexenc -w --nframes 4 --dtx --vad "$(wav 16k-mono)" "$out/speexenc--frames--16k-mono.spx"
  fi
}

other_encoders() {
  local clip
  if has shineenc; then
    dpkg-query -W -f='shineenc ${Version}\n' shineenc 2>/dev/null >>"$out/versions.txt"
    for clip in $full; do make "shine--128--$clip.mp3" shineenc -b 128 "$(wav $clip)" "$out/shine--128--$clip.mp3"; done
  fi
  if has twolame twolame --version; then
    for clip in $full; do make "twolame--128--$clip.mp2" twolame --quiet -b 128 "$(wav $clip)" "$out/twolame--128--$clip.mp2"; done
  fi
  if has fdkaac fdkaac --help; then
    for clip in $full; do
      make "fdkaac--lc--$clip.m4a" fdkaac -S -b 64000 -o "$out/fdkaac--lc--$clip.m4a" "$(wav $clip)"
      make "fdkaac--he--$clip.m4a" fdkaac -S -p 5 -b 48000 -o "$out/fdkaac--he--$clip.m4a" "$(wav $clip)"
      make "fdkaac--moov-first--$clip.m4a" fdkaac -S -b 64000 --moov-before-mdat -o "$out/fdkaac--moov-first--$clip.m4a" "$(wav $clip)"
      make "fdkaac--adts--$clip.aac" fdkaac -S -f 2 -b 64000 -o "$out/fdkaac--adts--$clip.aac" "$(wav $clip)"
    done
    for clip in 44k-stereo 48k-stereo; do
      make "fdkaac--he-v2--$clip.m4a" fdkaac -S -p 29 -b 32000 -o "$out/fdkaac--he-v2--$clip.m4a" "$(wav $clip)"
    done
  fi
  if has faac faac --help; then
    for clip in $full; do
      make "faac--adts--$clip.aac" faac -b 64 -o "$out/faac--adts--$clip.aac" "$(wav $clip)"
      make "faac--m4a--$clip.m4a" faac -b 64 -w -o "$out/faac--m4a--$clip.m4a" "$(wav $clip)"
    done
  fi
}

gstreamer_files() {
  has gst-launch-1.0 gst-launch-1.0 --version || return 0
  local clip kind extension chain
  for clip in $some 44k-mono; do
    while IFS='|' read -r kind extension chain; do
      # shellcheck disable=SC2086
      make "gstreamer--$kind--$clip.$extension" gst-launch-1.0 -q filesrc location="$(wav $clip)" ! wavparse ! audioconvert ! \
        audioresample ! $chain ! filesink location="$out/gstreamer--$kind--$clip.$extension"
    done <<'LIST'
wav|wav|wavenc
wav-float|wav|audio/x-raw,format=F32LE ! wavenc
aiff|aiff|audio/x-raw,format=S16BE ! aiffmux
mp3|mp3|lamemp3enc
mp3-info-tag|mp3|lamemp3enc ! xingmux
mp3-id3|mp3|taginject tags="title=Talk" ! lamemp3enc ! id3v2mux
adts|aac|voaacenc ! aacparse ! audio/mpeg,stream-format=adts
m4a|m4a|voaacenc ! mp4mux
m4a-faststart|m4a|voaacenc ! mp4mux faststart=true
m4a-fragmented|m4a|voaacenc ! mp4mux fragment-duration=1000
mov-pcm|mov|audio/x-raw,format=S16LE ! qtmux
mp4-avenc-aac|mp4|avenc_aac ! mp4mux
ogg-opus|ogg|opusenc ! oggmux
ogg-opus-short-pages|ogg|opusenc bitrate=24000 frame-size=60 ! oggmux max-delay=100000000 max-page-delay=100000000
ogg-vorbis|ogg|vorbisenc ! oggmux
ogg-flac|oga|flacenc ! oggmux
flac|flac|flacenc
mka-opus|mka|opusenc ! matroskamux
webm-opus|webm|opusenc ! webmmux
webm-vorbis|webm|vorbisenc ! webmmux
webm-live|webm|opusenc ! webmmux streamable=true
3gp-amr-wb|3gp|audio/x-raw,rate=16000,channels=1 ! voamrwbenc ! 3gppmux
LIST
  done
  make "gstreamer--amr-nb--8k-mono.amr" gst-launch-1.0 -q filesrc location="$(wav 8k-mono)" ! wavparse ! audioconvert ! amrnbenc ! \
    filesink location="$out/gstreamer--amr-nb--8k-mono.amr"
  make "gstreamer--3gp-amr-nb--8k-mono.3gp" gst-launch-1.0 -q filesrc location="$(wav 8k-mono)" ! wavparse ! audioconvert ! amrnbenc ! 3gppmux ! \
    filesink location="$out/gstreamer--3gp-amr-nb--8k-mono.3gp"
}

sndfile_files() {
  has sndfile-convert || return 0
  sndfile-info "$(wav short)" | grep -m 1 -o 'libsndfile-[0-9.]*' >>"$out/versions.txt"
  local clip kind extension options
  for clip in $some; do
    while IFS='|' read -r kind extension options; do
      # shellcheck disable=SC2086
      make "libsndfile--$kind--$clip.$extension" sndfile-convert $options "$(wav $clip)" "$out/libsndfile--$kind--$clip.$extension"
    done <<'LIST'
wav|wav|-pcm16
wav-float|wav|-float32
wav-ima|wav|-ima-adpcm
rf64|rf64|-pcm24
w64|w64|-pcm16
aiff|aiff|-pcm24
caf|caf|-pcm16
caf-alac|caf|-alac16
au|au|-ulaw
flac|flac|-pcm16
vorbis|ogg|-vorbis
LIST
  done
  for clip in 16k-mono 48k-mono 48k-stereo; do # libsndfile writes Opus at its own rates only
    make "libsndfile--opus--$clip.opus" sndfile-convert -opus "$(wav $clip)" "$out/libsndfile--opus--$clip.opus"
  done
}

python_files() {
  has python3 python3 --version || return 0
  local clip
  for clip in $voices; do
    make "python-wave--wav--$clip.wav" python3 -c 'import sys, wave
with wave.open(sys.argv[1]) as i, wave.open(sys.argv[2], "wb") as o:
    o.setparams(i.getparams()); o.writeframes(i.readframes(i.getnframes()))' "$(wav $clip)" "$out/python-wave--wav--$clip.wav"
  done
}

# Muxers of streams that another program has encoded.
muxers() {
  local clip kind mkvmerge='' mp4box=''
  has mkvmerge mkvmerge --version && mkvmerge=yes
  has MP4Box MP4Box -version && mp4box=yes
  for clip in $some 48k-stereo; do
    lame --quiet -b 64 "$(wav $clip)" "$work/m.mp3"; "${ff[@]}" -i "$(wav $clip)" -c:a aac -b:a 64k "$work/m.aac"
    flac -s -f -o "$work/m.flac" "$(wav $clip)"; opusenc --quiet "$(wav $clip)" "$work/m.opus" 2>/dev/null
    oggenc -Q -o "$work/m.ogg" "$(wav $clip)"; cp "$(wav $clip)" "$work/m.wav"
    if [ $mkvmerge ]; then
      for kind in mp3 aac flac opus ogg wav; do
        make "mkvmerge--$kind--$clip.mka" mkvmerge -q -o "$out/mkvmerge--$kind--$clip.mka" "$work/m.$kind"
      done
      make "mkvmerge--webm--$clip.webm" mkvmerge -q --webm -o "$out/mkvmerge--webm--$clip.webm" "$work/m.opus"
    fi
    if [ $mp4box ]; then
      make "mp4box--aac--$clip.m4a" MP4Box -quiet -add "$work/m.aac" -new "$out/mp4box--aac--$clip.m4a"
      make "mp4box--mp3--$clip.mp4" MP4Box -quiet -add "$work/m.mp3" -new "$out/mp4box--mp3--$clip.mp4"
    fi
  done
}

vlc_files() {
  has cvlc || return 0
  [ "$(id -u)" -ne 0 ] || { echo "cvlc refuses root: left out"; return 0; }
  has cvlc cvlc --version
  local clip kind extension how
  for clip in $some; do
    while IFS='|' read -r kind extension how; do
      make "vlc--$kind--$clip.$extension" timeout 60 cvlc -I dummy "$(wav $clip)" \
        --sout "#transcode{$how,dst=$out/vlc--$kind--$clip.$extension}" vlc://quit
    done <<'LIST'
mp3|mp3|acodec=mp3,ab=96}:std{access=file,mux=raw
ogg-vorbis|ogg|acodec=vorb,ab=64}:std{access=file,mux=ogg
ogg-opus|ogg|acodec=opus,ab=64}:std{access=file,mux=ogg
ogg-flac|ogg|acodec=flac}:std{access=file,mux=ogg
wav|wav|acodec=s16l}:std{access=file,mux=wav
mp4|mp4|acodec=mp4a,ab=96}:std{access=file,mux=mp4
flac|flac|acodec=flac}:std{access=file,mux=raw
mkv|mkv|acodec=mp3,ab=96}:std{access=file,mux=avformat{mux=matroska}
LIST
  done
}

handbrake_files() {
  has HandBrakeCLI HandBrakeCLI --version || return 0
  local clip
  for clip in $some; do
    "${ff[@]}" -f lavfi -i testsrc=s=160x120:r=15:d=12 -i "$(wav $clip)" -c:v mpeg4 -c:a pcm_s16le "$work/h.mov"
    make "handbrake--mp4--$clip.mp4" HandBrakeCLI -i "$work/h.mov" -o "$out/handbrake--mp4--$clip.mp4" -e x264 --encoder-preset ultrafast -E av_aac
    make "handbrake--mkv--$clip.mkv" HandBrakeCLI -i "$work/h.mov" -o "$out/handbrake--mkv--$clip.mkv" -e x264 --encoder-preset ultrafast -E opus
  done
}

# Programs that speak by themselves, and a recorder of silence.
synthesizers() {
  local words="The meeting is moved to Thursday at nine."
  if has espeak-ng espeak-ng --version; then
    make "espeak-ng--wav--speech.wav" espeak-ng -w "$out/espeak-ng--wav--speech.wav" "$words"
    piped "espeak-ng--pipe--speech.wav" espeak-ng --stdout "$words"
  fi
  if has flite; then make "flite--wav--speech.wav" flite -t "$words" -o "$out/flite--wav--speech.wav"; fi
  if has arecord arecord --version; then # records the silence of ALSA's null device
    make "arecord--cd--silence.wav" arecord -q -D null -f cd -d 2 "$out/arecord--cd--silence.wav"
    make "arecord--au--silence.au" arecord -q -D null -t au -f cd -d 2 "$out/arecord--au--silence.au"
    piped "arecord--pipe--silence.wav" timeout 3 arecord -q -D null -f cd -d 2 -t wav
  fi
}

# Recorders of browsers: a page plays the clip into a MediaRecorder and posts what comes out. Firefox plays
# nothing without a sound card: there its own test tone is recorded for as long.
browsers() {
  local clip chromium='' firefox=''
  has chromium chromium --version && chromium=yes
  has firefox-esr firefox-esr --version && firefox=yes
  cat >"$work/record.py" <<'PYTHON'
import http.server, pathlib, subprocess, sys, threading, wave
browser, clip, kind, target, profile = sys.argv[1:]
page = """<script>(async () => {
  const fake = navigator.userAgent.includes('Firefox'), parts = [];
  let stream, s;
  if (fake) stream = await navigator.mediaDevices.getUserMedia({audio: true, fake: true});
  else {
    const c = new AudioContext(), d = c.createMediaStreamDestination();
    await c.resume();
    s = c.createBufferSource();
    s.buffer = await c.decodeAudioData(await (await fetch('/clip')).arrayBuffer());
    s.connect(d);
    stream = d.stream;
  }
  const r = new MediaRecorder(stream, {mimeType: '%s'});
  r.ondataavailable = e => parts.push(e.data);
  r.onstop = () => fetch('/done', {method: 'POST', body: new Blob(parts)});
  r.start(SLICE);
  if (fake) setTimeout(() => r.stop(), SECONDS * 1000);
  else { s.onended = () => r.stop(); s.start(); }
})().catch(e => fetch('/done', {method: 'POST', body: ''}));</script>""" % kind
page = page.replace("SLICE", "500" if "sliced" in target else "")
with wave.open(clip) as sound:
    page = page.replace("SECONDS", str(sound.getnframes() / sound.getframerate()))
done = threading.Event()
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_): pass
    def do_GET(self):
        body = pathlib.Path(clip).read_bytes() if self.path == "/clip" else page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "audio/wav" if self.path == "/clip" else "text/html")
        self.end_headers()
        self.wfile.write(body)
    def do_POST(self):
        pathlib.Path(target).write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        done.set()
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
if "firefox" in browser:
    pathlib.Path(profile, "user.js").write_text('user_pref("media.autoplay.default", 0);\nuser_pref("media.navigator.permission.disabled", true);\n'
        'user_pref("media.navigator.streams.fake", true);\n')
    command = [browser, "--headless", "--no-remote", "--profile", profile, url]
else:
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required", f"--user-data-dir={profile}", url]
child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
done.wait(30)
child.terminate()
child.wait()
PYTHON
  for clip in $some 48k-stereo; do
    if [ $chromium ]; then
      record chromium "webm" "audio/webm;codecs=opus" $clip webm
      record chromium "webm-sliced" "audio/webm;codecs=opus" $clip webm
      record chromium "mp4-opus" "audio/mp4;codecs=opus" $clip mp4
    fi
    if [ $firefox ]; then
      record firefox-esr "ogg" "audio/ogg;codecs=opus" $clip ogg
      record firefox-esr "webm" "audio/webm;codecs=opus" $clip webm
      record firefox-esr "ogg-sliced" "audio/ogg;codecs=opus" $clip ogg
    fi
  done
}
record() { # BROWSER OPTIONS MIME-TYPE CLIP EXTENSION
  local name="$1--$2--$4.$5" profile; profile=$(mktemp -d -p "$work")
  make "$name" env HOME="$profile" python3 "$work/record.py" "$1" "$(wav "$4")" "$3" "$out/$name" "$profile"
}

has ffmpeg ffmpeg -version || exit 1
clips
for family in ${FAMILIES:-ffmpeg_pcm ffmpeg_mpeg ffmpeg_iso ffmpeg_ogg_flac_matroska_amr ffmpeg_video ffmpeg_remux sox_files lame_files \
  flac_files xiph_files other_encoders gstreamer_files sndfile_files python_files muxers vlc_files handbrake_files synthesizers browsers}; do
  $family
done
echo "$(find "$out" -type f ! -name versions.txt | wc -l) files, $failed that could not be made"
