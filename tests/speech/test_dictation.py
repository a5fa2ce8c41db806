"""Recordings become text: short ones at once, long ones by an operation, and nobody else's at all."""

import json
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from common import clock, db, narrations
from common.clients import hearing, storage, voice
from infra.local import speaking
from tests.support import forms

RECORDINGS = Path(__file__).resolve().parents[1] / "recordings"
HEARD = json.loads((RECORDINGS / "heard.json").read_text())

TIMUN = "Kancil mencuri timun di kebun Pak Tani."
NOTHING = "(Tidak dapat mendeteksi suara. Silakan coba lagi dengan rekaman yang lebih jelas.)"


def sent(caller, data, path="/v1/speech-to-text/transcribe", *, name="rekaman.m4a", kind="audio/mp4", **more):
    return forms.send(caller, path, data, field="audio", name=name, kind=kind, **more)


def story_idea(caller, data, **more):
    return sent(caller, data, "/v1/comics/story-idea/transcribe", **more)


def recording(name):
    return (RECORDINGS / name).read_bytes()


def long_recording(seconds=75):
    """What the local voice says for longer than a minute, as a WAV file: the local ear knows it again."""
    said = "Ini kalimat yang panjang tentang Kancil dan para buaya di sungai yang lebar."
    speech = voice.speak(said, "id-ID-Standard-A")
    times = seconds * 1000 // speech.milliseconds + 1
    return speaking._file(speech.samples * times, voice.RATE), " ".join([said] * times)


def uploaded(caller, data, content_type="audio/wav"):
    place = caller.post("/v1/speech-to-text/uploads", {"content_type": content_type}, expect=201).data
    urllib.request.urlopen(urllib.request.Request(place["url"], data, place["headers"], method="PUT"), timeout=10)
    return place["object"]


def stored(name):
    try:
        return storage.get(name)
    except storage.NotStored:
        return None


def hurry():
    """The jobs that look again later do so now."""
    with db.transaction() as changing:
        changing.run("update jobs set run_at = now() where kind = 'transcribe' and status = 'queued'")


@pytest.fixture
def quick(services, monkeypatch):
    """Operations that are done at once."""
    monkeypatch.setattr(services.speech, "batch_seconds", 0.0)


@pytest.mark.parametrize("ending", ["m4a", "mp3", "ogg", "webm", "wav", "flac"])
def test_a_short_recording_of_every_kind_is_answered_at_once(signed_in, ending):
    answer = sent(signed_in(), recording(f"timun.{ending}"), expect=202).data
    assert (answer["status"], answer["text"], answer["language"], answer["error"]) == ("done", TIMUN, "id-ID", None)
    assert 0 < answer["confidence"] <= 1


def test_the_name_and_type_that_a_caller_gives_do_not_matter(signed_in):
    assert sent(signed_in(), recording("timun.webm"), name="gambar.png", kind="image/png", expect=202).data["text"] == TIMUN


def test_a_spoken_story_idea_becomes_the_text_of_a_story(signed_in):
    siti = signed_in()
    text = story_idea(siti, recording("kancil.m4a"), expect=200).data["storyIdeaText"]
    assert len(text.split()) >= 60 and "Kancil" in text
    body = {"story_idea": text, "page_count": 1, "genre_ids": [7], "style_id": 2}
    assert siti.post("/v1/comics/story-idea", body, expect=201).data["story_idea"] == text


def test_todays_spelling_of_the_address_works_too(signed_in):
    answer = sent(signed_in(), recording("timun.m4a"), "/api/v1/comics/story-idea/transcribe", expect=200)
    assert answer.data == {"storyIdeaText": TIMUN}


def test_silence_is_an_answer_and_not_an_error(signed_in):
    siti = signed_in()
    assert story_idea(siti, recording("silence.ogg"), expect=200).data == {"storyIdeaText": NOTHING}
    answer = sent(siti, recording("silence.ogg"), expect=202).data
    assert (answer["status"], answer["text"], answer["confidence"]) == ("done", "", None)


def test_english_is_spoken_too_and_other_languages_are_refused(signed_in):
    siti = signed_in()
    answer = sent(siti, recording("mouse-deer.ogg"), fields={"language": "en-US"}, expect=202).data
    assert (answer["language"], answer["text"]) == ("en-US", "Once upon a time a clever mouse deer lived in the forest.")
    refused = sent(siti, recording("timun.ogg"), fields={"language": "xx"}, expect=422)
    assert refused.json["errors"][0]["loc"] == ["body", "language"]


