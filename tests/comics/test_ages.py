"""Age ratings: who is shown what, who sets them, and that restricted comics come in by no other door."""

import pytest

from common import clock
from common.comics import ages
from functions.banners.main import api as banners
from functions.comics.main import api as comics_function
from tests.social import scene

RATINGS = ["all", "13", "17", "21"]


@pytest.fixture
def signed_in(api):
    return lambda **facts: scene.person(api, **facts)


@pytest.fixture(autouse=True)
def nothing_kept():
    for function in (comics_function, banners):
        function._fresh.clear()


@pytest.fixture
def author(signed_in):
    return signed_in(name="Siti")


@pytest.fixture
def shelf(author):
    """A comic of each rating, by its rating; found by a word that no other comic has."""
    word = f"rak{author.user['id_users']}"
    made = dict(zip(RATINGS, scene.comics(author, 4, f"Cerita {word}"), strict=True))
    for rating, comic in made.items():
        rate(comic, rating)
    return made


def rate(comic, rating):
    scene.change("update comics set age_rating = :rating where id = :comic", rating=rating, comic=comic)


def aged(caller, years):
    """The caller after telling a year of birth that makes them surely `years` old."""
    caller.put("/v1/me/age", {"birth_year": clock.today().year - years - 1})
    return caller


def ratings_in(shelf, found):
    return [rating for rating, comic in shelf.items() if comic in {each["id"] for each in found}]


@pytest.mark.parametrize(
    ("years", "shown"), [(None, 2), (5, 1), (12, 1), (13, 2), (16, 2), (17, 3), (20, 3), (21, 4), (80, 4)], ids=lambda value: str(value)
)
def test_a_reader_is_shown_what_is_for_the_own_age(years, shown, shelf, author, signed_in):
    reader = signed_in() if years is None else aged(signed_in(), years)
    for sort in ("newest", "popularity", "trending"):
        assert ratings_in(shelf, reader.get("/v1/comics", user_id=author.user["id_users"], sort_by=sort).data) == RATINGS[:shown]
    assert ratings_in(shelf, reader.get("/v1/comics", q=f"rak{author.user['id_users']}").data) == RATINGS[:shown]
    for rating, comic in shelf.items():
        allowed = rating in RATINGS[:shown]
        for path in ("/v1/comics/show/{}", "/v1/comics/{}", "/v1/drafts/{}/panels"):
            answer = reader.get(path.format(comic), expect=200 if allowed else 403)
            assert allowed or (answer.error, answer.json["age_rating"], answer.json["known"]) == (
                "AgeRestricted",
                rating,
                years is not None,
            )


def test_strangers_are_shown_what_is_for_13_everywhere(shelf, author, api):
    user = author.user["id_users"]
    for path in ("/v1/comics", "/v1/public/comics"):
        assert ratings_in(shelf, api.get(path, user_id=user).data) == ["all", "13"]
    for path in ("/v1/public/comics/new", "/v1/public/comics/trending"):
        assert set(ratings_in(shelf, api.get(path, limit=50).data)) <= {"all", "13"}
    for rating in ("17", "21"):
        for path in ("/v1/comics/show/{}", "/v1/public/comics/{}", "/v1/drafts/{}/panels", "/c/{}"):
            assert api.get(path.format(shelf[rating]), expect=403).headers["Cache-Control"] == "no-store"
    assert {each["id"] for each in api.get(f"/v1/comics/{shelf['17']}/similar", limit=50).data} & {shelf["21"], shelf["17"]} == set()


def test_what_one_reader_was_just_shown_is_not_kept_for_the_next(shelf, author, signed_in, api):
    reader, path = aged(signed_in(), 30), f"/v1/comics?user_id={author.user['id_users']}"
    assert ratings_in(shelf, reader.get(path).data) == RATINGS
    assert ratings_in(shelf, api.get(path).data) == ["all", "13"]
    assert ratings_in(shelf, reader.get(path).data) == RATINGS


