#!/bin/sh
# Fetches the recordings that `compare_generate` works on: `speech.sh OUT [--more]`.
#
# Debian packages are downloaded by name and unpacked into OUT without installing anything. Takes
# end up as OUT/takes/TALKER/*.wav (16 kHz, mono), music as OUT/music/*.flac (48 kHz, stereo, at
# most five minutes). Needs apt-get, dpkg and ffmpeg. A second run fetches nothing again.
# `--more` adds what `evaluation/match` needs: talkers of whom nothing is archived there, and whole packages
# of music, which stay in OUT/packages as they are. Needs `ancient` (Debian) besides.
set -eu

more=${2:-}
if [ $# -eq 0 ] || { [ "$more" ] && [ "$more" != --more ]; }; then
    echo "usage: speech.sh OUT [--more]" >&2
    exit 2
fi
mkdir -p "$1/packages" "$1/takes" "$1/music"
out=$(cd "$1" && pwd)

# Downloads a package unless its folder is there.
fetch() {
    [ -d "$out/packages/$1" ] && return
    mkdir "$out/packages/$1.part"
    (cd "$out/packages/$1.part" && apt-get -q download "$1" && dpkg -x ./*.deb . && rm ./*.deb)
    mv "$out/packages/$1.part" "$out/packages/$1"
}

# Runs ffmpeg once over the inputs collected in `files`, 40 at a time: starting it costs more than
# converting a prompt.
convert_batch() {
    set --
    while IFS= read -r file; do
        set -- "$@" -i "$out/packages/$file"
    done <"$out/batch"
    n=0
    while IFS= read -r file; do
        # The whole path makes the name, so that takes of two folders do not collide.
        name=$(printf '%s' "${file%.*}" | sed 's|.*/sounds*/||; s|[/ ]|_|g')
        set -- "$@" -map "$n:a" -ac 1 -ar 16000 -c:a pcm_s16le -map_metadata -1 -fflags +bitexact \
            "$out/takes/$talker/$name.wav"
        n=$((n + 1))
    done <"$out/batch"
    ffmpeg -nostdin -v error -y "$@"
}

# `takes TALKER PACKAGE PATTERN [KIB]`: every file of the package whose path matches, and that is longer
# than 10 or KIB KiB, becomes a take.
takes() {
    talker=$1
    [ -d "$out/takes/$talker" ] && return
    fetch "$2"
    mkdir -p "$out/takes/$talker"
    (cd "$out/packages" && find "$2" -type f -size "+${4:-10}k" | grep -E "$3" | LC_ALL=C sort) \
        >"$out/list" || true
    rm -f "$out"/batch "$out"/part.*
    split -l 40 "$out/list" "$out/part."
    for part in "$out"/part.*; do
        mv "$part" "$out/batch"
        convert_batch
    done
    rm -f "$out/batch" "$out/list"
    echo "$talker: $(ls "$out/takes/$talker" | wc -l) takes"
}

# `music NAME PACKAGE FILE`: one piece.
music() {
    [ -f "$out/music/$1.flac" ] && return
    fetch "$2"
    file=$(find "$out/packages/$2" -type f -name "$3" | LC_ALL=C sort | head -n 1)
    if [ -z "$file" ]; then
        echo "speech.sh: no \`$3\` in \`$2\`" >&2
        exit 1
    fi
    ffmpeg -nostdin -v error -y -t 300 -i "$file" -vn -ac 2 -ar 48000 -sample_fmt s16 \
        -map_metadata -1 "$out/music/$1.flac"
    echo "$1: music"
}

takes asterisk-en asterisk-core-sounds-en-wav '\.wav$'
takes asterisk-es asterisk-core-sounds-es-wav '\.wav$'
takes asterisk-fr asterisk-core-sounds-fr-wav '\.wav$'
takes asterisk-it asterisk-core-sounds-it-wav '\.wav$'
takes asterisk-ru asterisk-core-sounds-ru-wav '\.wav$'
takes menardi-it asterisk-prompt-it-menardi-wav '\.wav$'
# The small fish is `-m-` (malá, mladý), the big one `-v-` (velký); other roles are left out.
takes fillets-nl-small fillets-ng-data-nl '/nl/[^/]*-m-[^/]*\.ogg$'
takes fillets-nl-big fillets-ng-data-nl '/nl/[^/]*-v-[^/]*\.ogg$'
takes fillets-cs-small fillets-ng-data-cs '/cs/[^/]*-m-[^/]*\.ogg$'
takes fillets-cs-big fillets-ng-data-cs '/cs/[^/]*-v-[^/]*\.ogg$'

music singularity-journey singularity-music 'A New Journey.ogg'
music singularity-nebula singularity-music 'Nebula.ogg'
music singularity-product singularity-music 'By-Product.ogg'
music asc-frontiers asc-music 'frontiers.mp3'
music singularity-aberrations singularity-music 'Aberrations.ogg'
music singularity-inevitable singularity-music 'Inevitable.ogg'
music asc-strike asc-music 'time_to_strike.mp3'
music warzone-26 warzone2100-music 'track26.opus'
music warzone-2 warzone2100-music 'track2.opus'
music wesnoth-knolls wesnoth-1.16-music 'knolls.ogg'
music wesnoth-vengeful wesnoth-1.16-music 'vengeful.ogg'
music opsound-reno asterisk-moh-opsound-wav 'reno_project-system.wav'

[ "$more" ] || exit 0
takes prompt-es-co asterisk-prompt-es-co '\.gsm$' 1
takes armelle-fr asterisk-prompt-fr-armelle '\.gsm$' 1
for language in be bg ca da el es fr ro ru; do
    takes "tuxpaint-$language" tuxpaint-stamps-default "_desc_$language\.ogg$" 4
done
for language in ca da de el en fr gl lt nn ru sl uk wa; do
    takes "ktuberling-$language" ktuberling-data "/sounds/$language/.*\.(ogg|opus|wav)$" 4
done
for language in ar cs da de en en_GB es fr he hu it lt ml nb nds nl pt_BR ru tn uk; do
    takes "klettres-$language" klettres-data "/klettres/$language/.*\.ogg$" 4
done
for voice in British Classic Default Default_es Default_pl Default_ru Default_uk HillBilly Mobster Pirate \
    Russian Russian_pl Singer Surfer; do
    takes "hedgewars-$voice" hedgewars-data "/voices/$voice/.*\.ogg$" 4
done
for voice in male1 male2 female1 female2; do
    takes "kajongg-$voice" kajongg "/voices/$voice/.*\.ogg$" 4
    takes "kajongg-de-$voice" kajongg "/voices/de/$voice/.*\.ogg$" 4
done
fetch beneath-a-steel-sky
python3 "$(dirname "$0")/../match/steel_sky.py" "$out/packages/beneath-a-steel-sky" "$out/takes/steel-sky"
for package in asc-music asterisk-moh-opsound-wav colobot-common-sounds drascula-music fretsonfire-songs-muldjord \
    hyperrogue-music planetblupi-music-ogg singularity-music warzone2100-music wesnoth-1.16-music; do
    fetch "$package"
done
