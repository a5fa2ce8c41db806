"""Comics like this one: by what they tell where pgvector is there, by genre, style and words where it is not."""

import pytest

from common import db, jobs
from common.clients.errors import Unavailable
from common.comics import embeddings
from functions.comics import discovery
from infra import embed, migrations
from infra.local import httpd, vertex
from tests.social import scene
from tests.support import stories
from tests.writing.tellings import TELLINGS


@pytest.fixture(scope="module")
def creator(gateway, services):
    """Somebody whose comics are all that is public here."""
    from tests.support import people
    from tests.support.client import Client

    return people.signed_in(Client(gateway, services), name="Pendongeng")


@pytest.fixture(autouse=True)
def alone(creator):
    """Other tests' public comics are out of the way, and what a test made is gone after it; the index is looked for anew."""
    embeddings._known.clear()
    with db.transaction() as clearing:
        hidden = [row.id for row in clearing.all("update comics set hidden_at = now() where is_public returning id")]
    yield
    with db.transaction() as clearing:
        clearing.run("delete from comics where user_id = :user", user=creator.user["id_users"])
        clearing.run("update comics set hidden_at = null where id = any(cast(:ids as bigint[]))", ids=hidden)
    embeddings._known.clear()


def comic(creator, telling, *, genre=(), style=None, views=0, public=True):
    """A finished comic of a telling, without pictures; its id."""
    title, synopsis, tags, _ = telling.split("\n")
    with db.transaction() as making:
        return making.value(
            "insert into comics (user_id, title, synopsis, tags, genre, style_id, total_views, draft_job_status, published_at)"
            " values (:user, :title, :synopsis, :tags, cast(:genre as jsonb), cast(:style as bigint), :views, 'COMPLETED',"
            " case when :public then now() end) returning id",
            user=creator.user["id_users"],
            title=title,
            synopsis=synopsis,
            tags=tags,
            genre=db.json(list(genre)),
            style=style,
            views=views,
            public=public,
        )


def embedded(creator, *comics):
    """The jobs of these comics are done."""
    for each in comics:
        with db.transaction() as asking:
            embeddings.enqueue(asking, each)
    creator.work("embed")


def similar(caller, to, **query):
    return [each["id"] for each in caller.get(f"/v1/comics/{to}/similar", **query).data]


def told_twice(creator, genres, styles):
    """Every tale twice, first and second tellings with genres and styles of their own; the comics by tale."""
    made = {
        tale: [comic(creator, text, genre=genres[number], style=styles[number]) for number, text in enumerate(pair)]
        for tale, pair in TELLINGS.items()
    }
    assert embed.fill().made == 20
    return made


def test_of_comics_that_share_everything_else_the_other_telling_comes_first(api, creator):
    made = told_twice(creator, (["Fabel"], ["Fabel"]), (1, 1))
    for first, second in made.values():
        assert similar(api, first)[0] == second and similar(api, second)[0] == first


def test_the_other_telling_of_another_genre_and_style_comes_before_all_that_share_both(api, creator):
    made = told_twice(creator, (["Fabel", "Komedi"], ["Fabel"]), (1, 2))
    found = [tale for tale, (first, second) in made.items() if similar(api, first)[0] == second]
    # The local embedder knows no meaning: of one tale its two tellings have few words in common.
    assert {*TELLINGS} - {*found} <= {"timun"}


def test_without_the_index_it_is_by_genres_style_and_words_as_ever(api, creator, monkeypatch):
    first = comic(creator, TELLINGS["kancil"][0], genre=["Fabel", "Komedi"], style=1)
    told_again = comic(creator, TELLINGS["kancil"][1], genre=["Drama"], style=2)
    alike = comic(creator, TELLINGS["robot"][0], genre=["Fabel", "Komedi"], style=1)
    embedded(creator, first, told_again, alike)
    assert similar(api, first) == [told_again, alike]
    with db.transaction() as dropping:
        definition = dropping.value("select indexdef from pg_indexes where indexname = 'ix_comic_embeddings_nearest_256'")
        dropping.run("drop index ix_comic_embeddings_nearest_256")
    try:
        assert similar(api, first) == [told_again, alike], "the answer is remembered for a while"
        monkeypatch.setattr(embeddings, "REMEMBERED", 0.0)
        assert similar(api, first) == [alike]
    finally:
        with db.transaction() as making:
            making.run(definition)