@pytest.mark.parametrize(
    "header", ["Bearer {}", "bearer {}", "Bearer   {}  ", "Bearer {} \xa0", "Bearer {} \x85", "Bearer {}\t\t"], ids=ascii
)
def test_whoever_is_signed_in_by_a_header_is_signed_in_to_what_keeps_answers(header, shelf, author, signed_in, api):
    reader, path = aged(signed_in(), 30), f"/v1/comics?user_id={author.user['id_users']}"
    own = api.get(path, headers={"Authorization": header.format(reader.token)})
    assert (ratings_in(shelf, own.data), own.headers["Cache-Control"]) == (RATINGS, "private, no-store")
    assert ratings_in(shelf, api.get(path).data) == ["all", "13"]


def test_the_page_of_a_restricted_comic_says_for_whom_it_is_and_shows_nothing_of_it(shelf, api):
    answer = api.get(f"/c/{shelf['21']}", expect=403, headers={"Accept-Language": "id"})
    page = answer.body.decode()
    assert "Untuk pembaca 21 tahun ke atas" in page and "Cerita" not in page


def test_the_sentence_helps_whoever_has_not_told_an_age_and_not_who_has(shelf, api, signed_in):
    unknown = api.get(f"/v1/comics/show/{shelf['17']}", expect=403).json["detail"]
    known = aged(signed_in(), 15).get(f"/v1/comics/show/{shelf['17']}", expect=403).json["detail"]
    assert unknown == "This comic is for readers from 17 years; sign in and tell your year of birth to read it"
    assert known == "This comic is for readers from 17 years"


def test_feed_bookmarks_history_and_banners_leave_out_what_is_for_older_readers(shelf, author, signed_in, api):
    reader = aged(signed_in(), 30)
    reader.post(f"/v1/users/{author.user['id_users']}/follow", expect=200)
    reader.post("/v1/bookmarks", {"comic_ids": list(shelf.values())}, expect=200)
    for comic in shelf.values():
        reader.post(f"/v1/comics/{comic}/track-read", expect=200)
    lists = ("/v1/feed", "/v1/bookmarks", "/v1/history", "/v1/comics/last-read")
    assert all(ratings_in(shelf, reader.get(path).data) == RATINGS for path in lists)
    aged(reader, 10)
    for path in lists:
        answer = reader.get(path)
        assert ratings_in(shelf, answer.data) == ["all"] and answer.json["meta"]["total"] == 1
    admin = signed_in()
    scene.change("update users set role = 'admin' where id_users = :user", user=admin.user["id_users"])
    body = {"title": f"Rak {shelf['all']}", "image_url": "https://cdn.contoh.id/a.jpg", "comic_ids": list(shelf.values())}
    banner = admin.post("/v1/banners", body, expect=201).data["slug"]
    assert ratings_in(shelf, api.get(f"/v1/banners/{banner}").data["comics"]) == ["all", "13"]
    admin.delete(f"/v1/banners/{banner}")


def test_files_and_narrations_of_a_restricted_comic_are_restricted_too(shelf, signed_in, api):
    comic, young, old = shelf["17"], aged(signed_in(), 12), aged(signed_in(), 40)
    scene.change("update comics set allow_download = true where id = :comic", comic=comic)
    sql = "insert into comic_panels (comic_id, page_number, panel_number, narration) values (:comic, 1, 1, 'Gelap gulita.') returning id"
    panel = scene.run(lambda db: db.value(sql, comic=comic))
    for door in ("download/pdf", "download/video", "preview-video", "exported-media"):
        assert young.get(f"/v1/comics/{comic}/{door}", expect=403).error == "AgeRestricted"
        assert old.get(f"/v1/comics/{comic}/{door}", expect=None).status in (200, 409)
    api.get(f"/v1/comics/{comic}/preview-video", expect=403)
    assert young.post("/v1/text-to-speech", {"panel_id": panel}, expect=403).error == "AgeRestricted"


# What one does with a comic that one reads: where, with what, and what is answered to those who may.
DOORS = {
    "read": ("POST", "track-read", {"last_panel": 1}, 200),
    "share": ("POST", "share", None, 200),
    "like": ("POST", "likes", None, 200),
    "see comments": ("GET", "comments", None, 200),
    "comment": ("POST", "comments", {"content": "Ngeri sekali"}, 201),
    "rate": ("POST", "comments", {"content": "Bagus", "rating": 5}, 201),
}
COUNTED = "total_views, total_shares, total_likes, total_comments, rating_count"


def tries(caller, comic, door):
    method, path, body, _ = DOORS[door]
    return caller.call(method, f"/v1/comics/{comic}/{path}", body)


