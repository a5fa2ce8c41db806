"""A comic of one's own in the address opens no panel of anybody else's."""

import pytest

from common import db
from common.comics import pictures
from tests.support import stories

NEW = {"narration": "Kancil sudah pulang, dan kebun itu sepi."}


@pytest.fixture
def two(signed_in):
    """Siti and Budi, each with a draft."""
    found = []
    for _ in range(2):
        person = signed_in()
        person.comic = stories.scripted(person)
        person.panel = stories.status(person, person.comic)["panels"][0]["panel_id"]
        found.append(person)
    return found


def pictured(person):
    """Two pictures of the panel, of which the second is shown."""
    with db.transaction() as drawing:
        job = drawing.value("select max(id) from jobs where comic_id = :comic", comic=person.comic)
        for number in (1, 2):
            place = f"@/comics/{person.comic}/{person.panel}-{number}.jpg"
            one = {"url": place, "width": 10, "height": 10, "bytes": 10}
            pictures.keep(drawing, person.panel, {**one, "web": one, "thumb": one}, "local", job)


def shown(person):
    with db.reading() as reading:
        return tuple(reading.one("select version, image ->> 'url', narration from comic_panels where id = :panel", panel=person.panel))


def test_nobody_rewrites_a_panel_of_somebody_elses_comic(two):
    siti, budi = two
    before = shown(budi)
    siti.put(f"/v1/comics/{siti.comic}/panels/{budi.panel}", NEW, expect=404)
    siti.put(f"/v1/comics/{budi.comic}/panels/{budi.panel}", NEW, expect=404)
    assert shown(budi) == before
    budi.put(f"/v1/comics/{budi.comic}/panels/{budi.panel}", NEW)


def test_nobody_brings_earlier_pictures_back_in_somebody_elses_comic_or_sees_them(two):
    siti, budi = two
    pictured(budi)
    before = shown(budi)
    siti.post(f"/v1/comics/{siti.comic}/panels/{budi.panel}/versions/1/select", expect=404)
    siti.get(f"/v1/comics/{siti.comic}/panels/{budi.panel}/versions", expect=404)
    assert shown(budi) == before
    assert len(budi.get(f"/v1/comics/{budi.comic}/panels/{budi.panel}/versions").data) == 2


def test_nobody_has_somebody_elses_panel_drawn_again_or_moved(two):
    siti, budi = two
    pictured(siti)
    siti.post(f"/v1/comics/{siti.comic}/panels/{budi.panel}/regenerate", expect=404)
    siti.put(f"/v1/comics/{siti.comic}/panels/order", {"panel_ids": [budi.panel]}, expect=422)
