"""A search finds the same whether a word is frequent, rare, or between, and shows only what its reader may see."""

import random

import pytest

from common import db
from functions.comics import listing

FREQUENT, RARE = "zamrudhijau", "batunilam"


@pytest.fixture(scope="module")
def made(database):
    """Sixty comics of which two in three have one word and every twentieth another, and every seventh is for grown-ups."""
    with db.transaction() as making:
        creator = making.value(
            "insert into users (full_name, email, referral_code_id, is_verified) values ('Pencari', 'pencari@contoh.id', 'PENCARI', true) returning id_users"
        )
        making.run(
            "insert into comics (user_id, genre, title, published_at, total_views, age_rating)"
            " select :user, case when n % 2 = 0 then '[\"Zoologi\"]'::jsonb else '[]' end, 'Kisah' || case when n % 3 > 0 then ' ' || cast(:frequent as text) else '' end || case when n % 20 = 0 then ' ' || cast(:rare as text) else '' end,"
            " now() - n * interval '1 minute', n * 37 % 61, case when n % 7 = 0 then '17' else 'all' end from generate_series(1, 60) n",
            user=creator,
            frequent=FREQUENT,
            rare=RARE,
        )
    yield creator
    # Other tests look at the first page of everything.
    with db.transaction() as making:
        making.run("delete from users where id_users = :user", user=creator)


@pytest.fixture(params=[(0, 0, 0), (25, 0, 0), (2000, 0, 0), (2000, 1000, 2)], ids=["none", "fewer than there are", "all", "as it is"])
def walked(request, monkeypatch):
    """So many comics are walked whatever is found; the last as it is, where so few comics are not worth walking."""
    yield from bounded(monkeypatch, **dict(zip(("WALKED", "PROBED", "LIKELY"), request.param, strict=True)))


@pytest.fixture
def fourteen(monkeypatch):
    """A search says at most that it found fourteen."""
    yield from bounded(monkeypatch, COUNTED=14)


def bounded(monkeypatch, **bounds):
    for name, value in bounds.items():
        monkeypatch.setattr(listing, name, value)
    listing._statement.cache_clear()
    yield
    listing._statement.cache_clear()


def expected(creator, word, order):
    with db.reading() as reading:
        return [
            row.id
            for row in reading.all(
                f"select id from comics where user_id = :user and title like :word and age_rating = 'all' order by {order} desc, id desc",
                user=creator,
                word=f"%{word}%",
            )
        ]


@pytest.mark.parametrize(("sort_by", "order"), [("popularity", "total_views"), ("newest", "published_at")])
@pytest.mark.parametrize("word", [FREQUENT, RARE])
def test_all_that_have_a_word_are_found_in_their_order_page_by_page(api, made, walked, word, sort_by, order):
    wanted, by_cursor, by_page, cursor = expected(made, word, order), [], [], {}
    for page in range(1, 20):
        answer = api.get("/v1/comics", q=word, sort_by=sort_by, per_page=7, **cursor)
        assert answer.json["meta"]["total"] == len(wanted)
        by_cursor += [each["id"] for each in answer.data]
        by_page += [each["id"] for each in api.get("/v1/comics", q=word, sort_by=sort_by, per_page=7, page=page).data]
        if not answer.json["meta"]["has_next"]:
            break
        cursor = {"cursor": answer.json["meta"]["next_cursor"]}
    assert by_cursor == by_page == wanted


@pytest.mark.parametrize("filters", [{"q": FREQUENT}, {"q": RARE}, {"genre": "Zoologi"}, {"q": FREQUENT, "genre": "Zoologi"}])
@pytest.mark.parametrize(("counted", "sampled"), [(14, 10), (14, 2000), (1000, 10), (1000, 2000)])
def test_a_total_is_exact_up_to_where_counting_ends_whether_or_not_a_sample_leaves_no_doubt(
    api, made, monkeypatch, filters, counted, sampled
):
    found = api.get("/v1/comics", **filters, per_page=100).json["meta"]["total"]
    assert found > 1
    for _ in bounded(monkeypatch, COUNTED=counted, SAMPLED=sampled):
        # Asked as nobody did within this second, so that no kept answer is given.
        asked = api.get("/v1/comics", **filters, headers={"Accept-Language": f"id;q=0.{counted}{sampled}"})
        assert asked.json["meta"]["total"] == min(found, counted)


def test_pages_by_number_end_where_counting_does_and_a_cursor_goes_on(api, made, fourteen):
    last = api.get("/v1/comics", q=FREQUENT, per_page=7, page=2)
    assert (len(last.data), last.json["meta"]["total"]) == (7, 14)
    beyond = api.get("/v1/comics", q=FREQUENT, per_page=7, page=3)
    assert (beyond.data, beyond.json["meta"]["total"], beyond.json["meta"]["has_next"]) == ([], 14, False)
    further = api.get("/v1/comics", q=FREQUENT, per_page=7, cursor=last.json["meta"]["next_cursor"]).data
    assert [each["id"] for each in further] == expected(made, FREQUENT, "total_views")[14:21]