def test_a_comic_without_a_vector_is_answered_as_ever(api, creator):
    first = comic(creator, TELLINGS["kancil"][0], genre=["Fabel"])
    told_again = comic(creator, TELLINGS["kancil"][1])
    alike = comic(creator, TELLINGS["robot"][0], genre=["Fabel"])
    embedded(creator, told_again, alike)
    assert similar(api, first) == [alike]


def test_vectors_of_another_model_are_not_compared(api, creator):
    first, told_again = (comic(creator, telling) for telling in TELLINGS["toba"])
    embedded(creator, first, told_again)
    assert similar(api, first) == [told_again]
    with db.transaction() as changing:
        changing.run("update comic_embeddings set model = 'another/256' where comic_id = :comic", comic=told_again)
    assert similar(api, first) == []


def test_what_is_not_public_is_never_shown(api, creator):
    first, told_again = (comic(creator, telling) for telling in TELLINGS["toba"])
    hidden = comic(creator, TELLINGS["toba"][1])
    embedded(creator, first, told_again, hidden)
    with db.transaction() as changing:
        changing.run("update comics set hidden_at = now() where id = :comic", comic=hidden)
    assert similar(api, first) == [told_again]
    with db.transaction() as changing:
        changing.run("update comics set published_at = null where id = any(cast(:ids as bigint[]))", ids=[first, told_again])
    assert api.get(f"/v1/comics/{first}/similar", expect=404).error == "NotFound"
    with db.transaction() as changing:
        changing.run("update comics set published_at = now(), hidden_at = null where id = any(cast(:ids as bigint[]))", ids=[first, hidden])
    assert similar(api, first) == [hidden]


def test_equally_near_comics_come_by_views_then_newest_first_each_time(api, creator):
    first = comic(creator, TELLINGS["keong"][0])
    copies = [comic(creator, TELLINGS["keong"][1], views=views) for views in (5, 9, 5, 0, 9)]
    embedded(creator, first, *copies)
    expected = [copies[4], copies[1], copies[2], copies[0], copies[3]]
    assert [similar(api, first) for _ in range(7)] == [expected] * 7
    assert similar(api, first, limit=2) == expected[:2]


def test_one_neighbour_alone_is_near(api, creator):
    first, told_again = (comic(creator, telling) for telling in TELLINGS["payung"])
    embedded(creator, first, told_again)
    assert similar(api, first) == [told_again]


def test_similar_takes_one_statement_and_once_in_a_while_two(api, creator, monkeypatch):
    first = comic(creator, TELLINGS["malin"][0])
    embedded(creator, first)
    counts = []
    for _ in range(3):
        with scene.counted(monkeypatch) as statements:
            api.get(f"/v1/comics/{first}/similar")
        counts.append(len(statements))
    assert counts == [2, 1, 1]


def test_publishing_has_a_comic_embedded_from_its_title_synopsis_tags_and_genres(api, creator, services):
    made = stories.published(creator)
    assert api.work("embed") == 1
    with db.reading() as reading:
        row = reading.one(
            "select c.title, c.synopsis, c.tags, c.genre, e.* from comics c join comic_embeddings e on e.comic_id = c.id where c.id = :c",
            c=made,
        )
    assert row.model == "hashed-1/256" and len(row.embedding) == 256
    assert row.text_hash == embeddings.digest("\n".join([row.title, row.synopsis, row.tags, ", ".join(row.genre)]))


