"""The profile photo: from a form to three clean public files, and what becomes of hostile ones."""

import io
import json
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from pg8000.exceptions import InterfaceError
from PIL import Image

from common import db, pictures
from tests.users import corpus

ROOT = Path(__file__).resolve().parents[2]

HOSTILE = dict(corpus.hostile())
UNUSUAL = dict(corpus.unusual())


def upload(caller, data, *, field="photo", name="foto.png", kind="image/png", **more):
    """Send a form with one file in it."""
    edge = b"batas-yang-tidak-ada-di-dalam-berkas"
    head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode()
    body = b"--" + edge + b"\r\n" + head + data + b"\r\n--" + edge + b"--\r\n"
    return caller.post("/profile/update-photo", body, headers={"Content-Type": f"multipart/form-data; boundary={edge.decode()}"}, **more)


def fetched(url):
    with urllib.request.urlopen(url, timeout=5) as answer:
        return answer.read()


def is_there(url):
    try:
        fetched(url)
        return True
    except urllib.error.HTTPError as error:
        return error.code != 404


def test_a_photo_is_shown_in_three_sizes_to_everybody(signed_in):
    siti = signed_in()
    shown = upload(siti, corpus.encoded(corpus.picture(size=(1600, 1200)), "JPEG"), expect=200).data
    photo = shown["photo"]
    assert shown["profile_photo_url"] == photo["web"]["url"]
    for picture, size in ((photo, (1600, 1200)), (photo["web"], (1024, 768)), (photo["thumb"], (300, 225))):
        stored = fetched(picture["url"])
        assert Image.open(io.BytesIO(stored)).size == size == (picture["width"], picture["height"])
        assert len(stored) == picture["bytes"] and "/avatars/" in picture["url"]
    profile = siti.get("/profile").data
    assert (profile["photo"], profile["profile_photo_path"]) == (photo, shown["profile_photo_url"])


def test_the_files_of_the_old_photo_are_removed(signed_in):
    siti = signed_in()
    before = upload(siti, UNUSUAL["a L PNG"], expect=200).data["photo"]
    after = upload(siti, UNUSUAL["a progressive JPEG"], expect=200).data["photo"]
    siti.work("delete_files")
    assert [is_there(each["url"]) for each in (before, before["web"], before["thumb"])] == [False] * 3
    assert is_there(after["url"])


def later():
    """Whatever removal waits is due."""
    with db.transaction() as changing:
        changing.run("update jobs set run_at = now() where kind = 'delete_files' and status = 'queued'")


def replaced(siti):
    """The address of a photo in whose place there is another by now."""
    old = upload(siti, UNUSUAL["a L PNG"], expect=200).data["photo"]
    upload(siti, UNUSUAL["a progressive JPEG"], expect=200)
    return old["url"]


def test_a_photo_that_was_replaced_is_removed_however_long_storage_is_away(signed_in, monkeypatch):
    from common.clients import storage
    from common.clients.errors import Unavailable

    def away(*_, **__):
        raise Unavailable("storage", "down")

    siti = signed_in()
    old = replaced(siti)
    with monkeypatch.context() as outage:
        outage.setattr(storage, "delete", away)
        for _ in range(12):
            siti.work("delete_files")
            later()
    siti.work("delete_files")
    assert not is_there(old)


def test_erasing_an_account_does_not_stop_the_removal_of_its_old_photo(signed_in):
    from functions.worker import erasures

    siti = signed_in()
    old = replaced(siti)
    with db.transaction() as erasing:
        erasures.forget(erasing, siti.user["id_users"])
    siti.work("delete_files")
    assert not is_there(old)


def test_a_photo_of_todays_backend_is_replaced_and_its_address_left_alone(signed_in):
    siti = signed_in()
    with db.transaction() as changing:
        changing.run(
            "update users set profile_photo_path = 'https://storage.googleapis.com/lama/1.jpg' where id_users = :user",
            user=siti.user["id_users"],
        )
    assert siti.get("/profile").data["profile_photo_path"] == "https://storage.googleapis.com/lama/1.jpg"
    upload(siti, UNUSUAL["a L PNG"], expect=200)


def test_the_content_counts_and_not_the_name_or_the_declared_type(signed_in):
    siti = signed_in()
    upload(siti, corpus.encoded(corpus.picture(), "WEBP"), name="../../etc/passwd", kind="text/html", expect=200)
    for data in (corpus.SVG, corpus.HTML):
        assert upload(siti, data, name="foto.png", kind="image/png", expect=415).error == "NotAPicture"


def test_what_is_too_large_is_refused_before_it_is_decoded(signed_in):
    siti = signed_in()
    assert upload(siti, bytes(8 * 1024 * 1024 + 1), expect=413).error == "TooLarge"
    assert upload(siti, bytes(9 * 1024 * 1024), expect=413).error == "TooLarge"
    assert upload(siti, HOSTILE["a PNG of 6400 by 6400"], expect=413).error == "TooManyPixels"