def test_the_lists_that_everybody_sees_do_not_walk_past_what_is_for_grown_ups(made):
    with db.transaction() as asking:
        asking.run("set local enable_seqscan = off")
        asking.run("set local enable_sort = off")
        for order in ("total_views", "published_at", "trending_score"):
            plan = asking.all(
                f"explain select id from comics c where c.is_public and c.age_rating in ('all', '13') order by c.{order} desc, c.id desc limit 20"
            )
            assert "ix_comics_open_" in "\n".join(row[0] for row in plan), plan


def test_a_comic_has_similar_ones_when_the_most_read_thousand_are_all_for_grown_ups(api, made):
    with db.transaction() as making:
        insert = "insert into comics (user_id, title, genre, published_at, total_views, age_rating)"
        making.run(f"{insert} select :user, 'Dewasa', '[\"Kosmologi\"]', now(), 1000000, '17' from generate_series(1, 1001)", user=made)
        one, other = (
            row.id
            for row in making.all(
                f"{insert} select :user, 'Bintang ' || n, '[\"Kosmologi\"]', now(), 0, 'all' from generate_series(1, 2) n returning id",
                user=made,
            )
        )
    assert next(iter(api.get(f"/v1/comics/{one}/similar").data))["id"] == other


@pytest.fixture(scope="module")
def titled(database):
    """Comics whose titles have signs that PostgreSQL's parser takes for parts of hosts, files and numbers; ids by title."""
    titles = [
        "Kancilsakti Vol.2",
        "Kancilsakti Vol.3",
        "Dilanku-1990",
        "Dilanku-1991",
        "Ayahku/Ibuku",
        "Ayahku dan Ibuku",
        "Jum'atku",
        "Ronda v1.0.2",
    ]
    with db.transaction() as making:
        creator = making.value(
            "insert into users (full_name, email, referral_code_id, is_verified) values ('Penanda', 'penanda@contoh.id', 'PENANDA', true) returning id_users"
        )
        rows = making.all(
            "insert into comics (user_id, title, published_at, age_rating) select :user, title, now(), 'all' from unnest(cast(:titles as text[])) title"
            " returning id, title",
            user=creator,
            titles=titles,
        )
    yield {row.id: row.title for row in rows}
    with db.transaction() as making:
        making.run("delete from users where id_users = :user", user=creator)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kancilsakti vol.2", {"Kancilsakti Vol.2"}),
        ("vol.2 kancilsakti", {"Kancilsakti Vol.2"}),
        ("KANCILSAKTI, (Vol.2)!", {"Kancilsakti Vol.2"}),
        ("kancilsakti vol.", {"Kancilsakti Vol.2", "Kancilsakti Vol.3"}),
        ("dilanku-1990", {"Dilanku-1990"}),
        ("dilanku", {"Dilanku-1990", "Dilanku-1991"}),
        ("ayahku/ibuku", {"Ayahku/Ibuku", "Ayahku dan Ibuku"}),
        ("ayahku-ibu", {"Ayahku dan Ibuku"}),
        ("jum'atku", {"Jum'atku"}),
        ("ronda v1.0.2", {"Ronda v1.0.2"}),
    ],
)
def test_a_title_with_signs_in_it_is_found_as_it_is_written(api, titled, typed, found):
    assert {titled[each["id"]] for each in api.get("/v1/comics", q=typed, per_page=50).data if each["id"] in titled} == found


HOSTILE = [
    "'",
    "''",
    "\\",
    "\\'",
    "'\\",
    ":*",
    "a'b",
    "a\\",
    "\\a'",
    "a':*|'b",
    "!a",
    "a<->b",
    "(a",
    "a)",
    "a:ABCD",
    "&|!",
    "a\u00a0b",
    "h\u0301",
    "%_",
    "<b",
    "&amp;",
    "http://a/b?c='",
]


def test_whatever_is_typed_is_a_search_and_never_an_error(api):
    wild = random.Random(7)
    texts = HOSTILE + ["".join(wild.choices("ab1 \\\\''''&|!():*<>-./@_\t\n\u00e9\u200d", k=wild.randint(1, 200))) for _ in range(3000)]
    with db.reading() as reading:
        queries = [listing.search_terms(text) for text in texts]
        assert reading.value("select count(to_tsquery('indonesian', each)) from unnest(cast(:q as text[])) each", q=queries) == len(texts)
    for text in HOSTILE:
        api.get("/v1/comics", q=text, expect=200)
