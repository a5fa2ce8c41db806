"""Having exports made: once, visibly, cancelable, and with the kredit back when it fails."""

import threading
from urllib.request import urlopen

import pytest

from common import db, exports
from common.clients import storage
from functions.video import making
from functions.video.stills import Frame
from tests.exports import books


def states(person, comic):
    return person.get(f"/v1/comics/{comic}/exports").data


def kredit(person):
    with db.reading() as reading:
        row = reading.one("select kredit, kredit_held from users where id_users = :user", user=person.user["id_users"])
    return row.kredit, row.kredit_held


def inbox(person):
    return [(each["type"], each["title"]) for each in person.get("/v1/notifications").data if each["type"] in ("success", "failed")]


def files(comic):
    """The names of everything that exports have stored for a comic."""
    with db.reading() as reading:
        kept = reading.all("select object_name as name from exports where comic_id = :comic", comic=comic)
    bucket = storage._bucket()
    return {each.name for each in bucket.list_blobs(prefix=f"comics/{comic}/exports/")}, {row.name for row in kept}


def test_an_export_goes_from_none_over_queued_to_completed_and_the_owner_is_told(signed_in):
    siti = signed_in()
    comic = books.comic(siti)
    none = {"status": "none", "progress": 0, "error": None, "url": None}
    assert states(siti, comic) == {"pdf": none, "cbz": none, "video": none, "allow_download": False}
    started = siti.post(f"/v1/comics/{comic}/exportPdf", expect=202).data
    assert (started["status"], started["panels_count"], started["features"]) == ("queued", 3, ["cover", "watermark"])
    assert states(siti, comic)["pdf"]["status"] == "queued"
    siti.work("pdf")
    shown = states(siti, comic)
    assert (shown["pdf"]["status"], shown["pdf"]["progress"], shown["cbz"]) == ("completed", 100, none)
    assert urlopen(shown["pdf"]["url"]).read(5) == b"%PDF-"
    assert inbox(siti) == [("success", "PDF komikmu sudah siap! 🎉")]


def test_progress_is_seen_page_by_page(signed_in, monkeypatch):
    siti = signed_in()
    comic = books.comic(siti, panels=4)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    get, seen = storage.get, []

    def watched(name):
        seen.append((states(siti, comic)["pdf"]["status"], states(siti, comic)["pdf"]["progress"]))
        return get(name)

    monkeypatch.setattr(storage, "get", watched)
    siti.work("pdf")
    assert seen == [("running", 2), ("running", 26), ("running", 50), ("running", 74)]


def test_the_key_of_a_pdf_is_refused_for_a_comic_book(signed_in):
    siti = signed_in()
    comic = books.comic(siti)
    key, path = {"Idempotency-Key": "ekspor-1"}, f"/v1/comics/{comic}/exportPdf"
    first = siti.post(path, headers=key, expect=202)
    assert siti.post(path, headers=key, format="cbz", expect=422).error == "KeyReused"
    again = siti.post(path, headers=key, format="pdf", utm_campaign="komik", expect=202)
    assert again.body == first.body and again.headers["Idempotent-Replayed"] == "true"