def test_a_model_that_does_not_know_the_language_is_replaced(signed_in, services, monkeypatch):
    monkeypatch.setenv("SPEECH_MODEL", "chirp_3")
    hearing._unknown.clear()
    hearing._unpunctuated.clear()
    before = services.speech.calls["recognize"]
    siti = signed_in()
    for _ in range(2):
        assert sent(siti, recording("timun.ogg"), expect=202).data["text"] == TIMUN
    # The first asked both models, and the second of them again without punctuation; from then on it is known whom to ask for what.
    assert services.speech.calls["recognize"] == before + 4


def test_only_its_owner_sees_a_transcription(signed_in, api):
    siti, budi = signed_in(), signed_in(name="Budi Santoso")
    number = sent(siti, recording("timun.ogg"), expect=202).data["transcription_id"]
    assert siti.get(f"/v1/speech-to-text/{number}").data["text"] == TIMUN
    foreign, missing = (budi.get(f"/v1/speech-to-text/{each}", expect=404).json for each in (number, 987654321))
    assert foreign == missing
    api.get(f"/v1/speech-to-text/{number}", expect=401)


def test_a_long_recording_is_pending_until_its_operation_ends(signed_in, services, quick):
    siti = signed_in()
    data, text = long_recording()
    pending = sent(siti, data, name="panjang.wav", expect=202).data
    assert (pending["status"], pending["text"]) == ("pending", None)
    place = f"/v1/speech-to-text/{pending['transcription_id']}"
    assert siti.get(place).data == pending
    siti.work("transcribe")
    done = siti.get(place).data
    assert (done["status"], done["text"]) == ("done", text)
    # Whoever waits for it is not told besides; the job finds nothing left to do.
    hurry()
    siti.work("transcribe")
    assert siti.get("/v1/notifications").data == []


def test_a_long_recording_is_finished_without_being_asked_and_its_owner_is_told_once(signed_in, quick):
    siti = signed_in()
    data, text = long_recording()
    number = sent(siti, data, expect=202).data["transcription_id"]
    for _ in range(3):
        siti.work("transcribe")
        hurry()
    told = siti.get("/v1/notifications").data
    assert [(each["type"], json.loads(each["data"])["transcription_id"]) for each in told] == [("transcription", number)]
    assert siti.get(f"/v1/speech-to-text/{number}").data["text"] == text


def test_an_operation_that_takes_its_time_is_looked_at_again_and_started_once(signed_in, services, monkeypatch):
    monkeypatch.setattr(services.speech, "batch_seconds", 3600.0)
    siti = signed_in()
    before = services.speech.calls["batch_recognize"]
    number = sent(siti, long_recording()[0], expect=202).data["transcription_id"]
    for _ in range(4):
        siti.work("transcribe")
        hurry()
    assert services.speech.calls["batch_recognize"] == before + 1
    assert siti.get(f"/v1/speech-to-text/{number}").data["status"] == "pending"
    with db.transaction() as changing:
        changing.run("update transcriptions set created_at = now() - interval '7 hours' where id = :id", id=number)
    siti.work("transcribe")
    failed = siti.get(f"/v1/speech-to-text/{number}", headers={"Accept-Language": "id"}).data
    assert failed["status"] == "failed" and failed["error"].startswith("Gagal setelah")


def test_a_long_recording_in_a_language_that_the_model_does_not_know_is_started_anew(signed_in, quick, monkeypatch):
    monkeypatch.setenv("SPEECH_MODEL", "chirp_3")
    hearing._unknown.clear()
    siti = signed_in()
    data, text = long_recording()
    number = sent(siti, data, expect=202).data["transcription_id"]
    for _ in range(4):
        siti.work("transcribe")
        hurry()
    assert siti.get(f"/v1/speech-to-text/{number}").data["text"] == text


def test_the_service_may_be_away_while_an_operation_is_asked_about(signed_in, quick, monkeypatch):
    siti = signed_in()
    number = sent(siti, long_recording()[0], expect=202).data["transcription_id"]
    siti.work("transcribe")
    with monkeypatch.context() as away:
        away.setattr("common.clients.hearing.ASKING", 0.3)
        away.setenv("SPEECH_ENDPOINT", "127.0.0.1:9")
        assert siti.get(f"/v1/speech-to-text/{number}").data["status"] == "pending"
        hurry()
        siti.work("transcribe")
    hurry()
    siti.work("transcribe")
    assert siti.get(f"/v1/speech-to-text/{number}").data["status"] == "done"


