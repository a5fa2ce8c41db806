"""Who may have the files: the owner; readers of a published comic where its owner allows it; nobody else, by any way."""

import re
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from common import db
from tests.exports import books


@pytest.fixture
def siti(signed_in):
    return signed_in(name="Siti Rahma")


@pytest.fixture
def comic(siti):
    """A comic with a PDF and, for lack of ffmpeg here, a video that is some bytes."""
    from common import exports
    from common.clients import storage

    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    siti.post(f"/v1/comics/{comic}/exportPdf", format="cbz", expect=202)
    siti.work("pdf", "cbz")
    storage.put(f"comics/{comic}/exports/film.mp4", b"film", "video/mp4")
    with db.transaction() as making:
        key = exports.key(exports.content(making, comic), "video")
        making.run(
            "insert into exports (comic_id, kind, content_key, object_name, bytes) values (:comic, 'video', :key, :name, 4)",
            comic=comic,
            key=key,
            name=f"comics/{comic}/exports/film.mp4",
        )
    return comic


def fetched(url):
    return urlopen(url).read()


DOWNLOADS = ("download/pdf", "download/pdf?format=cbz", "download/video")


def test_the_owner_has_every_file_of_a_draft(siti, comic):
    kinds = [fetched(siti.get(f"/v1/comics/{comic}/{path}", expect=302).headers["Location"])[:4] for path in DOWNLOADS]
    assert kinds == [b"%PDF", b"PK\3\4", b"film"]
    media = siti.get(f"/v1/comics/{comic}/exported-media").data
    assert (media["comic_id"], media["title"]) == (comic, "Kancil dan Para Buaya")
    assert fetched(media["pdf_url"])[:4] == b"%PDF" and fetched(media["video_url"]) == b"film" and fetched(media["cover_url"])
    preview = siti.get(f"/v1/comics/{comic}/preview-video").data
    assert fetched(preview["video_url"]) == b"film" and fetched(preview["thumbnail_url"])
    assert "disposition" not in preview["video_url"], "a preview is watched in place"


@pytest.mark.parametrize("published", [False, True])
def test_the_cover_of_an_adopted_comic_is_shown_beside_its_exports(siti, comic, published):
    old = "https://storage.googleapis.com/komik-lama/comics/1.png"
    with db.transaction() as adopting:
        adopting.run("update comics set cover = null, cover_url = :url where id = :comic", url=old, comic=comic)
    if published:
        books.publish(comic, allow_download=True)
    assert siti.get(f"/v1/comics/{comic}/preview-video").data["thumbnail_url"] == old
    assert siti.get(f"/v1/comics/{comic}/exported-media").data["cover_url"] == old


@pytest.mark.parametrize("published", [False, True])
def test_nobody_else_reaches_a_file_that_is_not_theirs_to_have(siti, comic, published, api, signed_in, services):
    if published:
        books.publish(comic, allow_download=False)
    budi = signed_in(name="Budi")
    answers = []
    for path in DOWNLOADS:
        api.get(f"/v1/comics/{comic}/{path}", expect=401)
        answers.append(budi.get(f"/v1/comics/{comic}/{path}", expect=404))
    for owners in ("exports",):
        budi.get(f"/v1/comics/{comic}/{owners}", expect=404)
    for method, path, body in (
        ("POST", "exportPdf", None),
        ("POST", "export/video", None),
        ("POST", "exports/pdf/cancel", None),
        ("PUT", "download-permission", {"allow_download": True}),
    ):
        budi.call(method, f"/v1/comics/{comic}/{path}", body, expect=404)
    if published:
        for caller in (api, budi):
            assert caller.get(f"/v1/comics/{comic}/preview-video").data["video_url"] is None
        media = budi.get(f"/v1/comics/{comic}/exported-media").data
        assert (media["pdf_url"], media["video_url"]) == (None, None) and media["cover_url"]
    else:
        api.get(f"/v1/comics/{comic}/preview-video", expect=404)
        budi.get(f"/v1/comics/{comic}/preview-video", expect=404)
        budi.get(f"/v1/comics/{comic}/exported-media", expect=404)
    assert not any(b"comics/" in answer.body or "Location" in answer.headers for answer in answers)


def test_knowing_a_files_name_opens_nothing_without_the_signature(siti, comic, services):
    for path in DOWNLOADS:
        url = siti.get(f"/v1/comics/{comic}/{path}", expect=302).headers["Location"]
        name = re.search(r"/(comics/[^?]+)", url)[1]
        other = url.replace("X-Goog-Signature=", "X-Goog-Signature=00")
        longer = url.replace("X-Goog-Expires=900", "X-Goog-Expires=604800")
        assert longer != url, "an address works for a quarter of an hour"
        for address in (url.partition("?")[0], other, longer, f"{services.settings['PUBLIC_MEDIA_URL']}/{name}"):
            with pytest.raises(HTTPError) as refused:
                urlopen(address)
            assert refused.value.code in (400, 403, 404)


def test_readers_download_a_published_comic_only_while_its_owner_allows_it(siti, comic, api, signed_in):
    budi = signed_in(name="Budi")
    assert siti.put(f"/v1/comics/{comic}/download-permission", {"allow_download": True}).data["allow_download"] is True
    budi.get(f"/v1/comics/{comic}/download/pdf", expect=404)
    books.publish(comic, allow_download=True)
    for path in DOWNLOADS:
        assert fetched(budi.get(f"/v1/comics/{comic}/{path}", expect=302).headers["Location"])
    api.get(f"/v1/comics/{comic}/download/pdf", expect=401)
    assert fetched(budi.get(f"/v1/comics/{comic}/exported-media").data["pdf_url"])
    assert fetched(api.get(f"/v1/comics/{comic}/preview-video").data["video_url"]) == b"film"
    siti.put(f"/v1/comics/{comic}/download-permission", {"allow_download": False})
    budi.get(f"/v1/comics/{comic}/download/pdf", expect=404)
    assert siti.get(f"/v1/comics/{comic}/exports").data["allow_download"] is False


def test_a_redirect_to_a_private_file_is_kept_by_nobody(siti, comic):
    answer = siti.get(f"/v1/comics/{comic}/download/pdf", expect=302)
    assert "no-store" in answer.headers["Cache-Control"]


def test_a_comic_that_is_hidden_is_not_downloaded_by_readers(siti, comic, signed_in):
    books.publish(comic, allow_download=True)
    with db.transaction() as hiding:
        hiding.run("update comics set hidden_at = now() where id = :comic", comic=comic)
    signed_in().get(f"/v1/comics/{comic}/download/pdf", expect=404)


def test_where_there_is_no_file_the_answer_says_to_export(signed_in):
    siti = signed_in()
    comic = books.comic(siti)
    for path in DOWNLOADS:
        assert siti.get(f"/v1/comics/{comic}/{path}", expect=409).error == "NotExported"
    media = siti.get(f"/v1/comics/{comic}/exported-media").data
    assert (media["pdf_url"], media["video_url"]) == (None, None)


def test_an_erased_account_leaves_no_file(siti, comic):
    from functions.worker import erasures

    url = siti.get(f"/v1/comics/{comic}/download/pdf", expect=302).headers["Location"]
    with db.transaction() as erasing:
        erasures.forget(erasing, siti.user["id_users"])
    siti.work("delete_files")
    with pytest.raises(HTTPError):
        urlopen(url)
