"""The existing backend's database becomes ours in place: nothing is lost, what was doubled is one, and the books balance."""

import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

import bcrypt
import pytest

from common import clock, db, erasure, media
from common.clients import storage
from common.payments import invoices
from common.payments.providers import Event
from functions.analytics import history
from functions.social import notices
from functions.worker import readership
from infra import adoption, audit
from infra.local import postgres
from infra.seed import catalogue, loading
from tests.support.client import Client

HERE = Path(__file__).parent / "adoption"

PASSWORD = "rahasia-lama"


def fill(server, *names):
    """Run the old backend's files on a server."""
    from pg8000.native import Connection

    connection = Connection("mamastoria", host="127.0.0.1", port=int(server.url.rpartition(":")[2]), database="postgres")
    hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    for name in names:
        text = (HERE / name).read_text()
        connection.run(text.format(hash=hashed) if "{hash}" in text else text)
    connection.close()


@pytest.fixture(scope="module")
def plain(database):
    """The address of a database of the existing backend's after its adoption."""
    with adoption_done() as url:
        yield url


@pytest.fixture
def adopted(plain, monkeypatch):
    """That database, to look at."""
    monkeypatch.setenv("DATABASE_URL", plain)


@pytest.fixture(scope="module")
def plain_later(database):
    """The address of one that the existing backend's later versions left."""
    with adoption_done("later.sql") as url:
        yield url


@pytest.fixture
def later(plain_later, monkeypatch):
    """That database, to look at."""
    monkeypatch.setenv("DATABASE_URL", plain_later)


@pytest.fixture
def served(database):
    """Another one, to live in."""
    with adoption_done():
        yield