def test_a_comic_is_embedded_again_only_when_its_words_or_the_model_changed(creator, monkeypatch):
    from common.clients import embedder

    asked = []
    monkeypatch.setattr(embedder, "embed", lambda text: asked.append(text) or [1.0] * 256)
    made = comic(creator, TELLINGS["malin"][0])
    embedded(creator, made)
    embedded(creator, made)
    assert len(asked) == 1
    with db.transaction() as changing:
        changing.run("update comics set title = 'Si Malin' where id = :comic", comic=made)
    embedded(creator, made)
    assert len(asked) == 2 and asked[1].startswith("Si Malin\n")
    monkeypatch.setattr(embedder, "model", lambda: "another/256")
    embedded(creator, made)
    assert len(asked) == 3


def test_words_that_change_while_they_are_embedded_are_embedded_again(creator, monkeypatch):
    from common.clients import embedder

    made = comic(creator, TELLINGS["malin"][0])

    def slow(text):
        if "Si Malin" not in text:
            with db.transaction() as publishing:
                publishing.run("update comics set title = 'Si Malin' where id = :comic", comic=made)
                embeddings.enqueue(publishing, made)
        return [1.0] * 256

    monkeypatch.setattr(embedder, "embed", slow)
    embedded(creator, made)
    assert live(made).kind == "embed", "the job will be tried again"
    with db.transaction() as hurrying:
        hurrying.run("update jobs set run_at = now() - interval '1 second' where comic_id = :comic and status = 'queued'", comic=made)
    creator.work("embed")
    with db.reading() as reading:
        told = reading.one(f"{embeddings.TOLD} where c.id = :comic", comic=made)
    assert told.text_hash == embeddings.digest(embeddings.text(told)) and live(made) is None


def live(made):
    with db.reading() as reading:
        return jobs.live(reading, f"comic:{made}:embedding")


def test_an_embedder_that_is_down_changes_nothing_for_creators_and_readers(api, creator, monkeypatch):
    from common.clients import embedder

    def down(_text):
        raise Unavailable("vertex")

    monkeypatch.setattr(embedder, "embed", down)
    made = comic(creator, TELLINGS["malin"][0], genre=["Legenda"])
    other = comic(creator, TELLINGS["robot"][0], genre=["Legenda"])
    embedded(creator, made)
    for _ in range(3):
        with db.transaction() as hurrying:
            hurrying.run("update jobs set run_at = now() - interval '1 second' where comic_id = :comic and status = 'queued'", comic=made)
        creator.work("embed")
    with db.reading() as reading:
        assert reading.value("select status from jobs where comic_id = :comic", comic=made) == "failed"
    assert similar(api, made) == [other]
    assert [each["title"] for each in creator.get("/v1/notifications").data if "Malin" in each["message"]] == []


def test_a_comic_that_was_deleted_or_taken_back_meanwhile_gets_no_vector(creator):
    gone, taken_back = (comic(creator, telling, public=False) for telling in TELLINGS["toba"])
    for each in (gone, taken_back):
        with db.transaction() as asking:
            embeddings.enqueue(asking, each)
    with db.transaction() as deleting:
        deleting.run("delete from comics where id = :comic", comic=gone)
    creator.work("embed")
    with db.reading() as reading:
        assert (
            reading.value("select count(*) from comic_embeddings where comic_id = any(cast(:ids as bigint[]))", ids=[gone, taken_back]) == 0
        )
    assert live(taken_back) is None


def test_every_public_comic_gets_its_vector_by_one_command_however_often_it_runs(creator, monkeypatch):
    monkeypatch.setattr(embed, "BATCH", 3)
    made = [comic(creator, text) for pair in TELLINGS.values() for text in pair]
    comic(creator, TELLINGS["robot"][0], public=False)
    comic(creator, "\n\n\n")
    embedded(creator, made[0])
    assert embed.make_index()
    assert embed.fill() == embed.Done(made=19, kept=2, failed=0)
    assert embed.fill() == embed.Done(made=0, kept=21, failed=0)


def test_a_service_that_is_down_stops_the_command(creator, monkeypatch):
    def down(_text):
        raise Unavailable("vertex")

    for pair in TELLINGS.values():
        comic(creator, pair[0])
    monkeypatch.setattr(embed.embedder, "embed", down)
    with pytest.raises(embed.OutOfOrder):
        embed.fill()