@pytest.mark.parametrize("door", DOORS)
def test_who_may_not_read_a_comic_may_not_act_on_it_nor_see_what_is_said_about_it(door, shelf, author, signed_in, api):
    comic, old = shelf["21"], aged(signed_in(), 40)
    old.post(f"/v1/comics/{comic}/comments", {"content": "Akhirnya dia mati"}, expect=201)
    before = scene.rows(f"select {COUNTED} from comics where id = :comic", comic=comic)
    signing = [] if door in ("like", "comment", "rate") else [(api, False)]
    for caller, known in [(signed_in(), False), (aged(signed_in(), 20), True), *signing]:
        refused = tries(caller, comic, door)
        assert (refused.status, refused.error, refused.json["age_rating"], refused.json["known"]) == (403, "AgeRestricted", "21", known)
        assert "Akhirnya" not in refused.body.decode()
    assert scene.rows(f"select {COUNTED} from comics where id = :comic", comic=comic) == before
    assert scene.rows("select user_id from read_history where comic_id = :comic", comic=comic) == []
    for caller in (old, aged(author, 14)):
        assert tries(caller, comic, door).status == DOORS[door][3]
    assert tries(signed_in(), shelf["13"], door).status == DOORS[door][3]


@pytest.mark.parametrize("door", DOORS)
def test_a_draft_for_older_readers_is_not_found_rather_than_restricted(door, author, signed_in):
    draft = scene.comic(author, public=False)
    rate(draft, "21")
    assert tries(signed_in(), draft, door).status == 404


def test_what_one_said_and_liked_can_be_taken_back_after_a_comic_was_rated_for_older_readers(author, signed_in):
    comic, budi = scene.comic(author), signed_in()
    budi.post(f"/v1/comics/{comic}/likes", expect=200)
    comment = budi.post(f"/v1/comics/{comic}/comments", {"content": "Hai"}, expect=201).data["id"]
    rate(comic, "21")
    assert budi.get(f"/v1/comics/{comic}/likes/status").data["is_liked"] is True
    budi.delete(f"/v1/comics/{comic}/likes", expect=200)
    budi.delete(f"/v1/comments/{comment}", expect=200)
    assert scene.rows("select total_likes, total_comments from comics where id = :comic", comic=comic) == [(0, 0)]


# The caller, and as many as before anybody asked for an age: it is in a row that is read anyway.
@pytest.mark.parametrize(("door", "statements"), {"read": 5, "share": 4, "like": 5, "see comments": 2, "comment": 5}.items())
def test_asking_for_the_age_takes_no_statement_more(door, statements, shelf, signed_in, monkeypatch):
    reader = aged(signed_in(), 40)
    with scene.counted(monkeypatch) as seen:
        assert tries(reader, shelf["21"], door).status == DOORS[door][3]
    assert len(seen) == statements, seen


def test_an_author_sees_the_own_comic_at_any_age(author, shelf):
    aged(author, 14)
    assert author.get(f"/v1/comics/show/{shelf['21']}").data["age_rating"] == "21"
    author.get(f"/v1/drafts/{shelf['21']}/panels")


def test_an_owner_rates_the_own_comic_also_a_published_one(author, signed_in, api):
    comic = scene.comic(author)
    assert author.put(f"/v1/comics/{comic}/age-rating", {"age_rating": "17"}).data["age_rating"] == "17"
    api.get(f"/v1/comics/show/{comic}", expect=403)
    author.put(f"/v1/comics/{comic}/age-rating", {"age_rating": "all"})
    api.get(f"/v1/comics/show/{comic}")
    signed_in().put(f"/v1/comics/{comic}/age-rating", {"age_rating": "17"}, expect=404)
    for wrong in ("18", 17, None):
        author.put(f"/v1/comics/{comic}/age-rating", {"age_rating": wrong}, expect=422)