def test_an_operation_that_ended_in_an_error_of_the_service_is_final_and_the_recording_is_asked_for_again(
    signed_in, services, quick, monkeypatch
):
    monkeypatch.setattr(services.speech, "batch_error", (13, "Internal error encountered."))
    siti = signed_in()
    number = sent(siti, long_recording()[0], expect=202).data["transcription_id"]
    for _ in range(2):
        siti.work("transcribe")
        hurry()
    failed = siti.get(f"/v1/speech-to-text/{number}", headers={"Accept-Language": "id"}).data
    assert failed["status"] == "failed" and failed["error"].endswith("silakan kirim ulang rekamannya")
    assert [each["title"] for each in siti.get("/v1/notifications").data] == ["Rekamanmu tidak dapat dijadikan teks"]


def test_an_uploaded_recording_is_transcribed_by_its_name_and_removed(signed_in, quick):
    siti = signed_in()
    data, text = long_recording()
    name = uploaded(siti, data)
    number = siti.post("/v1/speech-to-text/transcribe", {"object": name}, expect=202).data["transcription_id"]
    for _ in range(2):
        siti.work("transcribe")
        hurry()
    assert siti.get(f"/v1/speech-to-text/{number}").data["text"] == text
    siti.work("delete_files")
    assert stored(name) is None


def test_a_short_upload_is_answered_at_once_and_removed(signed_in):
    siti = signed_in()
    for path, key in (("/v1/speech-to-text/transcribe", "text"), ("/v1/comics/story-idea/transcribe", "storyIdeaText")):
        name = uploaded(siti, recording("timun.m4a"), "audio/mp4")
        assert siti.post(path, {"object": name}).data[key] == TIMUN
        siti.work("delete_files")
        assert stored(name) is None


def test_nobody_can_have_the_upload_of_somebody_else_transcribed(signed_in):
    siti, budi = signed_in(), signed_in(name="Budi Santoso")
    name = uploaded(siti, recording("timun.m4a"), "audio/mp4")
    mine = name.rpartition("/")[0].rpartition("/")[2]
    for guess in (
        name,
        name.replace(mine, f"../{mine}"),
        f"recordings/{budi.user['id_users']}/../{mine}/{name.rpartition('/')[2]}",
        "comics/1/x",
    ):
        answers = [
            budi.post(path, {"object": guess}, expect=404).json
            for path in ("/v1/speech-to-text/transcribe", "/v1/comics/story-idea/transcribe")
        ]
        assert {answer["error"] for answer in answers} == {"NotFound"}
    assert siti.post("/v1/speech-to-text/transcribe", {"object": name}, expect=202).data["text"] == TIMUN


