"""What administrators do with banners: make, change, illustrate and remove them, all of it in the audit log."""

import io
import urllib.error
import urllib.request

import pytest
from PIL import Image

from functions.banners.main import api as function
from tests.social import scene
from tests.support import forms


@pytest.fixture(autouse=True)
def nothing_kept():
    function._fresh.clear()


def make(admin, title="Pekan Kancil", *, expect=201, headers=None, **more):
    return admin.post("/v1/banners", {"title": title, **more}, expect=expect, headers=headers)


def upload(caller, banner, data, **more):
    return forms.send(caller, f"/v1/banners/{banner}/image", data, field="image", name="banner.png", kind="image/png", **more)


def png(colour="orange", size=(1600, 800)):
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def is_there(url):
    try:
        urllib.request.urlopen(url, timeout=5)
        return True
    except urllib.error.HTTPError as error:
        assert error.code == 404
        return False


def urls(banner):
    return [banner["image"]["url"], banner["image"]["web"]["url"], banner["image"]["thumb"]["url"]]


def log(banner):
    return scene.rows("select * from audit_log where subject_type = 'banner' and subject_id = :id order by id", id=str(banner))


def test_a_banner_keeps_all_that_was_given(admin, signed_in):
    comics = scene.comics(signed_in(), 3)[::-1]
    given = {
        "title": "Pekan Kancil",
        "slug": "kancil-2026",
        "description": "Cerita lama, gambar baru.",
        "link_url": "https://mamastoria.com/kancil?dari=banner",
        "image_url": "https://cdn.contoh.id/kancil.jpg",
        "is_active": False,
        "display_order": 7,
        "shown_from": "2026-12-01T00:00:00+00:00",
        "shown_until": "2026-12-31T00:00:00+00:00",
        "comic_ids": comics,
    }
    made = make(admin, **given).data
    assert {name: made[name] for name in given} == given and made["image"] is None
    assert admin.get("/v1/admin/banners").data == [made]


def test_what_a_change_leaves_out_stays_and_null_clears(admin, signed_in):
    comics = scene.comics(signed_in(), 2)
    before = make(admin, description="Lama", link_url="mamastoria://comics/12", comic_ids=comics, shown_until="2030-01-01T00:00:00Z").data
    after = admin.put(f"/v1/banners/{before['slug']}", {"title": "Judul baru", "description": None}).data
    assert after["updated_at"] > before["updated_at"]
    assert after == {**before, "title": "Judul baru", "description": None, "updated_at": after["updated_at"]}
    reversed_ = admin.put(f"/v1/banners/{before['id']}", {"comic_ids": comics[::-1]}).data
    assert reversed_["comic_ids"] == comics[::-1]
    assert admin.put(f"/v1/banners/{before['id']}", {"comic_ids": []}).data["comic_ids"] == []


def test_a_slug_is_anothers_only_once(admin):
    make(admin)
    taken = make(admin, "Pekan kancil!", expect=409)
    assert (taken.error, taken.json["slug"]) == ("SlugTaken", "pekan-kancil")
    other = make(admin, "Lain").data
    assert admin.put(f"/v1/banners/{other['id']}", {"slug": "pekan-kancil"}, expect=409).error == "SlugTaken"
    assert admin.put(f"/v1/banners/{other['id']}", {"slug": "lain"}).data["slug"] == "lain"


