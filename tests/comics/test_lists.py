"""One's own lists scroll by cursor to their end, each comic once, also while the list changes above."""

import pytest

from common import db
from tests.support import stories

HOW_MANY = 7


@pytest.fixture
def creator(signed_in):
    """Somebody whose lists are empty."""
    return signed_in()


def made(creator, *, public):
    """Seven comics of theirs, newest first: drafts, or published and read."""
    with db.transaction() as making:
        rows = making.all(
            "insert into comics (user_id, title, draft_job_status, published_at, updated_at)"
            " select :user, 'Komik ' || n, 'COMPLETED', case when :public then now() - n * interval '1 hour' end, now() - n * interval '1 hour'"
            " from generate_series(1, cast(:many as int)) n returning id",
            user=creator.user["id_users"],
            public=public,
            many=HOW_MANY,
        )
        if public:
            making.run(
                "insert into read_history (user_id, comic_id, read_at) select :user, id, published_at from comics where user_id = :user and is_public",
                user=creator.user["id_users"],
            )
    return [row.id for row in rows]


@pytest.mark.parametrize("path", ["/v1/comics/my-published", "/v1/comics/last-read", "/v1/comics/drafts"])
def test_a_list_is_scrolled_to_its_end_by_cursor(creator, path):
    ids = made(creator, public=path != "/v1/comics/drafts")
    found, cursor, pages = [], None, 0
    while True:
        answer = creator.get(path, per_page=3, **({"cursor": cursor} if cursor else {}))
        rows, meta = (answer.data["drafts"], answer.data["pagination"]) if path.endswith("drafts") else (answer.data, answer.json["meta"])
        found += [each["id"] for each in rows]
        pages += 1
        cursor = meta["next_cursor"]
        assert (meta["total"], meta["has_next"]) == (HOW_MANY, cursor is not None)
        if cursor is None:
            break
    assert (found, pages) == (ids, 3)
    assert creator.get(path, cursor="nonsense", expect=422).json["errors"][0]["loc"] == ["query", "cursor"]


def test_pages_by_number_still_work(creator):
    ids = made(creator, public=False)
    pages = [[each["id"] for each in creator.get("/v1/comics/drafts", per_page=4, page=page).data["drafts"]] for page in (1, 2, 3)]
    assert pages == [ids[:4], ids[4:], []]


@pytest.mark.parametrize(("path", "order"), [("/v1/public/comics/new", "newest"), ("/v1/public/comics/trending", "trending")])
def test_the_web_sites_lists_go_on_where_their_last_page_ended_by_cursor_and_by_number(api, creator, path, order):
    made(creator, public=True)
    all_of_them = [each["id"] for each in api.get("/v1/comics", sort_by=order, per_page=6).data]
    first = api.get(path, limit=3)
    meta = first.json["meta"]
    assert (meta["per_page"], meta["has_next"]) == (3, True)
    for further in ({"cursor": meta["next_cursor"], "limit": 3}, {"page": 2, "limit": 3}, {"page": 2, "per_page": 3}):
        assert [each["id"] for each in first.data + api.get(path, **further).data] == all_of_them
    assert len(api.get(path).data) <= 10


def test_a_stories_draft_is_in_the_list_at_once(signed_in):
    siti = signed_in()
    comic = stories.start(siti)
    assert [each["id"] for each in siti.get("/v1/comics/drafts").data["drafts"]] == [comic]


def test_a_reader_who_shares_in_a_loop_is_not_a_crowd(api, creator):
    [comic] = made_public = made(creator, public=True)[:1]
    for _ in range(12):
        api.post(f"/v1/comics/{comic}/share", expect=200, headers={"X-Forwarded-For": "203.0.113.7"})
    creator.post(f"/v1/comics/{comic}/share", expect=200)
    with db.reading() as reading:
        assert reading.value("select total_shares from comics where id = any(cast(:ids as bigint[]))", ids=made_public) == 11
    assert api.post("/v1/comics/999999999/share").status == 404
