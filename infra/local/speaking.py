"""The local voice: espeak-ng where it is installed, a hum of the length that speaking takes where it is not."""

import array
import io
import math
import shutil
import subprocess
import sys
import wave

# espeak-ng's voices for ours by their last letter: Google's A and D are women.
VARIANTS = {"A": "+f2", "B": "+m3", "C": "+m7", "D": "+f4"}
# Words a minute at a speaking rate of 1, and letters a second for the hum.
WORDS_A_MINUTE, LETTERS_A_SECOND = 140, 13
# The hum: its loudest sample, and its swings a second.
LOUDNESS, HUM = 6000, 150


def spoken(text: str, voice: str, rate: int, pace: float = 1.0) -> bytes:
    """`text` as a WAV file of 16-bit mono samples, `rate` of them a second; `pace` 2 is twice as fast."""
    program = shutil.which("espeak-ng")
    return _file(_espeak(program, text, voice, rate, pace) if program else hum(text, rate, pace), rate)


def hum(text: str, rate: int, pace: float = 1.0) -> bytes:
    """Samples of a low tone that swells and fades, as long as the text would take."""
    count = int(rate * max(0.4, len(text) / LETTERS_A_SECOND) / pace)
    period = array.array("h", (int(LOUDNESS * math.sin(2 * math.pi * at / (rate // HUM))) for at in range(rate // HUM)))
    made = (period * (count // len(period) + 1))[:count]
    edge = min(count // 4, rate // 10)
    for at in range(edge):
        made[at] = made[at] * at // edge
        made[-1 - at] = made[-1 - at] * at // edge
    return _bytes(made)


def silence(seconds: float, rate: int) -> bytes:
    """A WAV file in which nobody says anything."""
    return _file(bytes(2 * int(seconds * rate)), rate)


def samples(file: bytes) -> bytes | None:
    """The samples of a WAV file; None when it is none."""
    try:
        with wave.open(io.BytesIO(file)) as sound:
            return bytes(sound.readframes(sound.getnframes()))
    except (wave.Error, EOFError):
        return None


def _espeak(program: str, text: str, voice: str, rate: int, pace: float) -> bytes:
    language, speed = voice.partition("-")[0], str(int(WORDS_A_MINUTE * pace))
    # From standard input: whatever the text begins with, it is no option.
    command = [program, "-v", language + VARIANTS.get(voice[-1], ""), "-s", speed, "-b", "1", "--stdin", "--stdout"]
    done = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=60)
    # Its header holds no true length, because it is written before the sound.
    head = done.stdout.index(b"data") + 8
    own = int.from_bytes(done.stdout[24:28], "little")
    return _resampled(done.stdout[head:], own, rate)


def _resampled(sound: bytes, own: int, rate: int) -> bytes:
    """The sound at another rate, straight lines between its samples.

    The places of the new samples repeat after a few, so that each of them is reckoned for the whole sound at once.
    """
    given = array.array("h", sound[: len(sound) // 2 * 2])
    if sys.byteorder == "big":
        given.byteswap()
    down, up = own // math.gcd(own, rate), rate // math.gcd(own, rate)
    blocks = len(given) // down
    given.extend([0] * (down + 1))
    made = array.array("h", bytes(2 * blocks * up))
    for number in range(up):
        at, part = divmod(number * down, up)
        left, right = given[at::down][:blocks], given[at + 1 :: down][:blocks]
        made[number::up] = array.array("h", [one + (other - one) * part // up for one, other in zip(left, right, strict=True)])
    return _bytes(made)


def _bytes(made: "array.array[int]") -> bytes:
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _file(sound: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setnchannels(1)
        writing.setsampwidth(2)
        writing.setframerate(rate)
        writing.writeframes(sound)
    return file.getvalue()