def test_32_racing_makers_of_one_slug_make_one_banner(admin):
    answers = scene.at_once([lambda: make(admin, expect=None) for _ in range(32)])
    assert sorted(answer.status for answer in answers) == [201] + [409] * 31


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"),
        ({"title": "  "}, "title"),
        ({"title": None}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": "故事"}, "slug"),
        ({"title": "2026"}, "slug"),
        ({"title": "a", "slug": "12"}, "slug"),
        ({"title": "a", "slug": "Kancil"}, "slug"),
        ({"title": "a", "slug": "kancil--buaya"}, "slug"),
        ({"title": "a", "slug": "kancil/../buaya"}, "slug"),
        ({"title": "a", "link_url": "http://mamastoria.com"}, "link_url"),
        ({"title": "a", "link_url": "javascript:alert(1)"}, "link_url"),
        ({"title": "a", "link_url": "https://mamastoria.com@jahat.id/"}, "link_url"),
        ({"title": "a", "link_url": "https://"}, "link_url"),
        ({"title": "a", "link_url": "//jahat.id"}, "link_url"),
        ({"title": "a", "image_url": "http://cdn.contoh.id/a.jpg"}, "image_url"),
        ({"title": "a", "image_url": "@/avatars/1.jpg"}, "image_url"),
        ({"title": "a", "is_active": "true"}, "is_active"),
        ({"title": "a", "display_order": -1}, "display_order"),
        ({"title": "a", "shown_from": "2026-01-01T00:00:00"}, "shown_from"),
        ({"title": "a", "shown_from": 1767225600}, "shown_from"),
        ({"title": "a", "comic_ids": [1, 1]}, "comic_ids"),
        ({"title": "a", "comic_ids": ["1"]}, "comic_ids"),
        ({"title": "a", "lain": 1}, "lain"),
    ],
)
def test_a_banner_that_makes_no_sense_is_refused_by_the_name_of_the_field(admin, body, field):
    refused = admin.post("/v1/banners", body, expect=422)
    assert refused.json["errors"][0]["loc"][:2] == ["body", field]
    assert admin.get("/v1/admin/banners").data == []


def test_a_schedule_ends_after_it_begins_also_when_only_one_end_is_changed(admin):
    first, second = "2026-12-01T00:00:00Z", "2026-12-02T00:00:00Z"
    make(admin, shown_from=second, shown_until=first, expect=422)
    made = make(admin, shown_from=second).data
    refused = admin.put(f"/v1/banners/{made['id']}", {"shown_until": first}, expect=422)
    assert refused.json["errors"][0]["loc"] == ["body", "shown_until"]


def test_unknown_comics_are_named_and_nothing_is_changed(admin, signed_in):
    comic = scene.comic(signed_in())
    refused = make(admin, comic_ids=[comic, 987654321, 987654322], expect=422)
    assert refused.json["errors"][0]["msg"] == "Unknown: 987654321, 987654322"
    made = make(admin, comic_ids=[comic]).data
    admin.put(f"/v1/banners/{made['id']}", {"title": "Baru", "comic_ids": [987654321]}, expect=422)
    assert admin.get("/v1/admin/banners").data == [made]


def test_a_picture_makes_a_banner_visible_to_everybody(admin, api):
    made = make(admin).data
    shown = upload(admin, made["slug"], png(), expect=200).data
    assert [(p["width"], p["height"]) for p in (shown["image"], shown["image"]["web"], shown["image"]["thumb"])] == [
        (1600, 800),
        (1024, 512),
        (300, 150),
    ]
    assert shown["image_url"] == shown["image"]["web"]["url"] and all(map(is_there, urls(shown)))
    assert [each["image"] for each in api.get("/v1/banners").data] == [shown["image"]]


def test_the_files_of_an_old_picture_are_removed_and_those_of_the_new_one_stay(admin):
    made = make(admin).data
    old = upload(admin, made["id"], png(), expect=200).data
    new = upload(admin, made["id"], png("teal"), expect=200).data
    admin.work("delete_files")
    assert not any(map(is_there, urls(old))) and all(map(is_there, urls(new)))


@pytest.mark.parametrize("change", [{"image_url": "https://cdn.contoh.id/lain.jpg"}, {"image_url": None}])
def test_a_picture_elsewhere_or_none_takes_the_place_of_an_uploaded_one(admin, change):
    made = make(admin).data
    old = upload(admin, made["id"], png(), expect=200).data
    after = admin.put(f"/v1/banners/{made['id']}", change).data
    admin.work("delete_files")
    assert (after["image"], after["image_url"]) == (None, change["image_url"])
    assert not any(map(is_there, urls(old)))


