#!/usr/bin/env bash
# Makes 20 s of real speech in every container and codec that clips come in, for the tables of
# docs/formats.md.
#   usage: format_samples.sh FOLDER
# Needs ffmpeg with the usual encoder libraries and opus-tools. HE-AAC is in fixtures/formats: no free
# encoder that Debian ships makes it.
set -euo pipefail
out=${1:?folder}; mkdir -p "$out"; clean=$(realpath "$(dirname "$0")/../fixtures/clean"); cd "$out"
ff="ffmpeg -hide_banner -loglevel error -nostdin -y"
base=$(mktemp --suffix .wav); trap 'rm -f "$base" "$base.mp4"' EXIT
# Two voices, one a channel, so that left and right differ.
$ff -stream_loop -1 -i "$clean/columbia-118s.flac" -stream_loop -1 -i "$clean/librispeech-198-209-0000.ogg" \
  -filter_complex "[0]aresample=48000[l];[1]aresample=48000[r];[l][r]join=inputs=2:channel_layout=stereo[o]" \
  -map "[o]" -t 20 -c:a pcm_s16le "$base"
six="pan=5.1|c0=c0|c1=c1|c2=0.5*c0+0.5*c1|c3=0.1*c0|c4=0.3*c0|c5=0.3*c1"
failed=0
while IFS='|' read -r name options; do
  [ -n "$name" ] || continue
  eval "$ff -i $base -map_metadata -1 $options $name" || { echo "could not make $name"; failed=1; }
done <<LIST
wav-u8.wav|-ar 8000 -ac 1 -c:a pcm_u8
wav-s16.wav|-c:a pcm_s16le
wav-s24.wav|-c:a pcm_s24le
wav-s32.wav|-c:a pcm_s32le
wav-f32.wav|-c:a pcm_f32le
wav-f64.wav|-c:a pcm_f64le
wav-5.1.wav|-af "$six" -c:a pcm_s24le
wav-rf64.wav|-c:a pcm_s16le -rf64 always
wav-alaw.wav|-ar 8000 -ac 1 -c:a pcm_alaw
wav-mulaw.wav|-ar 8000 -ac 1 -c:a pcm_mulaw
wav-adpcm-ms.wav|-ar 22050 -c:a adpcm_ms
wav-adpcm-ima.wav|-ar 22050 -c:a adpcm_ima_wav
wav-gsm.wav|-ar 8000 -ac 1 -c:a libgsm_ms
wav-mp3.wav|-c:a libmp3lame -b:a 128k
w64.w64|-c:a pcm_s16le
aiff.aiff|-c:a pcm_s16be
aifc-sowt.aifc|-f aiff -c:a pcm_s16le
au-mulaw.au|-ar 8000 -ac 1 -c:a pcm_mulaw
caf-pcm.caf|-c:a pcm_s16be
caf-alac.caf|-c:a alac
mov-pcm.mov|-c:a pcm_s16le
flac-16.flac|-c:a flac
flac-24.flac|-c:a flac -sample_fmt s32
flac.ogg|-c:a flac -f ogg
flac.mka|-c:a flac
alac-16.m4a|-c:a alac
alac-24.m4a|-sample_fmt s32p -bits_per_raw_sample 24 -c:a alac
gsm-raw.gsm|-ar 8000 -ac 1 -c:a libgsm
mp2.mp2|-c:a libtwolame -b:a 192k
mp3-cbr-128.mp3|-c:a libmp3lame -b:a 128k
mp3-vbr.mp3|-c:a libmp3lame -q:a 4
mp3-16k-mono.mp3|-ar 16000 -ac 1 -c:a libmp3lame -b:a 24k
mp3-8k-mono.mp3|-ar 8000 -ac 1 -c:a libmp3lame -b:a 16k
mp3-no-info-tag.mp3|-c:a libmp3lame -b:a 64k -write_xing 0 -id3v2_version 0
vorbis.ogg|-c:a libvorbis -q:a 4
aac-adts.aac|-c:a aac -b:a 128k
aac-m4a.m4a|-c:a aac -b:a 128k
aac-44k-mono.m4a|-ar 44100 -ac 1 -c:a aac -b:a 64k
aac-16k-mono.m4a|-ar 16000 -ac 1 -c:a aac -b:a 32k
aac-index-first.m4a|-c:a aac -b:a 96k -movflags +faststart
aac-fragmented.m4a|-c:a aac -b:a 96k -movflags +frag_keyframe+empty_moov -frag_duration 1000000
aac-5.1.m4a|-af "$six" -c:a aac -b:a 256k
aac.mov|-c:a aac -b:a 128k
aac.mkv|-c:a aac -b:a 96k
opus-voice-16k-60ms.ogg|-ar 16000 -ac 1 -c:a libopus -b:a 16k -application voip -frame_duration 60
opus-48k-stereo.opus|-c:a libopus -b:a 96k
opus-hybrid.opus|-ac 1 -c:a libopus -b:a 28k -application voip
opus-2.5ms.opus|-c:a libopus -b:a 96k -application lowdelay -frame_duration 2.5
opus-5.1.opus|-af "$six" -c:a libopus -b:a 192k -mapping_family 1
opus.caf|-ar 24000 -ac 1 -c:a libopus -b:a 24k
opus.mp4|-c:a libopus -b:a 64k
opus.mka|-c:a libopus -b:a 64k
amr-nb-12.2.amr|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 12.2k
amr-nb-4.75.amr|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 4.75k
amr-nb-dtx.amr|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 7.95k -dtx 1
amr-wb-23.85.awb|-f amr -ar 16000 -ac 1 -c:a libvo_amrwbenc -b:a 23.85k
amr-nb.3gp|-ar 8000 -ac 1 -c:a libopencore_amrnb -b:a 12.2k
amr-wb.3gp|-ar 16000 -ac 1 -c:a libvo_amrwbenc -b:a 12.65k
external-ac3.ac3|-c:a ac3 -b:a 192k
external-aac.ts|-c:a aac -b:a 96k
external-aac.flv|-ar 44100 -c:a aac -b:a 96k
external-wma.wma|-ar 44100 -c:a wmav2 -b:a 64k
external-speex.spx|-ar 16000 -ac 1 -c:a libspeex
LIST
cat opus-voice-16k-60ms.ogg opus-voice-16k-60ms.ogg > opus-chained.ogg
picture="-f lavfi -i testsrc=s=160x120:r=10"
$ff $picture -i "$base" -shortest -c:v libx264 -preset ultrafast -crf 45 -c:a aac -b:a 128k video.mp4
$ff $picture -i "$base" -shortest -c:v libvpx -deadline realtime -b:v 60k -c:a libopus -b:a 64k video.webm
$ff -i video.mp4 -c copy video.mkv
$ff -i video.mp4 -c:v mpeg4 -c:a libmp3lame -b:a 128k external-video.avi
ls | wc -l
exit $failed