def test_a_form_without_the_file_says_which_field_is_missing(signed_in):
    siti = signed_in()
    for field, data in (("picture", b"abc"), ("photo", b"")):
        answer = upload(siti, data, field=field, expect=422)
        assert answer.json["errors"][0]["loc"] == ["body", "photo"]
    siti.post("/profile/update-photo", {"photo": "aGFsbw=="}, expect=415)
    siti.post("/profile/update-photo", b"garbage", headers={"Content-Type": "multipart/form-data; boundary=x"}, expect=422)
    siti.post("/profile/update-photo", b"garbage", headers={"Content-Type": "multipart/form-data"}, expect=422)


def test_a_form_of_a_thousand_parts_is_refused(signed_in):
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    signed_in().post(
        "/profile/update-photo", part * 1000 + b"--x--\r\n", headers={"Content-Type": "multipart/form-data; boundary=x"}, expect=413
    )


def test_a_refused_photo_leaves_the_old_one(signed_in):
    siti = signed_in()
    before = upload(siti, UNUSUAL["a L PNG"], expect=200).data["photo"]
    upload(siti, HOSTILE["noise"], expect=415)
    siti.work("delete_files")
    assert siti.get("/profile").data["photo"] == before and is_there(before["url"])


def test_a_storage_that_is_down_says_so_and_changes_nothing(signed_in, monkeypatch):
    siti = signed_in()
    from common.clients import storage
    from common.clients.errors import Unavailable

    stored, put = [], storage.put

    def second_fails(name, *data, **more):
        if stored:
            raise Unavailable("storage", "down")
        put(name, *data, **more)
        stored.append(name)

    monkeypatch.setattr(storage, "put", second_fails)
    assert upload(siti, UNUSUAL["a L PNG"], expect=503).headers["Retry-After"]
    assert siti.get("/profile").data["photo"] is None
    later()
    siti.work("delete_files")
    assert not is_there(storage.public_url(stored[0])), "what was stored already is removed"


def test_a_photo_whose_change_was_made_but_never_confirmed_is_still_there(signed_in, monkeypatch):
    siti, lost = signed_in(), []

    @contextmanager
    def unanswered():
        with db.transaction() as changing:
            yield changing
        if not lost and siti.get("/profile").data["photo"] != old:
            lost.append(True)
            raise InterfaceError("network error")

    old = upload(siti, UNUSUAL["a L PNG"], expect=200).data["photo"]
    monkeypatch.setattr(pictures, "transaction", unanswered)
    upload(siti, UNUSUAL["a progressive JPEG"], expect=503)
    later()
    siti.work("delete_files")
    assert is_there(siti.get("/profile").data["photo"]["url"]) and not is_there(old["url"])


def test_the_corpus_is_large():
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_or_becomes_a_clean_picture(name):
    try:
        _row, files = pictures.renewed(HOSTILE[name], "avatars/test")
    except (pictures.NotAPicture, pictures.TooManyPixels) as refused:
        assert refused.status in (413, 415) and refused.to_json("id")["detail"]
    else:
        _clean(files)


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_picture_comes_through_without_what_it_carried(name):
    _row, files = pictures.renewed(UNUSUAL[name], "avatars/test")
    _clean(files)


def _clean(files):
    assert len(files) == 3
    for file in files.values():
        shown = Image.open(io.BytesIO(file.data))
        shown.load()
        assert (shown.format, shown.mode) in (("JPEG", "RGB"), ("WEBP", "RGB"))
        assert not shown.getexif() and not {"exif", "xmp", "icc_profile", "comment"} & set(shown.info)
        for trace in (b"<script", b"<?php", b"PK\x03\x04", b"Canary", b"Exif", b"http://ns.adobe.com"):
            assert trace not in file.data


# Peak memory in megabytes. Not getrusage's: that one keeps the peak of the process it was forked from, through exec.
PEAK = "int(open('/proc/self/status').read().partition('VmHWM:')[2].split()[0]) // 1024"

MEASURE = f"""
import json, sys, time
from common import pictures
from tests.users import corpus
longest = 0
for name, data in [*corpus.hostile(), *corpus.unusual()]:
    started = time.process_time()
    try:
        pictures.renewed(data, "x")
    except (pictures.NotAPicture, pictures.TooManyPixels):
        pass
    longest = max(longest, time.process_time() - started)
print(json.dumps({{"seconds": longest, "megabytes": {PEAK}}}))
"""


def test_the_whole_corpus_takes_little_time_and_memory():
    told = subprocess.run([sys.executable, "-c", MEASURE], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    measured = json.loads(told)
    assert measured["seconds"] < 10 and measured["megabytes"] < 256, measured


def test_the_largest_picture_that_is_taken_fits_into_a_function():
    code = (
        "import io; from PIL import Image; from common import pictures; f = io.BytesIO();"
        "Image.new('RGBA', (8000, 5000), (9, 9, 9, 9)).save(f, 'PNG', compress_level=1);"
        f"pictures.renewed(f.getvalue(), 'x'); print({PEAK})"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert int(told) < 512