def test_a_change_of_the_words_leaves_the_picture(admin):
    made = make(admin).data
    before = upload(admin, made["id"], png(), expect=200).data
    after = admin.put(f"/v1/banners/{made['id']}", {"title": "Baru"}).data
    admin.work("delete_files")
    assert after["image"] == before["image"] and all(map(is_there, urls(after)))


def test_a_banner_that_is_sent_back_as_it_was_shown_keeps_its_picture(admin, monkeypatch):
    before = upload(admin, make(admin).data["id"], png(), expect=200).data
    with monkeypatch.context() as served:
        served.setenv("PUBLIC_MEDIA_URL", "https://cdn.contoh.id")  # As in production; an address of ours is never plain http there.
        (shown,) = admin.get("/v1/admin/banners").data
        sent = {name: value for name, value in shown.items() if name not in ("id", "image", "created_at", "updated_at")}
        after = admin.put(f"/v1/banners/{before['id']}", {**sent, "title": "Baru"}).data
    admin.work("delete_files")
    assert shown["image_url"].startswith("https://cdn.contoh.id/banners/")
    assert after == {**shown, "title": "Baru", "updated_at": after["updated_at"]}
    assert all(map(is_there, urls(before)))
    (*_, change) = log(before["id"])
    assert change.before["image_url"] == change.after["image_url"]


def test_what_is_no_picture_is_refused_and_leaves_no_file(admin):
    made = make(admin).data
    upload(admin, made["id"], b"<svg onload=alert(1)>", expect=415)
    upload(admin, 987654321, png(), expect=404)
    assert admin.get("/v1/admin/banners").data[0]["image"] is None


def test_a_picture_for_a_banner_that_goes_meanwhile_is_removed_again(admin, monkeypatch):
    from functions.banners import keeping

    made, stored = make(admin).data, []
    renewed = keeping.pictures.renewed

    def deleted_meanwhile(data, stem):
        scene.change("delete from banners where id = :id", id=made["id"])
        picture, files = renewed(data, stem)
        stored.extend(files)
        return picture, files

    monkeypatch.setattr(keeping.pictures, "renewed", deleted_meanwhile)
    upload(admin, made["id"], png(), expect=404)
    base = admin.services.settings["PUBLIC_MEDIA_URL"]
    assert stored and all(is_there(f"{base}/{name}") for name in stored)
    scene.change("update jobs set run_at = now() where kind = 'delete_files' and status = 'queued'")
    admin.work("delete_files")
    assert not any(is_there(f"{base}/{name}") for name in stored)


def test_a_deleted_banner_is_gone_with_its_picture(admin, api):
    made = make(admin).data
    old = upload(admin, made["id"], png(), expect=200).data
    admin.delete(f"/v1/banners/{made['slug']}")
    admin.work("delete_files")
    assert not any(map(is_there, urls(old)))
    assert api.get("/v1/banners").data == [] == admin.get("/v1/admin/banners").data
    admin.delete(f"/v1/banners/{made['id']}", expect=404)


def test_every_edit_is_in_the_audit_log_with_before_and_after(admin):
    made = make(admin).data
    admin.put(f"/v1/banners/{made['id']}", {"display_order": 3, "shown_from": "2026-01-01T00:00:00Z"})
    upload(admin, made["id"], png(), expect=200)
    admin.delete(f"/v1/banners/{made['id']}")
    entries = log(made["id"])
    assert [entry.action for entry in entries] == ["banner.create", "banner.change", "banner.image", "banner.delete"]
    assert {entry.actor_id for entry in entries} == {admin.user["id_users"]}
    assert (entries[1].before["display_order"], entries[1].after["display_order"]) == (0, 3)
    assert entries[3].before["title"] == "Pekan Kancil"


def test_the_same_idempotency_key_makes_one_banner(admin):
    first, again = (make(admin, headers={"Idempotency-Key": "banner-1"}).json for _ in range(2))
    assert first == again