def test_two_starts_at_once_are_one_job(signed_in):
    siti = signed_in()
    comic = books.comic(siti)
    threads = [threading.Thread(target=lambda: siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with db.reading() as reading:
        assert reading.value("select count(*) from jobs where comic_id = :comic", comic=comic) == 1


def test_what_is_current_is_not_made_again_and_a_change_makes_it_nobodys(signed_in):
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    siti.work("pdf")
    assert siti.post(f"/v1/comics/{comic}/exportPdf", expect=202).data["status"] == "completed"
    with db.transaction() as changing:
        assert changing.value("select count(*) from jobs where comic_id = :comic and kind = 'pdf'", comic=comic) == 1
        panel = changing.value("select min(id) from comic_panels where comic_id = :comic", comic=comic)
        books.paint(changing, comic, panel, books.picture(7))
    assert states(siti, comic)["pdf"]["status"] == "none"
    assert siti.get(f"/v1/comics/{comic}/download/pdf", expect=409).error == "NotExported"
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    siti.work("pdf", "delete_files")
    assert states(siti, comic)["pdf"]["status"] == "completed"
    stored, kept = files(comic)
    assert stored == kept and len(kept) == 1, "the file of before is removed"


@pytest.mark.parametrize(
    ("change", "outdated"),
    [
        ("update comics set title = 'Lain' where id = :comic", {"pdf", "cbz", "video"}),
        ("update comics set synopsis = 'Lain' where id = :comic", {"cbz"}),
        ("update users set full_name = 'Lain' where id_users = (select user_id from comics where id = :comic)", {"pdf", "cbz", "video"}),
        ("update comic_panels set narration = 'Lain' where comic_id = :comic", {"video"}),
        ("update comic_panels set description = 'Lain' where comic_id = :comic", set()),
        ("update comics set music_id = (select min(id) from asset_music) where id = :comic", {"video"}),
        ("update comics set total_views = 9, updated_at = now(), allow_download = true where id = :comic", set()),
    ],
)
def test_an_export_is_outdated_by_what_it_shows_and_by_nothing_else(signed_in, change, outdated):
    comic = books.comic(signed_in())

    def keys():
        with db.reading() as reading:
            content = exports.content(reading, comic)
        return {kind: exports.key(content, kind) for kind in exports.KINDS}

    before = keys()
    with db.transaction() as changing:
        changing.run(change, comic=comic)
    after = keys()
    assert {kind for kind in exports.KINDS if before[kind] != after[kind]} == outdated


def test_a_comic_that_is_not_drawn_or_being_drawn_is_not_exported(signed_in):
    siti = signed_in()
    empty, half, busy = books.comic(siti, panels=0), books.comic(siti), books.comic(siti, draft_job_status="RENDERING")
    with db.transaction() as changing:
        changing.run("update comic_panels set image = null where comic_id = :comic and panel_number = 2", comic=half)
    for path in ("exportPdf", "export/video"):
        assert siti.post(f"/v1/comics/{empty}/{path}", expect=409).json["missing"] == ["panels"]
        assert siti.post(f"/v1/comics/{half}/{path}", expect=409).json["missing"] == ["1.2"]
        assert siti.post(f"/v1/comics/{busy}/{path}", expect=409).error == "WrongState"


def test_canceling_stops_the_worker_and_leaves_no_file(signed_in, monkeypatch):
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exports/pdf/cancel", expect=409)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    get = storage.get

    def canceled_meanwhile(name):
        siti.post(f"/v1/comics/{comic}/exports/pdf/cancel")
        return get(name)

    monkeypatch.setattr(storage, "get", canceled_meanwhile)
    siti.work("pdf")
    assert states(siti, comic)["pdf"]["status"] == "none"
    assert files(comic) == (set(), set()) and inbox(siti) == []


def test_canceling_at_the_last_moment_removes_what_was_stored(signed_in, monkeypatch):
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    put = storage.put_pieces

    def canceled_after(*what):
        size = put(*what)
        assert siti.post(f"/v1/comics/{comic}/exports/pdf/cancel", expect=200).data["status"] == "none"
        return size

    monkeypatch.setattr(storage, "put_pieces", canceled_after)
    siti.work("pdf")
    assert files(comic) == (set(), set())


@pytest.mark.parametrize("path", ["exportPdf", "exportPdf?format=cbz", "export/video"])
def test_of_a_comic_that_is_deleted_while_its_finished_file_is_being_stored_nothing_stays(signed_in, monkeypatch, path):
    monkeypatch.setattr(making, "FRAME", Frame(90, 160, 8))
    siti = signed_in()
    comic = books.comic(siti, panels=1)
    siti.post(f"/v1/comics/{comic}/{path}", expect=202)
    put = storage.put_pieces

    def deleted_meanwhile(name, pieces, content_type):
        last = list(pieces)
        siti.delete(f"/v1/drafts/{comic}")
        siti.work("delete_files")
        return put(name, iter(last), content_type)

    monkeypatch.setattr(storage, "put_pieces", deleted_meanwhile)
    assert siti.work("pdf", "cbz", "video") == 1
    assert storage.names(f"comics/{comic}/") == []


def changes_while_stored(monkeypatch, comic, times):
    """The comic gets another title each of the first `times` times that its file is stored."""
    put, changes = storage.put_pieces, iter(range(times))

    def changed_after(*what):
        size = put(*what)
        for number in changes:
            with db.transaction() as changing:
                changing.run("update comics set title = :title where id = :comic", title=f"Judul {number}", comic=comic)
            break
        return size

    monkeypatch.setattr(storage, "put_pieces", changed_after)


def tried(person, comic):
    """What becomes of the comic's export when it is tried, and once more."""
    with db.transaction() as hurrying:
        job = hurrying.value("update jobs set run_at = now() where comic_id = :comic returning id", comic=comic)
    return person.worker(f"/internal/jobs/{job}").data["outcome"]


def test_a_comic_that_is_changed_while_its_pdf_is_made_is_told_once_of_one_that_shows_the_change(signed_in, monkeypatch):
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    changes_while_stored(monkeypatch, comic, 1)
    assert tried(siti, comic) == "retry"
    assert files(comic) == (set(), set()) and inbox(siti) == []
    assert tried(siti, comic) == "done"
    stored, kept = files(comic)
    assert states(siti, comic)["pdf"]["status"] == "completed" and stored == kept and len(kept) == 1
    assert [each[0] for each in inbox(siti)] == ["success"]


def test_a_comic_that_is_changed_each_time_it_is_exported_is_given_up_and_leaves_no_file(signed_in, monkeypatch):
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    changes_while_stored(monkeypatch, comic, 3)
    assert [tried(siti, comic) for _ in range(3)] == ["retry", "retry", "failed"]
    assert files(comic) == (set(), set()) and [each[0] for each in inbox(siti)] == ["failed"]
    assert siti.post(f"/v1/comics/{comic}/exportPdf", expect=202).data["status"] == "queued"


def test_a_kind_that_does_not_exist_cannot_be_canceled(signed_in):
    siti = signed_in()
    siti.post(f"/v1/comics/{books.comic(siti)}/exports/gif/cancel", expect=404)


@pytest.mark.parametrize("ending", ["", ".", "!", "…"])
def test_a_failed_export_gives_the_kredit_back_says_why_and_can_be_tried_again(signed_in, monkeypatch, ending):
    from common.clients.errors import Refused
    from common.i18n import Text
    from common.work import Kind
    from functions.video import kinds

    monkeypatch.setenv("VIDEO_KREDIT", "1")
    siti = signed_in()
    comic = books.comic(siti)

    def refuses(job):
        raise Refused(Text(f"No sound today{ending}", f"Tidak ada suara hari ini{ending}"))

    monkeypatch.setitem(kinds.KINDS, "video", Kind(refuses, exports.failed))
    started = siti.post(f"/v1/comics/{comic}/export/video", expect=202).data
    assert (started["status"], started["features"], kredit(siti)) == ("queued", ["pan_and_zoom", "narration", "watermark"], (0, 1))
    assert siti.post(f"/v1/comics/{comic}/export/video", expect=202).data["status"] == "queued"
    siti.work("video")
    assert kredit(siti) == (1, 0)
    assert siti.get(f"/v1/comics/{comic}/exports", headers={"Accept-Language": "id"}).data["video"] == {
        "status": "failed",
        "progress": 0,
        "error": f"Tidak ada suara hari ini{ending}",
        "url": None,
    }
    assert inbox(siti) == [("failed", "Video komikmu gagal dibuat")]
    message = siti.get("/v1/notifications").data[0]["message"]
    assert message == f"'Kancil dan Para Buaya': Tidak ada suara hari ini{ending or '.'} Kreditmu sudah dikembalikan."
    assert siti.post(f"/v1/comics/{comic}/export/video", expect=202).data["status"] == "queued"
    assert siti.post(f"/v1/comics/{comic}/exports/video/cancel", expect=200).data["status"] == "none"
    assert kredit(siti) == (1, 0)


def test_without_kredit_no_video_is_started(signed_in, monkeypatch):
    monkeypatch.setenv("VIDEO_KREDIT", "2")
    siti = signed_in()
    assert siti.post(f"/v1/comics/{books.comic(siti)}/export/video", expect=402).error == "InsufficientCredits"


def test_a_finished_export_takes_its_price_once(signed_in, monkeypatch):
    from common import jobs

    monkeypatch.setenv("VIDEO_KREDIT", "1")
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/export/video", expect=202)
    with db.transaction() as claiming:
        number = claiming.value("select id from jobs where comic_id = :comic", comic=comic)
        held = jobs.claim(claiming, number)
    with db.transaction() as finishing:
        content = exports.taken(finishing, held)
        exports.complete(finishing, held, exports.key(content, "video"), exports.object_name(held, "video"), 10)
    assert kredit(siti) == (0, 0)
    with pytest.raises(jobs.LeaseLost), db.transaction() as again:
        exports.complete(again, held, "x", "y", 10)
    assert kredit(siti) == (0, 0)


def test_an_export_that_dies_on_the_way_is_finished_by_the_next_worker(signed_in, monkeypatch):
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)

    def dies(*_):
        raise SystemExit

    monkeypatch.setattr(exports, "complete", dies)
    with pytest.raises(SystemExit):
        siti.work("pdf")
    monkeypatch.undo()
    assert len(files(comic)[0]) == 1
    with db.transaction() as waiting:
        waiting.run("update jobs set lease_until = now() - interval '1 second' where comic_id = :comic", comic=comic)
        job = waiting.value("select id from jobs where comic_id = :comic and kind = 'pdf'", comic=comic)
    assert siti.worker(f"/internal/jobs/{job}").data["outcome"] == "done"
    siti.work("delete_files")
    stored, kept = files(comic)
    assert stored == kept and len(kept) == 1, "what the dead worker had stored is removed"
    assert [each[0] for each in inbox(siti)] == ["success"]


def test_pictures_that_are_gone_fail_after_three_attempts(signed_in):
    siti = signed_in()
    comic = books.comic(siti, panels=1)
    storage.delete_folder(f"comics/{comic}/")
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    for _ in range(3):
        with db.transaction() as waiting:
            waiting.run("update jobs set run_at = now() - interval '1 second' where comic_id = :comic", comic=comic)
        siti.work("pdf")
    failed = states(siti, comic)["pdf"]
    assert (failed["status"], failed["url"]) == ("failed", None) and failed["error"]
    assert [each[0] for each in inbox(siti)] == ["failed"]


def test_nobody_has_more_made_in_a_day_than_the_limit(signed_in, monkeypatch):
    monkeypatch.setenv("DOCUMENTS_PER_DAY", "2")
    monkeypatch.setenv("VIDEOS_PER_DAY", "1")
    siti = signed_in()
    comic, other = books.comic(siti), books.comic(siti)
    siti.post(f"/v1/comics/{comic}/exportPdf", expect=202)
    siti.post(f"/v1/comics/{comic}/exportPdf", format="cbz", expect=202)
    assert siti.post(f"/v1/comics/{other}/exportPdf", expect=429).headers["Retry-After"]
    siti.post(f"/v1/comics/{other}/export/video", expect=202)
    siti.post(f"/v1/comics/{comic}/export/video", expect=429)


def test_deleting_a_draft_gives_back_what_its_exports_had_reserved(signed_in, monkeypatch):
    monkeypatch.setenv("VIDEO_KREDIT", "1")
    siti = signed_in()
    comic = books.comic(siti)
    siti.post(f"/v1/comics/{comic}/export/video", expect=202)
    siti.delete(f"/v1/drafts/{comic}")
    assert kredit(siti) == (1, 0)


def test_an_answer_to_an_old_spelling_is_the_same(signed_in):
    siti = signed_in()
    comic = books.comic(siti)
    for path in (f"/v1/comics/{comic}/export/video", f"/api/v1/comics/{comic}/generate-video"):
        assert siti.post(path, expect=202).data["kind"] == "video"
    assert siti.get(f"/api/v1/comics/exported-media/{comic}").data == siti.get(f"/v1/comics/{comic}/exported-media").data