def test_another_length_of_vectors_has_its_own_index(api, creator, monkeypatch):
    first, told_again = (comic(creator, telling) for telling in TELLINGS["lutung"])
    embedded(creator, first, told_again)
    monkeypatch.setenv("EMBEDDING_DIMENSIONS", "64")
    assert similar(api, first) == [], "no index yet: as ever"
    assert embed.make_index() and embed.fill().made == 2
    embeddings._known.clear()
    try:
        assert similar(api, first) == [told_again]
    finally:
        with db.transaction() as dropping:
            dropping.run("drop index ix_comic_embeddings_nearest_64")


def test_a_database_that_may_not_have_pgvector_has_everything_else_and_gets_it_later(database, monkeypatch):
    """Migrated by a login that may not create extensions; then an administrator creates it and the command runs again."""
    with db.engine().execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
        admin.exec_driver_sql("create role modest login")
        admin.exec_driver_sql("create database plain")
    plain = database.database("plain")
    elsewhere(monkeypatch, plain)
    try:
        with db.engine().execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
            admin.exec_driver_sql("grant all on schema public to modest")
        elsewhere(monkeypatch, plain.replace("mamastoria@", "modest@"))
        migrations.upgrade()
        with db.reading() as reading:
            assert not embeddings.indexed(reading, 256)
        assert not embed.make_index()
        made = two_comics()
        assert embed.fill().made == 2
        assert shown(made[0]) == "[]"
        elsewhere(monkeypatch, plain)
        assert embed.make_index() and embed.make_index()
        embeddings._known.clear()
        assert f'"id" : {made[1]},' in shown(made[0])
        elsewhere(monkeypatch, plain.replace("mamastoria@", "modest@"))
        assert embed.make_index(), "what is there needs no right to make it"
    finally:
        elsewhere(monkeypatch, database.database())


def elsewhere(monkeypatch, url):
    db.engine().dispose()
    db._engine.cache_clear()
    monkeypatch.setenv("DATABASE_URL", url)


def two_comics():
    with db.transaction() as making:
        user = making.value(
            "insert into users (full_name, email, referral_code_id, is_verified) values ('Siti', 'siti@contoh.id', 'SITI', true) returning id_users"
        )
        return [
            making.value(
                "insert into comics (user_id, title, synopsis, published_at) values (:user, :title, :synopsis, now()) returning id",
                user=user,
                title=telling.split("\n")[0],
                synopsis=telling.split("\n")[1],
            )
            for telling in TELLINGS["kancil"]
        ]


def shown(comic):
    with db.reading() as reading:
        return discovery.similar(reading, comic, 10).text


def test_an_index_that_was_interrupted_while_it_was_made_is_not_used_and_made_anew(database):
    def usable():
        embeddings._known.clear()
        with db.reading() as reading:
            return embeddings.indexed(reading, 256)

    assert usable()
    with db.transaction() as breaking:
        breaking.run("update pg_index set indisvalid = false where indexrelid = to_regclass('ix_comic_embeddings_nearest_256')")
    assert not usable()
    assert embed.make_index() and usable()


def test_by_the_model_of_production_it_is_the_same_way(api, creator, monkeypatch):
    model = vertex.Model()
    served = vertex.serve(model)
    httpd.start(served)
    for name, value in {"EMBEDDER": "vertex", "VERTEX_URL": served.url, "VERTEX_SECONDS": "5"}.items():
        monkeypatch.setenv(name, value)
    try:
        first, told_again = (comic(creator, telling) for telling in TELLINGS["bawang"])
        model.plan(vertex.error(403, "PERMISSION_DENIED"))
        assert embed.fill() == embed.Done(made=1, kept=0, failed=1)
        assert embed.fill() == embed.Done(made=1, kept=1, failed=0)
        assert {asked.model for asked in model.asked} == {"gemini-embedding-001"}
        assert similar(api, first) == [told_again]
    finally:
        served.stop()