def test_an_upload_takes_no_more_than_was_signed_for(signed_in):
    place = signed_in().post("/v1/speech-to-text/uploads", {"content_type": "audio/wav"}, expect=201).data
    assert place["headers"]["x-goog-content-length-range"] == f"1,{place['max_bytes']}"
    for headers in ({**place["headers"], "Content-Type": "text/html"}, {"Content-Type": "audio/wav"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(place["url"], b"x", headers, method="PUT"), timeout=10)
        assert refused.value.code in (400, 403)


def test_an_upload_that_was_measured_cannot_be_exchanged_for_a_longer_one(signed_in):
    siti = signed_in()
    place = siti.post("/v1/speech-to-text/uploads", {"content_type": "audio/wav"}, expect=201).data
    measured, longer = long_recording(75)[0], long_recording(300)[0]
    put = [urllib.request.Request(place["url"], data, place["headers"], method="PUT") for data in (measured, longer)]
    urllib.request.urlopen(put[0], timeout=10)
    assert siti.post("/v1/speech-to-text/transcribe", {"object": place["object"]}, expect=202).data["status"] == "pending"
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(put[1], timeout=10)
    assert refused.value.code == 412
    assert stored(place["object"]) == measured


def test_a_story_idea_of_more_than_a_minute_is_refused_by_name(signed_in):
    refused = story_idea(signed_in(), long_recording()[0], expect=422)
    assert refused.error == "RecordingTooLong" and refused.json["errors"][0]["loc"] == ["body", "audio"]


def test_a_recording_that_is_longer_than_its_header_says_goes_the_long_way(signed_in, services, quick, monkeypatch):
    # The service counts for itself, and refuses at once what is too long for it.
    monkeypatch.setattr(services.speech, "inline_seconds", 1.0)
    siti = signed_in()
    pending = sent(siti, recording("timun.ogg"), expect=202).data
    assert pending["status"] == "pending"
    for _ in range(2):
        siti.work("transcribe")
        hurry()
    assert siti.get(f"/v1/speech-to-text/{pending['transcription_id']}").data["text"] == TIMUN
    assert story_idea(siti, recording("timun.ogg"), expect=422).error == "RecordingTooLong"


def test_what_a_recording_costs_is_rationed(signed_in, monkeypatch):
    monkeypatch.setenv("TRANSCRIPTIONS_PER_HOUR", "2")
    siti = signed_in()
    for _ in range(2):
        sent(siti, recording("timun.ogg"), expect=202)
    refused = story_idea(siti, recording("timun.ogg"), expect=429)
    assert int(refused.headers["Retry-After"]) > 0
    # Minutes are counted as well as recordings, and what is refused is not counted.
    monkeypatch.setenv("TRANSCRIBED_MINUTES_PER_DAY", "1")
    budi = signed_in(name="Budi Santoso")
    sent(budi, long_recording()[0], expect=429)
    story_idea(budi, recording("kancil.m4a"), expect=200)
    story_idea(budi, recording("kancil.m4a"), expect=429)


def lying(data, frames):
    """An MP3 whose first frame says that so many follow."""
    at = data.index(b"Info") + 8
    return data[:at] + frames.to_bytes(4, "big") + data[at + 4 :]


def counted(caller):
    with db.reading() as reading:
        return reading.value("select hits from rate_limits where key = :key", key=f"transcribed:{caller.user['id_users']}")


def test_a_recording_that_says_less_than_it_holds_is_counted_by_what_was_heard(signed_in, services, quick):
    spoken = recording("timun.mp3")
    frames = spoken[spoken.index(b"\xff\xf3") :]
    siti, budi = signed_in(), signed_in(name="Budi Santoso")
    # Half a minute, of which the header admits half a second, and three and a half minutes that are answered by an operation.
    sent(siti, lying(spoken + frames * 8, 10), name="pendek.mp3", expect=202)
    story_idea(siti, lying(spoken + frames * 8, 10), expect=200)
    assert counted(siti) == 2 * 32
    pending = sent(budi, lying(spoken + frames * 60, 10), name="panjang.mp3", expect=202).data
    assert (pending["status"], counted(budi)) == ("pending", 1)
    for _ in range(2):
        budi.work("transcribe")
        hurry()
    assert counted(budi) == 213
    assert budi.get(f"/v1/speech-to-text/{pending['transcription_id']}").data["status"] == "done"


def test_recordings_are_gone_a_day_later_whatever_became_of_them(signed_in):
    import time_machine

    siti = signed_in()
    name = uploaded(siti, recording("timun.ogg"), "audio/ogg")
    assert siti.worker("/internal/recordings/forgetting").data["recordings"] == 0
    assert stored(name) is not None
    with time_machine.travel(clock.now().timestamp() + 25 * 3600, tick=True):
        assert siti.worker("/internal/recordings/forgetting").data["recordings"] >= 1
    assert stored(name) is None


def test_an_account_that_is_erased_takes_its_uploads_along(signed_in):
    from functions.worker import erasures

    siti = signed_in()
    name = uploaded(siti, recording("timun.ogg"), "audio/ogg")
    sent(siti, recording("timun.ogg"), expect=202)
    with db.transaction() as erasing:
        erasures.forget(erasing, siti.user["id_users"])
        left = erasing.value("select count(*) from transcriptions where user_id = :user", user=siti.user["id_users"])
    assert left == 0
    siti.work("delete_files")
    assert stored(name) is None


def test_narrations_that_nobody_plays_are_forgotten(signed_in):
    siti = signed_in()
    made = narrations.spoken("Kalimat yang akan dilupakan setelah lama tidak diputar.")
    with db.transaction() as changing:
        changing.run("update narrations set used_at = now() - interval '200 days' where object_name = :name", name=made.name)
    assert siti.worker("/internal/recordings/forgetting").data["narrations"] == 1
    siti.work("delete_files")
    assert stored(made.name) is None
    assert not narrations.spoken("Kalimat yang akan dilupakan setelah lama tidak diputar.").cached


def test_a_narration_whose_maker_died_is_forgotten_and_one_that_is_being_made_is_not(signed_in):
    siti = signed_in()
    with db.transaction() as making:
        died, at_work = (
            making.value(
                "insert into narrations (voice, text_hash, lease, lease_until, used_at) values"
                " ('id-ID-Standard-A', sha256(cast(:words as bytea)), gen_random_uuid(), cast(:until as timestamptz), now() - interval '200 days')"
                " returning id",
                words=words.encode(),
                until=clock.now() + timedelta(days=days),
            )
            for words, days in (("mati", -199), ("bekerja", 1))
        )
    assert siti.worker("/internal/recordings/forgetting").data["narrations"] == 0
    with db.reading() as reading:
        left = reading.all("select id from narrations where id in (:died, :at_work)", died=died, at_work=at_work)
    assert [row.id for row in left] == [at_work]
