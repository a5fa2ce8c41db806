"""The recordings beside this file, made by the local voice: `python -m tests.recordings.make` (needs espeak-ng and ffmpeg).

`heard.json` says by their bytes what the local Speech-to-Text hears in them.
"""

import hashlib
import json
import subprocess
from pathlib import Path

import imageio_ffmpeg

from infra.local import speaking

HERE = Path(__file__).resolve().parent

KANCIL = """Aku ingin membuat cerita tentang Kancil yang cerdik. Pada suatu hari yang panas, Kancil melihat kebun buah yang ranum di seberang
sungai, tetapi sungai itu dalam dan penuh buaya. Hai, Buaya Tua, seru Kancil, Raja Hutan menyuruhku menghitung semua buaya. Berbarislah dari
tepi ini sampai ke tepi seberang. Para buaya segera berbaris rapi. Kancil melompat di atas punggung mereka sambil menghitung, satu, dua, tiga,
empat. Sampai di seberang, Kancil tertawa dan makan buah sepuasnya. Malamnya ia merasa bersalah. Keesokan paginya Kancil kembali membawa
sekeranjang buah dan meminta maaf. Sejak hari itu mereka bersahabat."""

SHORT = "Kancil mencuri timun di kebun Pak Tani."
ENGLISH = "Once upon a time a clever mouse deer lived in the forest."

# As phones and browsers record: what ffmpeg is told for each.
FORMATS = {
    "m4a": "-c:a aac -b:a 32k",
    "mp3": "-c:a libmp3lame -b:a 32k",
    "ogg": "-c:a libopus -b:a 16k",
    "webm": "-c:a libopus -b:a 16k",
    "flac": "-c:a flac -ar 16000",
    "wav": "-c:a pcm_s16le -ar 16000",
}


def main() -> None:
    """Make them all."""
    heard = {}
    made = {"kancil.m4a": (KANCIL, "id-ID-Standard-A", "-c:a aac -b:a 32k -movflags +faststart")}
    made |= {f"timun.{ending}": (SHORT, "id-ID-Standard-B", options) for ending, options in FORMATS.items()}
    made |= {"mouse-deer.ogg": (ENGLISH, "en-US-Standard-A", FORMATS["ogg"]), "silence.ogg": ("", "", FORMATS["ogg"])}
    for name, (text, voice, options) in made.items():
        words = " ".join(text.split())
        sound = speaking.spoken(words, voice, 24000, 1.05) if words else speaking.silence(2.0, 24000)
        data = encoded(sound, name, options.split())
        (HERE / name).write_bytes(data)
        heard[hashlib.sha256(data).hexdigest()] = words
    (HERE / "heard.json").write_text(json.dumps(heard, ensure_ascii=False, indent=1) + "\n")


def encoded(sound: bytes, name: str, options: list[str]) -> bytes:
    """The WAV file `sound` as ffmpeg makes it for the file `name`; the same bytes each time."""
    file = HERE / name
    same = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-i", "pipe:0", *options, *same, str(file)]
    subprocess.run(command, input=sound, check=True)
    return file.read_bytes()


if __name__ == "__main__":
    main()
