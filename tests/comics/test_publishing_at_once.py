"""Publishing while something else happens to the same comic."""

from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from common import db, ledger
from common.clients import artist, storage
from common.comics import copies, states
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