def test_an_owner_cannot_rate_lower_than_moderators_did(author, signed_in):
    comic, moderator = scene.comic(author, "Raksasa"), signed_in()
    scene.change("update users set role = 'moderator' where id_users = :user", user=moderator.user["id_users"])
    moderator.put(f"/v1/admin/comics/{comic}/age-rating", {"age_rating": "17", "note": "Kekerasan di halaman 2"})
    refused = author.put(f"/v1/comics/{comic}/age-rating", {"age_rating": "13"}, expect=409)
    assert (refused.error, refused.json["least_age_rating"]) == ("RatedByModerators", "17")
    author.put(f"/v1/comics/{comic}/age-rating", {"age_rating": "21"})
    (told,) = scene.inbox(author.user["id_users"], "moderation")
    assert told.message == "Moderator kami menetapkan batas usia 'Raksasa': 17 tahun ke atas."
    (entry,) = scene.rows("select * from audit_log where action = 'comic.rate' and subject_id = :id", id=str(comic))
    assert (entry.before["age_rating"], entry.after["age_rating"], entry.reason) == ("all", "17", "Kekerasan di halaman 2")
    moderator.put(f"/v1/admin/comics/{comic}/age-rating", {"age_rating": "all"})
    author.put(f"/v1/comics/{comic}/age-rating", {"age_rating": "13"})


def test_the_totals_of_lists_are_of_what_a_reader_is_shown(shelf, signed_in, api):
    def real(*shown):
        sql = "select count(*) as n from comics where is_public and age_rating = any(cast(:shown as text[]))"
        return scene.rows(sql, shown=list(shown))[0].n

    def total(caller):
        comics_function._fresh.clear()
        return caller.get("/v1/comics").json["meta"]["total"]

    old, young = aged(signed_in(), 40), aged(signed_in(), 8)
    for _ in range(2):
        assert (total(young), total(api), total(old)) == (real("all"), real("all", "13"), real(*RATINGS))
        scene.change("update comics set hidden_at = now() where id = :comic", comic=shelf["13"])
        rate(shelf["17"], "all")
        scene.change("delete from comics where id = :comic", comic=shelf["21"])


def test_whoever_blocks_somebody_is_not_shown_their_comics_in_lists(shelf, author, signed_in, api):
    reader, user = signed_in(), author.user["id_users"]
    reader.post(f"/v1/users/{user}/block", expect=200)
    assert reader.get("/v1/comics", user_id=user).data == [] == reader.get("/v1/comics", q=f"rak{user}").data
    assert ratings_in(shelf, author.get("/v1/comics", user_id=user).data) == ["all", "13"]
    assert ratings_in(shelf, api.get("/v1/comics", user_id=user).data) == ["all", "13"]


@pytest.mark.parametrize("path", ["/v1/comics", "/v1/comics?genre=Horor", "/v1/feed", "/v1/bookmarks", "/v1/history"])
def test_lists_for_a_reader_of_known_age_with_blocks_take_one_statement(path, author, signed_in, monkeypatch):
    reader = aged(signed_in(), 15)
    reader.post(f"/v1/users/{author.user['id_users']}/block", expect=200)
    with scene.counted(monkeypatch) as seen:
        reader.get(path)
    assert len(seen) == 2  # The caller, and the list.


def test_a_year_of_birth_is_told_put_right_and_no_more(signed_in):
    reader, year = signed_in(), clock.today().year
    assert reader.get("/v1/me/age").data == {"birth_year": None, "age_ratings": ["all", "13"]}
    for age in (18, 30, 18):
        for _ in range(2):
            told = reader.put("/v1/me/age", {"birth_year": year - age - 1}).data
        assert told == reader.get("/v1/me/age").data
    assert reader.put("/v1/me/age", {"birth_year": year - 50}, expect=429).headers["Retry-After"]
    for wrong in (year + 1, year, 1800, "2000", None):
        reader.put("/v1/me/age", {"birth_year": wrong}, expect=422)


def test_the_age_that_counts_is_the_one_that_is_sure(monkeypatch):
    """Somebody born in 2009 is 17 at the latest on the last day of 2026."""
    from datetime import date

    for day, years in ((date(2026, 12, 31), 16), (date(2027, 1, 1), 17)):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        assert ages.years(2009) == years


def test_the_year_of_birth_is_in_the_export_and_gone_after_erasing(signed_in):
    from common import erasure

    reader = aged(signed_in(), 20)
    user = reader.user["id_users"]
    (row,) = reader.get("/v1/me/export").data["tables"]["users"]
    assert row["birth_year"] == clock.today().year - 21
    scene.run(erasure.erase, user)
    assert scene.rows("select birth_year from users where id_users = :user", user=user)[0].birth_year is None
