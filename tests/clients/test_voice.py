"""Text-to-Speech by Google's own client: parts, samples, deadlines."""

import io
import socket
import time
import unicodedata
import wave

import pytest

from common import mp3, settings
from common.audio import mpeg, told
from common.clients import voice
from common.clients.errors import Refused, Unavailable
from infra.local import speaking

# Every script, directions, accents in pieces, emoji of several characters.
SCRIPTS = [
    "Kancil yang cerdik melompat. Ia tertawa! Apakah buaya marah? “Tentu saja,” katanya.",
    "ꦏꦚ꧀ꦕꦶꦭ꧀ ꦤꦚ꧀ꦕꦭ꧀꧉ ",
    "هذا نص عربي طويل بعض الشيء؟ نعم، هو كذلك۔",
    "これは日本語の文です。もう一つの文です。",
    "ไม่มีเว้นวรรคระหว่างคำในภาษาไทยเลยสักคำเดียว",
    "यह एक वाक्य है। यह दूसरा वाक्य है।",
    "👩‍👩‍👧‍👦 keluarga 🏳️‍🌈 é ñ ạ̈",
]


def test_a_short_text_is_one_part_and_is_not_changed():
    assert voice.parts("Kancil tertawa. Buaya marah!") == ["Kancil tertawa. Buaya marah!"]


@pytest.mark.parametrize("script", SCRIPTS, ids=range(len(SCRIPTS)))
def test_a_long_text_is_cut_between_sentences_within_the_limit_of_bytes(script):
    text = voice.normal(" ".join([script] * 120))
    parts = voice.parts(text)
    assert len(parts) > 1 and all(0 < len(part.encode()) <= 5000 for part in parts)

    # Nothing is lost but spaces, and the commas and full stops at cuts.
    def letters(of):
        return [each for each in of if each not in " .,"]

    assert letters("".join(parts)) == letters(text)


def test_parts_end_where_sentences_end():
    sentences = [f"Ini kalimat nomor {number} tentang Kancil dan buaya di sungai yang lebar." for number in range(300)]
    parts = voice.parts(" ".join(sentences))
    assert " ".join(parts) == " ".join(sentences) and all(part.endswith("lebar.") for part in parts)
    assert len(parts) == -(-len(" ".join(sentences)) // 4900)


def test_a_sentence_without_an_end_is_ended_between_words():
    cut = voice.parts("kata " * 3000)
    assert all(set(part.replace(".", "").split()) == {"kata"} for part in cut)
    assert all(len(sentence) <= voice.SENTENCE_BYTES for part in cut for sentence in part.split("."))


def test_no_letter_is_parted_from_its_accents_and_no_emoji_is_halved():
    for piece in ("e\u0301\u0323", "👩\u200d👩\u200d👧"):
        for part in voice.parts(piece * 1200):
            inside = part.rstrip(".")
            assert unicodedata.category(inside[0])[0] != "M" and inside[0] != "\u200d" and inside[-1] != "\u200d"


def test_a_text_is_spoken_as_it_reads():
    assert voice.normal("  Kancil\r\n\tlari\x00 ke\u2028kebun  ") == "Kancil lari ke kebun"
    assert voice.normal("e\u0301") == "é"
    assert voice.speakable("9") and not voice.speakable("… 😀 !")


def test_the_parts_of_a_long_text_are_joined_without_a_gap(services):
    # 5,100 bytes, most of them in letters of four: two parts, and soon spoken.
    text = " ".join(["Kalimat dari cerita " + "😀" * 180 + " lucu."] * 7)
    before = services.speech.calls["synthesize"]
    whole = voice.speak(voice.normal(text), "id-ID-Standard-A")
    parts = voice.parts(voice.normal(text))
    assert services.speech.calls["synthesize"] - before == len(parts) == 2
    assert whole.samples == b"".join(voice.speak(part, "id-ID-Standard-A").samples for part in parts)
    assert whole.milliseconds == round(len(whole.samples) / 48)


def test_a_text_without_a_word_is_refused_and_a_voice_that_does_not_exist_too(services):
    for text, name in (("…", "id-ID-Standard-A"), ("Halo", "id-ID-Standard-Z"), ("Halo", "tidak-ada-suaranya")):
        with pytest.raises(Refused):
            voice.speak(text, name)


def test_a_service_that_is_away_or_says_nothing_is_given_up_in_time(services, monkeypatch):
    monkeypatch.setattr(voice, "SECONDS", 1.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for endpoint in ("127.0.0.1:9", f"127.0.0.1:{silent.getsockname()[1]}"):
            monkeypatch.setenv("SPEECH_ENDPOINT", endpoint)
            started = time.monotonic()
            with pytest.raises(Unavailable):
                voice.speak("Halo", "id-ID-Standard-A")
            assert time.monotonic() - started < 10


def test_samples_of_another_form_are_never_joined(monkeypatch):
    file = io.BytesIO()
    with wave.open(file, "wb") as writing:
        writing.setparams((2, 2, 24000, 0, "NONE", ""))
        writing.writeframes(bytes(400))
    for answer in (file.getvalue(), b"", b"RIFF"):
        monkeypatch.setattr(voice, "_synthesized", lambda *_, answer=answer: answer)
        with pytest.raises(Unavailable):
            voice.speak("Halo", "id-ID-Standard-A")


@pytest.mark.parametrize("milliseconds", [1, 24, 25, 1000, 5371])
def test_an_mp3_says_itself_how_much_of_it_is_sound(milliseconds):
    samples = speaking.hum("x" * 200, 24000)[: 48 * milliseconds]
    file = mp3.encoded(samples, 24000, 48)
    first = mpeg.frame(file[:4])
    assert first.mono and first.rate == 24000
    info = file[4 + 9 :]
    frames = int.from_bytes(info[8:12], "big")
    delay, padding = divmod(int.from_bytes(info[16 + 21 : 16 + 24], "big"), 4096)
    assert (info[:4], frames * 576 - delay - padding) == (b"Info", len(samples) // 2)
    assert int.from_bytes(info[12:16], "big") == len(file)
    assert told(io.BytesIO(file), len(file)).seconds == frames * 576 / 24000


def test_the_default_voice_is_one_of_those_that_are_offered():
    assert settings.VOICE() in settings.VOICES().split(",")


def test_without_espeak_the_local_voice_hums_for_as_long(monkeypatch):
    monkeypatch.setattr(speaking.shutil, "which", lambda _: None)
    short, long = (speaking.samples(speaking.spoken("Kancil " * times, "id-ID-Standard-A", 24000)) for times in (5, 50))
    assert 2 < len(short) / 48_000 < 4 and 9 < len(long) / len(short) < 11
    assert max(abs(each) for each in memoryview(short).cast("h")) > 3000
