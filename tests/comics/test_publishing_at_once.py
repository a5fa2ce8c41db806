"""Publishing while something else happens to the same comic."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from common import db, ledger
from common.clients import artist, storage
from common.clients.errors import Unavailable
from common.comics import copies, states
from tests.comics.test_publishing import later, quota
from tests.drafts.test_panels import coloured
from tests.support import stories, waiting


@pytest.fixture
def siti(signed_in, monkeypatch):
    """Somebody with kredit to spare and a finished comic."""
    monkeypatch.setattr(artist, "draw", coloured)
    person = signed_in()
    with db.transaction() as giving:
        ledger.move(giving, person.user["id_users"], "kredit", 5, "test", f"publishing:{person.user['id_users']}")
    person.comic = stories.drawn(person)
    return person


def public(services, name):
    try:
        return urlopen(f"{services.settings['PUBLIC_MEDIA_URL']}/{name}").status == 200
    except HTTPError:
        return False


def test_a_panel_that_is_drawn_anew_while_its_comic_is_published_is_not_missing_for_readers(siti, api, services, monkeypatch):
    panel = stories.status(siti, siti.comic)["panels"][0]["panel_id"]
    copied = storage.publish

    def drawn_anew_meanwhile(files):
        copied(files)
        monkeypatch.setattr(storage, "publish", copied)
        siti.post(f"/v1/comics/{siti.comic}/panels/{panel}/regenerate", expect=202)
        siti.work("panel")

    monkeypatch.setattr(storage, "publish", drawn_anew_meanwhile)
    assert siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=409).error == "NotReady"
    api.get(f"/v1/comics/show/{siti.comic}", expect=404)
    siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200)
    assert urlopen(api.get(f"/v1/comics/show/{siti.comic}").data["panels"][0]["image"]["url"]).status == 200


def test_a_comic_whose_author_is_renamed_while_it_is_published_carries_the_new_name(siti, api, monkeypatch):
    copied = storage.publish

    def renamed_meanwhile(files):
        copied(files)
        siti.post("/profile/update-details", {"full_name": "Siti Aminah"}, expect=200)

    monkeypatch.setattr(storage, "publish", renamed_meanwhile)
    assert siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200).data["publisher"] == "Siti Aminah"


def test_an_author_is_renamed_while_one_of_the_own_comics_is_published_again(siti, api, monkeypatch):
    """Publishing holds the comic and waits for the account: whoever held the account and waited for the comic would end it."""
    siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200)
    siti.post(f"/v1/comics/{siti.comic}/unpublish", expect=200)
    siti.work("unpublish_files")
    move, renaming = ledger.move, []

    def renamed_meanwhile(*given):
        monkeypatch.setattr(ledger, "move", move)
        renaming.append(waiting.beside(lambda: siti.post("/profile/update-details", {"full_name": "Siti Aminah"}, expect=200)))
        return move(*given)

    monkeypatch.setattr(ledger, "move", renamed_meanwhile)
    siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200)
    renaming[0].end()
    assert api.get(f"/v1/comics/show/{siti.comic}").data["publisher"] == "Siti Aminah"


def needed(comic):
    """The names of the files that readers of a comic need."""
    with db.transaction() as looking:
        return copies.of(looking, states.lock(looking, comic))


def test_of_two_publications_at_once_the_later_one_leaves_no_picture_public_that_readers_do_not_need(siti, services, monkeypatch):
    panel = stories.status(siti, siti.comic)["panels"][0]["panel_id"]
    siti.post(f"/v1/comics/{siti.comic}/panels/{panel}/regenerate", expect=202)
    siti.work("panel")
    second, copied = needed(siti.comic), storage.publish

    def published_with_the_first_picture_meanwhile(files):
        copied(files)
        monkeypatch.setattr(storage, "publish", copied)
        siti.post(f"/v1/comics/{siti.comic}/panels/{panel}/versions/1/select", expect=200)
        siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200)

    monkeypatch.setattr(storage, "publish", published_with_the_first_picture_meanwhile)
    siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200)
    later("unpublish_files")
    siti.work("unpublish_files")
    assert all(public(services, name) for name in needed(siti.comic))
    assert second and not any(public(services, name) for name in second)


def after_an_earlier_one_failed(siti, monkeypatch):
    """The guard of a publication that failed is due; what happens while the next one copies."""

    def fails(_):
        raise Unavailable("storage", "down")

    with monkeypatch.context() as failing:
        failing.setattr(storage, "publish", fails)
        siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=503)
    later("unpublish_files")
    return lambda: siti.work("unpublish_files")


def as_slow_as_its_own_guard(siti, _):
    """Copying takes longer than the guard waits."""
    return lambda: (later("unpublish_files"), siti.work("unpublish_files"))


def beside_one_that_is_taken_back(siti, _):
    """Another publication comes first, and is taken back again."""
    steps = ("publish", "unpublish")
    return lambda: ([siti.post(f"/v1/comics/{siti.comic}/{step}", {}, expect=200) for step in steps], siti.work("unpublish_files"))


@pytest.mark.parametrize("way", [after_an_earlier_one_failed, as_slow_as_its_own_guard, beside_one_that_is_taken_back])
def test_a_publication_whose_copies_are_removed_meanwhile_uses_no_quota_and_the_next_one_shows_every_picture(
    siti, api, services, monkeypatch, way
):
    meanwhile, copied, left = way(siti, monkeypatch), storage.publish, []

    def removed_meanwhile(files):
        copied(files)
        monkeypatch.setattr(storage, "publish", copied)
        meanwhile()
        assert not any(public(services, name) for name in files)
        left.append(quota(siti))

    monkeypatch.setattr(storage, "publish", removed_meanwhile)
    assert siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=409).error == "StillRemoving"
    assert left == [quota(siti)]
    api.get(f"/v1/comics/show/{siti.comic}", expect=404)
    siti.post(f"/v1/comics/{siti.comic}/publish", {}, expect=200)
    later("unpublish_files")
    siti.work("unpublish_files")
    assert all(public(services, name) for name in needed(siti.comic))


def test_a_late_removal_waits_for_a_publication_and_leaves_its_pictures(siti, services):
    with db.transaction() as abandoning:
        row = states.lock(abandoning, siti.comic)
        files = copies.of(abandoning, row)
        copies.guard(abandoning, f"test:{siti.comic}", siti.comic, files)
        job = abandoning.value("update jobs set run_at = now() where subject = :subject returning id", subject=f"test:{siti.comic}")
    storage.publish(files)
    with db.transaction() as publishing:
        states.lock(publishing, siti.comic)
        publishing.run("update comics set published_at = now() where id = :comic", comic=siti.comic)
        removal = waiting.beside(lambda: siti.worker(f"/internal/jobs/{job}"))
        assert removal.waits
    assert removal.end().data["outcome"] == "done"
    assert files and all(public(services, name) for name in files)


def test_the_last_of_the_quota_publishes_one_comic_and_not_two_at_once(siti, api):
    user = siti.user["id_users"]
    with db.transaction() as using:
        assert ledger.move(using, user, "publish_quota", -2, "test", f"quota:{user}")
    with db.transaction() as elsewhere:
        assert ledger.move(elsewhere, user, "publish_quota", -1, "publish", f"comic:0:{user}")
        publication = waiting.beside(lambda: siti.post(f"/v1/comics/{siti.comic}/publish", {}))
        assert publication.waits
    refused = publication.end()
    assert (refused.status, refused.error) == (402, "QuotaUsedUp")
    api.get(f"/v1/comics/show/{siti.comic}", expect=404)