@contextmanager
def adoption_done(*more):
    server, folder = postgres.temporary()
    fill(server, "schema.sql", "rows.sql", *more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", server.database())
        adoption.adopt()
        yield server.database()
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


class Undone(Exception):
    """Nothing of what was done is to stay."""


@contextmanager
def undone():
    """A transaction whose changes nobody sees, so that one adoption serves many tests."""
    with suppress(Undone), db.transaction() as trying:
        yield trying
        raise Undone


def value(sql, **values):
    with db.reading() as reading:
        return reading.value(sql, **values)


def test_every_row_is_here_or_the_report_says_why_not(adopted):
    report_is_whole()


def report_is_whole():
    for line in adoption.report():
        _, before, after, *why = line.split(maxsplit=3)
        assert before == after or why, line
    assert {line.split()[0] for line in adoption.report()} == {
        row.name for row in rows("select tablename as name from pg_tables where schemaname = 'legacy' and tablename <> 'alembic_version'")
    }


def rows(sql, **values):
    with db.reading() as reading:
        return reading.all(sql, **values)


def test_what_the_old_books_begin_with_is_said_in_the_words_of_either_language(adopted):
    booked = {row.reason for row in rows("select distinct reason from transactions")}
    assert booked == {"opening", "legacy"} and booked <= set(history.TITLES)
    assert value("select count(description) from transactions where reason = 'opening'") == 0


def test_the_old_tables_stay_as_they_were(adopted):
    assert value("select count(*) from legacy.users") == 66
    assert value("select sum(total_likes) from legacy.comics") == 90 * 999


def test_likes_that_were_there_twice_are_one_and_counters_are_counted(adopted):
    wrong = value(
        """select count(*) from comics c where total_likes <> (select count(*) from comic_user where comic_id = c.id)
            or total_comments <> (select count(*) from comments where comic_id = c.id)
            or rating_sum <> coalesce((select sum(stars * readers) from comic_ratings where comic_id = c.id), 0)"""
    )
    assert wrong == 0
    assert value("select count(*) from comic_user") == value("select count(distinct (comic_id, user_id)) from legacy.comic_user")
    assert value("select value from counters where name = 'public_comics'") == value("select count(*) from comics where is_public")
    assert value("select sum(total_views) from comics") == value("select sum(total_views) from legacy.comics")


def test_readers_see_the_same_comics_as_before(adopted):
    before = {row.id for row in rows("select id from legacy.comics where title is not null and cover_url is not null")}
    assert {row.id for row in rows("select id from comics where is_public")} == before


def test_the_books_balance_and_everybody_has_what_they_had(adopted):
    assert audit.main() == 0
    assert (
        value(
            "select count(*) from users u join legacy.users o using (id_users) where (u.kredit, u.publish_quota) <> (o.kredit, o.publish_quota)"
        )
        == 0
    )
    lost = value(
        """select count(*) from legacy.users o left join creator_wallets w on w.user_id = o.id_users
           where coalesce(w.available + w.held, 0) <> o.balance"""
    )
    assert lost == 0


def test_withdrawals_that_wait_are_held_as_far_as_there_is_a_balance(adopted):
    found = {row.id: (row.status, row.bank_code) for row in rows("select id, status, bank_code from withdrawal_requests")}
    assert found == {
        1: ("pending", "014"),
        2: ("rejected", "014"),
        3: ("approved", "008"),
        4: ("rejected", "?"),
        5: ("rejected", "002"),
    }
    assert value("select held from creator_wallets where user_id = 10") == 6000
    sealed = value("select account_number from withdrawal_requests where id = 1")
    from common.wallet import vault

    assert vault.unseal(sealed, owner=10) == "1234567890"


def test_paid_invoices_stay_paid_and_those_that_nobody_can_explain_are_quarantined(adopted):
    assert value("select status from payment_transactions where invoice_number = 'INV-ANEH-1'") == "quarantined"
    assert (
        value(
            "select count(*) from payment_transactions p join legacy.payment_transactions o using (id) where o.status = 'success' and p.status <> 'success'"
        )
        == 1
    )
    assert value("select count(*) from transactions where reason = 'purchase'") == 0


def test_two_spellings_of_one_address_are_one_address(adopted):
    twins = {row.full_name: row for row in rows("select * from users where id_users > 60")}
    assert (twins["Kembar Telepon"].phone_number, twins["Kembar Telepon"].email) == (None, "kembar@contoh.id")
    assert (twins["Kembar Surel"].phone_number, twins["Kembar Surel"].email) == ("+6281399990001", None)
    assert twins["Kembar Surel"].username == "ORANG2_62"
    both = twins["Kembar Keduanya"]
    assert (both.is_verified, both.email, both.phone_number) == (False, "orang3@contoh.id", "+6281201000003")
    assert (twins["Gita Lagi"].external_id, twins["Gita Lagi"].phone_number) == (None, "google_1234567891")
    assert (twins["Gita Google"].external_id, twins["Gita Google"].phone_number, twins["Gita Google"].password) == ("sub-1", None, None)


def test_balloons_of_every_old_form_are_read(adopted):
    found = [row.dialogues for row in rows("select dialogues from comic_panels where comic_id = 1 order by id")]
    assert found[3] == [{"speaker": "Kancil", "text": "Halo: apa kabar?"}, {"speaker": "?", "text": "tanpa nama"}]
    assert found[0] == [{"speaker": "Buaya", "text": "Siapa itu?"}]
    assert found[1] == [{"speaker": "Kancil", "text": "Aku!"}]
    assert found[2] == []


def test_people_sign_in_with_the_passwords_they_had_and_go_on(served, gateway, services):
    api = Client(gateway, services)
    signed = api.post("/login", {"identifier": "081201000002", "password": PASSWORD}, expect=200).data
    siti = api.signed(signed["tokens"]["access_token"], signed["user"])
    assert siti.user["full_name"] == "Orang 2"
    assert value("select password like '$argon2id$%' from users where id_users = 2"), "the old hash was not replaced"
    assert siti.get("/v1/notifications").json["meta"]["total"] > 0
    shown = siti.get("/v1/comics", per_page=100).data
    assert len(shown) == value("select count(*) from comics where is_public")
    comic = next(each["id"] for each in shown if each["id"] <= 80)
    detail = siti.get(f"/v1/comics/{comic}").data
    assert detail["cover_url"].startswith("https://storage.example/cover") and len(detail["panels"]) == 6
    siti.get("/v1/comics/drafts", per_page=100)
    siti.get("/v1/me/subscription")
    siti.get("/v1/wallet")
    siti.get("/v1/me/export")
    new = siti.post(
        "/v1/comics/story-idea",
        {"story_idea": "Kancil mencuri timun Pak Tani.", "page_count": 1, "genre_ids": [1], "style_id": 1},
        expect=201,
    )
    assert new.data["id"] == 91
    siti.post(f"/v1/comics/{comic}/likes", expect=200)


def test_who_registered_in_capitals_and_later_came_by_google_signs_in_by_google_after_the_move(served, gateway, services):
    token = services.google.id_token("orang4@contoh.id", sub="sub-4")
    users = [Client(gateway, services).post("/v1/auth/google/verify-token", {"id_token": token}, expect=200).data["user"] for _ in range(2)]
    assert [user["id_users"] for user in users] == [4, 4]
    (waiting,) = rows("select * from users where full_name = 'Orang 4 Google'")
    assert (waiting.is_verified, waiting.email, waiting.external_id, waiting.kredit) == (False, "orang4@contoh.id", None, 6)


def test_it_can_be_done_again_and_changes_nothing(adopted):
    before = value("select count(*) from transactions"), value("select max(id) from comics")
    adoption.adopt()
    loading.load(pictures=False)
    assert (value("select count(*) from transactions"), value("select max(id) from comics")) == before
    assert value("select name from styles where id = 1") == "Gaya 1"


def test_music_of_an_adopted_database_is_ours_and_can_be_mixed_into_a_video(adopted, services):
    loading.load()
    tracks = rows("select name, file_url from asset_music")
    assert len(tracks) == len(catalogue.MUSIC) and "Musik 1" not in {track.name for track in tracks}
    for track in tracks:
        [name] = media.names(track.file_url)
        assert storage.get(name, public=True).startswith(b"RIFF")


@pytest.mark.parametrize("killed_in", ["migrations.upgrade", "_number_on"])
def test_interrupted_half_way_it_goes_on(database, killed_in):
    server, folder = postgres.temporary()
    fill(server, "schema.sql", "rows.sql")

    def dies(*_):
        raise SystemExit

    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DATABASE_URL", server.database())
            with pytest.MonkeyPatch.context() as dying:
                dying.setattr(f"infra.adoption.{killed_in}", dies)
                with pytest.raises(SystemExit):
                    adoption.adopt()
            adoption.adopt()
            assert (audit.main(), value("select count(*) from comics")) == (0, 90)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def test_our_own_and_foreign_databases_are_not_touched(database, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database.database())
    with pytest.raises(adoption.NotOld):
        adoption.adopt()
    assert value("select to_regclass('legacy.users')") is None


@pytest.mark.parametrize("invoice", ["INV-BUKA", "INV-LEWAT"])
def test_an_invoice_that_was_open_at_the_move_gives_all_of_its_package_when_it_is_paid(later, invoice):
    bought = "select u.kredit, u.publish_quota from users u join payment_transactions p on p.user_id = u.id_users where p.invoice_number = :invoice"
    with undone() as db:
        before = db.one(bought, invoice=invoice)
        assert invoices.settle(db, "doku", Event(invoice, "SUCCESS", 16500, "IDR", None, "{}")) == "success"
        after = db.one(bought, invoice=invoice)
    assert (after.kredit - before.kredit, after.publish_quota - before.publish_quota) == (20, 10)


def test_what_was_paid_before_the_move_is_not_written_as_given(later):
    sold = "select count(*) from payment_transactions where status = 'success' and (sold ->> 'bonus_credits', sold ->> 'publish_quota') <> ('0', '0')"
    assert value(sold) == 0
    assert audit.main() == 0


def test_nobody_is_an_administrator_because_the_old_database_says_so(later):
    assert {row.role for row in rows("select distinct role from users")} == {"creator", "user"}
    told = "\n".join(adoption.remarks())
    for person in ("1 orang1@contoh.id admin", "7 orang7@contoh.id admin", "8 orang8@contoh.id superuser"):
        assert person in told


def test_the_mark_of_an_adoption_says_up_to_which_account_all_came_with_it(adopted):
    assert value("select cast(value as bigint) from cache where key = 'adopted'") == value("select max(id_users) from legacy.users")


def test_what_its_owner_had_not_published_stays_private(later):
    complete = "select id, status from legacy.comics where title is not null and cover_url is not null"
    assert {row.id for row in rows("select id from comics where is_public")} == {row.id for row in rows(complete) if row.status}
    private = sum(not row.status for row in rows(complete))
    assert private > 0 and any(f"{private} comics" in line for line in adoption.remarks())


def test_follows_and_shares_come_over_and_are_counted(later):
    assert {(row.follower_id, row.followed_id) for row in rows("select * from follows")} == {(1, 2), (3, 2), (2, 1)}
    counts = {row.id_users: (row.total_followers, row.total_following) for row in rows("select * from users where id_users <= 4")}
    assert counts == {1: (1, 1), 2: (2, 1), 3: (0, 1), 4: (0, 0)}
    assert [row.user_id for row in rows("select user_id from comic_share where comic_id = 2 order by id")] == [5, 6]
    assert value("select total_shares from comics where id = 2") == 7
    assert value("select count(*) from notifications where img_url is not null") == 1


def test_a_comic_that_named_its_style_and_genres_by_number_is_found_by_their_names(later):
    (comic,) = rows("select style_id, style, genre from comics where id = 2")
    assert (comic.style_id, comic.style, comic.genre) == (3, "Gaya 3", ["Genre 2", "Genre 1", "Genre 7"])


def test_a_table_that_nobody_knows_is_in_the_report(later):
    (line,) = [line for line in adoption.report() if line.startswith("config ")]
    assert line.split(maxsplit=3)[1:] == ["1", "0", "not known here; stays in legacy"]
    report_is_whole()


def test_what_people_were_told_before_the_move_is_not_pushed(adopted):
    assert value("select count(*) from notifications") == 60
    assert value("select count(*) from notifications where push_at is not null") == 0


def test_an_erased_commenter_is_named_in_no_adopted_notice(later):
    naming = "select count(*) from notifications where message like :name or data like :data"
    nine, ten = ({"name": f"%Orang {reader} %", "data": f'%"user_id": {reader}}}%'} for reader in (9, 10))
    with undone() as db:
        before = db.value(naming, **ten)
        erasure.erase(db, 9)
        assert db.value(naming, **nine) == 0
        assert db.value(naming, **ten) == before > 8


def test_a_comment_that_is_deleted_after_the_move_is_quoted_in_no_notice(later):
    (told,) = rows(
        "select n.user_id, m.id, n.message from notifications n join comments m on n.dedupe_key = 'comment:' || m.id where m.id = 8"
    )
    assert told.message == "Orang 9 mengomentari: Komentar 8"
    quoting = "select count(*) from notifications where message = :message"
    with undone() as db:
        notices.uncommented(db, told.user_id, told.id)
        assert db.value(quoting, message=told.message) == 0
    for unknown in ("Orang 9 mengomentari: sudah dihapus", "Bukan Siapa-Siapa menyukai komik 'Kancil 1'"):
        assert value(quoting, message=unknown) == 0


def test_what_was_earned_before_the_move_is_not_earned_in_its_month(later):
    with undone() as db:
        readership.roll(db, clock.today())
        assert db.value("select coalesce(sum(earnings), 0) from user_monthly_stats") == 0
    moments = rows(
        "select t.created_at from wallet_transactions t join creator_wallets w on w.id = t.wallet_id where w.user_id = 20 order by t.id"
    )
    assert [f"{row.created_at:%Y-%m-%d}" for row in moments] == ["2025-10-21", "2025-12-08", "2025-12-08", "2025-12-20"]


def test_an_adopted_comic_is_as_old_as_it_was_made(later):
    assert value("select count(*) from comics where is_public and published_at <> created_at") == 0
    assert value("select published_at = '2025-10-01T04:00Z' from comics where id = 4")


def test_the_comic_that_was_read_last_is_first_in_the_history_after_the_move(later):
    assert [row.comic_id for row in rows("select comic_id from read_history where user_id = 60 order by read_at desc")] == [1, 3]


def test_links_that_only_the_old_server_knew_are_left_out(later):
    shown = "select pdf_url, preview_video_url, narration_audio_url from comics where id = :comic"
    assert list(rows(shown, comic=4)[0]) == [None, None, None]
    assert list(rows(shown, comic=8)[0]) == ["https://storage.example/8.pdf", "https://storage.example/8.mp4", None]
    assert value("select count(narration_audio_url) from comic_panels where comic_id = 4") == 0


def test_a_row_without_a_date_is_adopted(later):
    for found in (
        "select count(*) from referrals where referred_user_id = 7",
        "select count(*) from transactions where reason = 'legacy' and description = 'Tanpa tanggal'",
        "select count(*) from withdrawal_requests where amount = 10000",
        "select count(*) from users where id_users = 60 and watermark",
    ):
        assert value(found) == 1, found


def test_two_styles_that_differ_in_capitals_alone_double_no_comic(later):
    assert value("select count(*) from comics") == value("select count(*) from legacy.comics")
    assert value("select count(*) from comics where style = 'GAYA 1'") == 0


def test_the_old_tables_can_be_dropped_and_nothing_here_leans_on_them(later):
    made = "select count(*) from pg_class where relnamespace = 'public'::regnamespace union all select count(*) from pg_constraint where connamespace = 'public'::regnamespace"
    with undone() as db:
        before = [row.count for row in db.all(made)]
        db.run("drop schema legacy cascade")
        assert [row.count for row in db.all(made)] == before
