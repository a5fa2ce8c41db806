"""Publishing needs everything a reader needs; what is not published is nobody else's to see, files too."""

import re
import threading
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from common import db, ledger, tokens
from tests.support import stories


def quota(person):
    with db.reading() as reading:
        return reading.value("select publish_quota from users where id_users = :user", user=person.user["id_users"])


@pytest.mark.parametrize("stage", ["started", "scripted"])
def test_an_unfinished_comic_is_not_published_and_the_answer_names_what_is_missing(signed_in, stage):
    siti = signed_in()
    comic = stories.start(siti) if stage == "started" else stories.scripted(siti)
    refused = siti.post(f"/v1/comics/{comic}/publish", {}, expect=409)
    assert refused.error == "NotReady"
    assert "cover" in refused.json["missing"] and any("panel" in each for each in refused.json["missing"])
    assert quota(siti) == 3


def test_publishing_twice_at_once_uses_the_quota_once(signed_in):
    siti = signed_in()
    comic = stories.drawn(siti)
    threads = [threading.Thread(target=lambda: siti.post(f"/v1/comics/{comic}/publish", {}, expect=200)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert quota(siti) == 2


def use_up(person):
    with db.transaction() as spending:
        ledger.move(spending, person.user["id_users"], "publish_quota", -3, "publish", f"user:{person.user['id_users']}")


def test_an_unfinished_comic_without_quota_names_the_quota_among_all_that_is_missing(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    use_up(siti)
    refused = siti.post(f"/v1/comics/{comic}/publish", {}, expect=409)
    assert (refused.error, refused.json["missing"]) == ("NotReady", ["cover", "panel 1.1", "finished drawing", "quota"])


def test_without_quota_the_comic_stays_a_draft(signed_in, api):
    siti = signed_in()
    comic = stories.drawn(siti)
    use_up(siti)
    assert siti.post(f"/v1/comics/{comic}/publish", {}, expect=402).error == "QuotaUsedUp"
    api.get(f"/v1/comics/show/{comic}", expect=404)


def test_a_draft_and_its_files_are_only_its_owners(signed_in, api, services):
    siti, budi = signed_in(), signed_in()
    comic = stories.drawn(siti)
    for caller in (api, budi):
        caller.get(f"/v1/comics/show/{comic}", expect=404)
        caller.get(f"/v1/drafts/{comic}/panels", expect=404)
        caller.get(f"/v1/public/comics/{comic}", expect=404)
        caller.post(f"/v1/comics/{comic}/track-read", expect=404)
        assert comic not in [each["id"] for each in caller.get("/v1/comics", sort_by="newest", per_page=100).data]
    url = siti.get(f"/v1/comics/show/{comic}").data["panels"][0]["image"]["url"]
    assert urlopen(url).status == 200
    name = re.search(r"/(comics/[^?]+)", url)[1]
    unsigned = [url.partition("?")[0], url[:-6] + "000000", f"{services.settings['PUBLIC_MEDIA_URL']}/{name}"]
    for address in unsigned:
        with pytest.raises(HTTPError) as refused:
            urlopen(address)
        assert refused.value.code in (403, 404)


def lapsed(person):
    """The same device half an hour later, its access token expired."""
    claims = tokens.read(person.token, "access")
    issued = claims.issued_at - timedelta(days=1)
    return person.signed(tokens.write("access", user=claims.user, session=claims.session, pair=claims.id, issued_at=issued))


COMIC_PAGES = ["/v1/drafts/{comic}/panels", "/v1/comics/{comic}/panels", "/v1/comics/show/{comic}", "/v1/comics/{comic}"]


@pytest.mark.parametrize("path", COMIC_PAGES)
def test_an_expired_token_is_told_to_sign_in_for_ones_own_draft_and_just_so_for_what_nobody_has(path, signed_in):
    siti, budi = signed_in(), signed_in()
    comic = stories.start(siti)
    own, foreign, missing = (
        caller.get(path.format(comic=each), expect=401)
        for caller, each in ((lapsed(siti), comic), (lapsed(budi), comic), (lapsed(siti), 987654321))
    )
    assert own.json == foreign.json == missing.json and own.error == "Unauthenticated"
    assert own.headers["WWW-Authenticate"] == "Bearer"
    assert siti.get(path.format(comic=comic)).data["title"]
    budi.get(path.format(comic=comic), expect=404)


@pytest.mark.parametrize("path", COMIC_PAGES)
def test_a_published_comic_is_read_with_an_expired_token_as_without_one(path, signed_in, api):
    siti = signed_in()
    comic = stories.published(siti)
    assert lapsed(siti).get(path.format(comic=comic)).data == api.get(path.format(comic=comic)).data


@pytest.mark.parametrize("path", COMIC_PAGES)
def test_the_gateways_own_token_is_nobodys_that_has_expired(path, api):
    token = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20ifQ.c2ln"
    api.signed(token).get(path.format(comic=987654321), expect=404)


def test_a_comic_for_older_readers_tells_who_comes_with_an_expired_token_to_sign_in(signed_in, api):
    siti = signed_in()
    comic = stories.published(siti)
    siti.put(f"/v1/comics/{comic}/age-rating", {"age_rating": "17"})
    lapsed(siti).get(f"/v1/comics/{comic}", expect=401)
    assert api.get(f"/v1/comics/{comic}", expect=403).error == "AgeRestricted"


def test_taking_a_comic_back_hides_it_and_removes_its_public_files(signed_in, api):
    siti = signed_in()
    comic = stories.published(siti)
    url = api.get(f"/v1/comics/show/{comic}").data["panels"][0]["image"]["url"]
    assert urlopen(url).status == 200
    siti.post(f"/v1/comics/{comic}/unpublish", expect=200)
    api.get(f"/v1/comics/show/{comic}", expect=404)
    key = {"Idempotency-Key": "terbit-lagi"}
    refused = siti.post(f"/v1/comics/{comic}/publish", {}, headers=key, expect=409)
    assert (refused.error, refused.headers["Retry-After"]) == ("StillRemoving", "5")
    siti.work("unpublish_files")
    with pytest.raises(HTTPError):
        urlopen(url)
    siti.post(f"/v1/comics/{comic}/publish", {}, headers=key, expect=200)
    assert urlopen(api.get(f"/v1/comics/show/{comic}").data["panels"][0]["image"]["url"]).status == 200
    assert quota(siti) == 1


def test_a_complete_comic_of_the_old_backend_is_published_taken_back_and_published_again_with_its_pictures(signed_in, api):
    siti, old = signed_in(), "https://storage.googleapis.com/komik-lama"
    comic = stories.drawn(siti, page_count=2)
    with db.transaction() as adopting:
        adopting.run("delete from panel_versions where panel_id in (select id from comic_panels where comic_id = :comic)", comic=comic)
        adopting.run(
            "update comic_panels set image = null, image_url = cast(:old as text) || '/' || page_number, version = 0 where comic_id = :comic",
            old=old,
            comic=comic,
        )
        adopting.run("update comics set cover = null, cover_url = :url where id = :comic", url=f"{old}/cover", comic=comic)
    for _ in range(2):
        siti.post(f"/v1/comics/{comic}/publish", {}, expect=200)
        seen = api.get(f"/v1/comics/show/{comic}", expect=200).data
        assert (seen["cover_url"], seen["cover"]) == (f"{old}/cover", None)
        assert [each["image_url"] for each in seen["panels"]] == [f"{old}/1", f"{old}/2"]
        assert f'src="{old}/1"' in api.get(f"/c/{comic}", expect=200).body.decode()
        siti.post(f"/v1/comics/{comic}/unpublish", expect=200)
        api.get(f"/v1/comics/show/{comic}", expect=404)
    assert siti.post(f"/v1/comics/{comic}/exportPdf", expect=409).error == "NotDrawn"
    with db.transaction() as losing:
        losing.run("update comic_panels set image_url = null where comic_id = :comic and page_number = 2", comic=comic)
        losing.run("update comics set cover_url = null where id = :comic", comic=comic)
    assert siti.post(f"/v1/comics/{comic}/publish", {}, expect=409).json["missing"] == ["cover", "panel 2.1"]


def test_a_published_comic_cannot_be_changed_or_deleted_before_it_is_taken_back(signed_in):
    siti = signed_in()
    comic = stories.published(siti)
    panel = siti.get(f"/v1/drafts/{comic}/panels").data["panels"][0]["panel_id"]
    siti.put(f"/v1/{comic}/summary", {"summary": "Sebuah ringkasan baru yang cukup panjang untuk diterima oleh server ini."}, expect=409)
    siti.put(f"/v1/comics/{comic}/panels/{panel}", {"narration": "lain"}, expect=409)
    siti.post(f"/v1/comics/{comic}/drafts", expect=409)
    siti.delete(f"/v1/drafts/{comic}", expect=409)


def test_deleting_a_draft_deletes_its_files_too(signed_in):
    siti = signed_in()
    comic = stories.drawn(siti)
    url = siti.get(f"/v1/comics/show/{comic}").data["cover"]["url"]
    siti.delete(f"/v1/drafts/{comic}")
    siti.get(f"/v1/comics/{comic}/draft/status", expect=404)
    siti.work("delete_files")
    with pytest.raises(HTTPError):
        urlopen(url)


def test_deleting_a_draft_that_is_being_drawn_gives_the_kredit_back(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.delete(f"/v1/drafts/{comic}")
    with db.reading() as reading:
        assert reading.value("select kredit from users where id_users = :user", user=siti.user["id_users"]) == 1


def hide(comic):
    with db.transaction() as hiding:
        hiding.run("update comics set hidden_at = now() where id = :comic", comic=comic)


def test_a_published_comic_that_moderators_have_hidden_is_not_published_again_and_the_answer_says_why(signed_in, api):
    siti = signed_in()
    comic = stories.published(siti)
    hide(comic)
    assert siti.post(f"/v1/comics/{comic}/publish", {}, expect=409).error == "HiddenByModerators"
    api.get(f"/v1/comics/show/{comic}", expect=404)
    assert quota(siti) == 2


@pytest.mark.parametrize("stage", [stories.drawn, stories.published], ids=["a draft", "a published one"])
def test_a_comic_that_moderators_hide_while_it_is_being_published_stays_hidden_and_uses_no_quota(signed_in, stage, monkeypatch):
    from functions.comics import publishing

    siti = signed_in()
    comic, before = stage(siti), quota(siti)
    copy = publishing.storage.publish
    monkeypatch.setattr(publishing.storage, "publish", lambda files: (copy(files), hide(comic)))
    assert siti.post(f"/v1/comics/{comic}/publish", {}, expect=409).error == "HiddenByModerators"
    assert quota(siti) == before


def test_the_number_of_public_comics_is_always_the_number_of_public_comics(signed_in):
    siti = signed_in()
    comic = stories.published(siti)
    siti.post(f"/v1/comics/{comic}/unpublish", expect=200)
    with db.reading() as reading:
        row = reading.one(
            "select (select value from counters where name = 'public_comics') as counted, (select count(*) from comics where is_public) as real"
        )
    assert row.counted == row.real


def test_a_view_counts_once_per_reader_and_day_however_many_arrive_at_once(signed_in, api):
    siti, budi = signed_in(), signed_in()
    comic = stories.published(siti)
    threads = [threading.Thread(target=lambda: budi.post(f"/v1/comics/{comic}/track-read", expect=200)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for _ in range(2):
        api.post(f"/v1/comics/{comic}/track-read", expect=200)
    assert siti.get(f"/v1/comics/show/{comic}").data["total_views"] == 2


def test_an_authors_own_reads_are_no_views_and_stay_in_the_history(signed_in):
    siti = signed_in()
    comic = stories.published(siti)

    def counted():
        with db.reading() as reading:
            seen = "(select count(*) from comic_views where comic_id = c.id)"
            return reading.one(f"select total_views, trending_score, {seen} from comics c where id = :comic", comic=comic)

    before = counted()
    for body in (None, {"last_panel": 1}):
        siti.post(f"/v1/comics/{comic}/track-read", body, expect=200)
    assert counted() == before and before.total_views == 0
    assert [each["id"] for each in siti.get("/v1/comics/last-read").data] == [comic]


def test_trending_puts_what_was_read_lately_before_what_was_read_long_ago(signed_in, api):
    siti = signed_in()
    old, new = stories.published(siti), stories.published(signed_in())
    with db.transaction() as aging:
        aging.run("update comics set trending_score = 100 where id = :old", old=old)
    api.post(f"/v1/comics/{new}/track-read", expect=200)
    order = [each["id"] for each in api.get("/v1/public/comics/trending", limit=50).data]
    assert order.index(new) < order.index(old)


def public_urls(comic, services):
    """Where the pictures of a comic would be for everybody."""
    with db.reading() as reading:
        rows = reading.all("select image from comic_panels where comic_id = :comic and image is not null", comic=comic)
    return [f"{services.settings['PUBLIC_MEDIA_URL']}/{row.image['url'].removeprefix('@/')}" for row in rows]


def reachable(url):
    try:
        return urlopen(url).status == 200
    except HTTPError:
        return False


def later(kind):
    """Let the time pass that a job of this kind waits."""
    with db.transaction() as waiting:
        waiting.run("update jobs set run_at = now() - interval '1 second' where kind = :kind and status = 'queued'", kind=kind)


def test_a_publication_that_dies_after_copying_leaves_nothing_public(signed_in, services, monkeypatch):
    from functions.comics import publishing

    siti = signed_in()
    comic = stories.drawn(siti)
    monkeypatch.setattr(publishing, "_publish", lambda *_: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        siti.post(f"/v1/comics/{comic}/publish", {})
    monkeypatch.undo()
    assert all(reachable(url) for url in public_urls(comic, services))
    later("unpublish_files")
    siti.work("unpublish_files")
    assert not any(reachable(url) for url in public_urls(comic, services))
    siti.post(f"/v1/comics/{comic}/publish", {}, expect=200)
    later("unpublish_files")
    siti.work("unpublish_files")
    assert all(reachable(url) for url in public_urls(comic, services))


def test_pictures_that_were_drawn_anew_after_taking_back_do_not_keep_the_old_ones_public(signed_in, services):
    siti = signed_in()
    comic = stories.published(siti)
    old = public_urls(comic, services)
    siti.post(f"/v1/comics/{comic}/unpublish", expect=200)
    siti.put(f"/v1/{comic}/summary", {"summary": "Cerita baru tentang seekor gajah yang belajar menari di tepi danau bersama kawanannya."})
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.work("script", "delete_files")
    siti.work("unpublish_files")
    assert old and not any(reachable(url) for url in old)


def test_a_rewritten_script_takes_its_old_pictures_along(signed_in):
    siti = signed_in()
    comic = stories.drawn(siti)
    url = siti.get(f"/v1/comics/show/{comic}").data["panels"][0]["image"]["url"]
    siti.put(f"/v1/{comic}/summary", {"summary": "Cerita baru tentang seekor gajah yang belajar menari di tepi danau bersama kawanannya."})
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.work("script", "delete_files")
    assert not reachable(url)


def test_canceling_a_redraw_leaves_the_finished_comic(signed_in):
    from common import ledger

    siti = signed_in()
    comic = stories.drawn(siti)
    with db.transaction() as giving:
        ledger.move(giving, siti.user["id_users"], "kredit", 1, "test", f"redraw:{comic}")
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    assert siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=200).data["status"] == "COMPLETED"
    siti.post(f"/v1/comics/{comic}/publish", {}, expect=200)


def test_the_same_idempotency_key_starts_one_drawing_and_one_comic(signed_in):
    siti = signed_in()
    idea = {"story_idea": stories.KANCIL, "page_count": 1, "genre_ids": [7], "style_id": 2}
    made = {siti.post("/v1/comics/story-idea", idea, headers={"Idempotency-Key": "ide-1"}, expect=201).data["id"] for _ in range(2)}
    assert len(made) == 1
    siti.work("script")
    comic = made.pop()
    first = siti.post(f"/v1/comics/{comic}/drafts", headers={"Idempotency-Key": "gambar-1"}, expect=202)
    siti.work("panels")
    assert siti.post(f"/v1/comics/{comic}/drafts", headers={"Idempotency-Key": "gambar-1"}, expect=202).json == first.json
    assert stories.status(siti, comic)["status"] == "COMPLETED"


def test_a_comic_that_is_gone_cannot_be_published(signed_in):
    siti = signed_in()
    assert siti.post("/v1/comics/987654321/publish", {}, expect=404).error == "NotFound"


def test_nobody_has_more_scripts_written_than_the_limit(signed_in, monkeypatch):
    monkeypatch.setenv("SCRIPTS_PER_HOUR", "2")
    siti = signed_in()
    stories.start(siti)
    stories.start(siti)
    idea = {"story_idea": stories.KANCIL, "page_count": 1, "genre_ids": [7], "style_id": 2}
    assert siti.post("/v1/comics/story-idea", idea, expect=429).headers["Retry-After"]
