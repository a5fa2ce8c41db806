"""Starting, canceling and failing: one job, one charge, and the kredit back exactly once."""

import threading

import pytest

from common import db, jobs, ledger
from tests.support import stories


def account(person):
    with db.reading() as reading:
        row = reading.one("select kredit, kredit_held from users where id_users = :user", user=person.user["id_users"])
        sums = reading.one(
            "select coalesce(sum(amount), 0) as amount, coalesce(sum(held), 0) as held from transactions where user_id = :user and unit = 'kredit'",
            user=person.user["id_users"],
        )
    assert (row.kredit, row.kredit_held) == (sums.amount, sums.held), "the balance is not the sum of its rows"
    return row.kredit, row.kredit_held


def test_starting_to_draw_reserves_one_kredit_and_finishing_takes_it(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    assert account(siti) == (1, 0)
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    assert account(siti) == (0, 1)
    siti.work("panels")
    assert account(siti) == (0, 0)


def test_two_starts_at_the_same_moment_are_one_job_and_one_charge(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    answers = []
    barrier = threading.Barrier(8)

    def start():
        barrier.wait()
        answers.append(siti.post(f"/v1/comics/{comic}/drafts"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status for answer in answers} == {202}
    assert len({answer.data["job_id"] for answer in answers}) == 1
    assert account(siti) == (0, 1)


def test_a_start_again_while_it_runs_is_the_same_job_and_another_start_is_refused(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    first = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data
    assert siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"] == first["job_id"]
    siti.put(f"/v1/{comic}/summary", {"summary": "Cerita yang sama sekali lain, tentang seekor gajah yang belajar menari di tepi danau."})
    assert siti.post(f"/v1/comics/{comic}/drafts", expect=409).error == "AlreadyRunning"


def test_without_kredit_nothing_starts_and_nothing_changes(signed_in):
    siti = signed_in()
    stories.drawn(siti)
    comic = stories.scripted(siti)
    refused = siti.post(f"/v1/comics/{comic}/drafts", expect=402)
    assert (refused.error, refused.json["need"], refused.json["have"]) == ("InsufficientCredits", 1, 0)
    assert stories.status(siti, comic)["status"] == "SCRIPT_READY"


def test_canceling_gives_the_kredit_back_once_however_often_it_is_asked(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    job = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"]
    for _ in range(3):
        siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=200)
    assert account(siti) == (1, 0)
    assert siti.worker(f"/internal/jobs/{job}").data["outcome"] == "nothing to do"
    assert stories.status(siti, comic)["status"] == "CANCELED"
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.work("panels")
    assert (stories.status(siti, comic)["status"], account(siti)) == ("COMPLETED", (0, 0))


def test_there_is_nothing_to_cancel_on_a_finished_draft(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    assert siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=409).error == "WrongState"


def test_a_worker_that_dies_while_drawing_leaves_a_job_that_the_next_one_finishes_with_one_charge(signed_in, monkeypatch):
    from common.clients import artist

    siti = signed_in()
    comic = stories.scripted(siti, page_count=4)
    job = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"]
    drawings = []
    draw = artist.draw

    def dies_at_the_third(brief):
        if len(drawings) == 2:
            raise SystemExit  # What SIGKILL leaves behind: no answer, no rollback, nothing after this line.
        drawings.append(brief.number)
        return draw(brief)

    monkeypatch.setattr(artist, "draw", dies_at_the_third)
    with pytest.raises(SystemExit):
        siti.worker(f"/internal/jobs/{job}")
    half = stories.status(siti, comic)
    assert half["status"] == "RENDERING" and 30 < half["progress"] < 100
    assert [panel["image"] is not None for panel in half["panels"]] == [True, True, False, False]
    monkeypatch.setattr(artist, "draw", lambda brief: drawings.append(brief.number) or draw(brief))
    assert siti.worker(f"/internal/jobs/{job}").data["outcome"] == "nothing to do"  # The dead worker still holds the lease.
    with db.transaction() as waiting:
        waiting.run("update jobs set lease_until = now() - interval '1 second' where id = :job", job=job)
    assert siti.worker(f"/internal/jobs/{job}").data["outcome"] == "done"
    assert drawings == [1, 2, 3, 4]
    assert (stories.status(siti, comic)["status"], account(siti)) == ("COMPLETED", (0, 0))


def test_the_sweep_rings_again_for_a_job_whose_bell_was_lost(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    job = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"]
    with db.transaction() as waiting:
        # Longer ago than whatever other tests left over: a sweep rings for the oldest first, a hundred of a kind at a time.
        waiting.run("update jobs set run_at = now() - interval '1 year' where id = :job", job=job)
    with db.reading() as reading:
        assert (job, "panels") in {(each.id, each.kind) for each in jobs.overdue(reading)}
    assert siti.worker("/internal/sweep").data["rung"] >= 1


def test_an_artist_who_fails_is_tried_three_times_and_then_the_kredit_comes_back(signed_in, monkeypatch):
    from common.clients import artist
    from common.clients.errors import Unavailable

    siti = signed_in()
    comic = stories.scripted(siti)
    job = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"]

    def down(brief):
        raise Unavailable("artist", "out of paint")

    monkeypatch.setattr(artist, "draw", down)
    outcomes = []
    for _ in range(3):
        with db.transaction() as waiting:
            waiting.run("update jobs set run_at = now() - interval '1 second' where id = :job", job=job)
        outcomes.append(siti.worker(f"/internal/jobs/{job}").data["outcome"])
        assert sum(account(siti)) == 1
    assert outcomes == ["retry", "retry", "failed"]
    failed = stories.status(siti, comic)
    assert (failed["status"], failed["error"]) == ("RENDER_FAILED", "This did not work after several attempts; please try again")
    assert account(siti) == (1, 0)
    assert "paint" not in str(failed)


@pytest.fixture
def free(monkeypatch):
    """Drawing costs nothing here, as while the app of the existing backend charges for it."""
    for price in ("SCRIPT_KREDIT", "PANELS_KREDIT", "PANEL_KREDIT", "VIDEO_KREDIT"):
        monkeypatch.setenv(price, "0")


def test_an_app_that_charges_by_itself_pays_once_where_drawing_costs_nothing(signed_in, free):
    siti = signed_in()
    story = {"story_idea": stories.KANCIL, "page_count": 1, "genre_ids": [7], "style_id": 2}
    comic = siti.post("/api/v1/comics/story-idea", story, expect=201).data["id"]
    siti.work("script")
    siti.post(f"/api/v1/comics/{comic}/generate", expect=202)
    siti.work("panels")
    assert siti.get(f"/api/v1/comics/{comic}/draft/status").data["status"] == "COMPLETED"
    assert siti.post("/api/v1/profile/update-kredit", {"amount": 1, "type": "subtract"}, expect=200).data == {"current_kredit": 0}
    spent = [row["amount"] for row in siti.get("/v1/analytics/history").data if row["unit"] == "kredit" and row["amount"] < 0]
    assert (account(siti), spent) == ((0, 0), [-1])
    # Who has none left has a panel drawn again and cancels: there is nothing to take and nothing to give back.
    [panel] = stories.status(siti, comic)["panels"]
    siti.post(f"/v1/comics/{comic}/panels/{panel['panel_id']}/regenerate", expect=202)
    siti.work("panel")
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=200)
    assert account(siti) == (0, 0)


@pytest.mark.parametrize("price", [0, 1])
def test_kredit_is_said_to_be_back_where_some_was_taken(price, signed_in, monkeypatch):
    from common.clients import artist
    from common.clients.errors import Refused
    from common.i18n import Text

    def refuses(brief):
        raise Refused(Text("Please change the story.", "Mohon ubah ceritanya."))

    monkeypatch.setattr(artist, "draw", refuses)
    monkeypatch.setenv("PANELS_KREDIT", str(price))
    siti = signed_in()
    comic = stories.scripted(siti)
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.work("panels")
    [told] = [each["message"] for each in siti.get("/v1/notifications").data if each["type"] == "failed"]
    assert told.endswith("Mohon ubah ceritanya." + " Kreditmu sudah dikembalikan." * price)
    assert account(siti) == (1, 0)


def test_whoever_is_told_that_a_drawing_was_given_up_reads_two_sentences(signed_in, monkeypatch):
    from common.clients import artist
    from common.clients.errors import Refused

    siti = signed_in()
    comic = stories.scripted(siti)
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)

    def refuses(brief):
        raise Refused(jobs.GAVE_UP)

    monkeypatch.setattr(artist, "draw", refuses)
    siti.work("panels")
    title, told = siti.get(f"/v1/comics/show/{comic}").data["title"], siti.get("/v1/notifications").data[0]["message"]
    assert told == f"'{title}': Gagal setelah beberapa kali percobaan; silakan coba lagi. Kreditmu sudah dikembalikan."


def test_a_refused_story_fails_at_once_with_a_reason_in_the_creators_language(signed_in, monkeypatch):
    from common.clients import writer
    from common.clients.errors import Refused
    from common.i18n import Text

    siti = signed_in()
    comic = stories.start(siti)

    def refuses(story):
        raise Refused(Text("Please change the story", "Mohon ubah ceritanya"), "SAFETY")

    monkeypatch.setattr(writer, "write", refuses)
    siti.work("script")
    shown = siti.get(f"/v1/comics/{comic}/draft/status", headers={"Accept-Language": "id"}).data
    assert (shown["status"], shown["error"]) == ("SCRIPT_FAILED", "Mohon ubah ceritanya")
    monkeypatch.undo()
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.work("script")
    assert stories.status(siti, comic)["error"] is None


@pytest.mark.parametrize("end", ["refused", "given up", "canceled before it begins", "canceled while it is written"])
def test_a_finished_comic_whose_new_script_comes_to_nothing_is_still_finished_and_can_be_published(signed_in, api, monkeypatch, end):
    from common.clients import writer
    from common.clients.errors import Refused, Unavailable
    from common.i18n import Text

    siti = signed_in()
    comic = stories.drawn(siti)
    before, write = stories.status(siti, comic), writer.write
    with db.transaction() as giving:
        ledger.move(giving, siti.user["id_users"], "kredit", 1, "test", f"script:{comic}")
    monkeypatch.setenv("SCRIPT_KREDIT", "1")
    siti.put(f"/v1/{comic}/summary", {"summary": "Cerita yang sama sekali lain, tentang seekor gajah yang belajar menari di tepi danau."})
    job = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"]

    def ends(story):
        if end == "refused":
            raise Refused(Text("Please change the story", "Mohon ubah ceritanya"), "SAFETY")
        if end == "given up":
            raise Unavailable("writer", "out of ink")
        siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=200)
        return write(story)

    monkeypatch.setattr(writer, "write", ends)
    if end == "canceled before it begins":
        assert siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=200).data["status"] == "COMPLETED"
    for _ in range(3):
        with db.transaction() as waiting:
            waiting.run("update jobs set run_at = now() - interval '1 second' where id = :job", job=job)
        siti.worker(f"/internal/jobs/{job}")
    after = stories.status(siti, comic)
    assert (after["status"], after["progress"], after["script_is_stale"], account(siti)) == ("COMPLETED", 100, True, (1, 0))
    assert bool(after["error"]) == (end in ("refused", "given up"))
    assert [each["narration"] for each in after["panels"]] == [each["narration"] for each in before["panels"]]
    siti.post(f"/v1/comics/{comic}/publish", {}, expect=200)
    api.get(f"/v1/comics/show/{comic}", expect=200)
    siti.post(f"/v1/comics/{comic}/unpublish", expect=200)
    assert siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["stage"] == "script", "it is asked for again"


def test_a_worker_that_was_canceled_meanwhile_changes_nothing(signed_in, monkeypatch):
    from common.clients import artist

    siti = signed_in()
    comic = stories.scripted(siti)
    job = siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["job_id"]
    draw = artist.draw

    def canceled_while_drawing(brief):
        siti.post(f"/v1/comics/{comic}/drafts/cancel", expect=200)
        return draw(brief)

    monkeypatch.setattr(artist, "draw", canceled_while_drawing)
    assert siti.worker(f"/internal/jobs/{job}").data["outcome"] == "lease lost"
    draft = stories.status(siti, comic)
    assert (draft["status"], account(siti)) == ("CANCELED", (1, 0))
    assert all(panel["image"] is None for panel in draft["panels"])


def test_a_summary_changed_while_the_script_is_written_leaves_the_script_stale(signed_in, monkeypatch):
    from common.clients import writer

    siti = signed_in()
    comic = stories.start(siti)
    write = writer.write

    def changed_while_writing(story):
        siti.put(f"/v1/{comic}/summary", {"summary": "Ringkasan baru yang ditulis selagi naskah lama sedang dikerjakan oleh penulis."})
        return write(story)

    monkeypatch.setattr(writer, "write", changed_while_writing)
    siti.work("script")
    draft = stories.status(siti, comic)
    assert (draft["status"], draft["script_is_stale"], draft["is_ready_to_generate"]) == ("SCRIPT_READY", True, False)


def test_saving_the_summary_that_the_draft_shows_leaves_the_script_its_edits_and_its_pictures(signed_in):
    siti = signed_in()
    comic = stories.drawn(siti)
    panel = stories.status(siti, comic)["panels"][0]["panel_id"]
    siti.put(f"/v1/comics/{comic}/panels/{panel}", {"narration": "Di tepi hutan yang rindang."})
    before = stories.status(siti, comic)
    for _ in range(2):  # The second time as an app does whose answer was lost.
        siti.put(f"/v1/{comic}/summary", {"summary": f" {before['summary']}\n"}, expect=200)
    after = stories.status(siti, comic)
    assert not after["script_is_stale"] and after["is_ready_to_generate"]
    assert [(each["narration"], each["image"]["bytes"]) for each in after["panels"]] == [
        (each["narration"], each["image"]["bytes"]) for each in before["panels"]
    ]
    with db.transaction() as giving:
        ledger.move(giving, siti.user["id_users"], "kredit", 1, "test", f"summary:{comic}")
    assert siti.post(f"/v1/comics/{comic}/drafts", expect=202).data["stage"] == "panels"


def test_a_summary_that_is_saved_again_after_its_script_was_written_leaves_that_script(signed_in):
    siti = signed_in()
    comic = stories.scripted(siti)
    told = {"summary": "Cerita yang sama sekali lain, tentang seekor gajah yang belajar menari di tepi danau."}
    siti.put(f"/v1/{comic}/summary", told, expect=200)
    assert stories.status(siti, comic)["script_is_stale"]
    siti.post(f"/v1/comics/{comic}/drafts", expect=202)
    siti.work("script")
    siti.put(f"/v1/{comic}/summary", told, expect=200)
    assert not stories.status(siti, comic)["script_is_stale"]


def test_only_cloud_tasks_may_call_the_worker(signed_in, services):
    from functools import partial

    from functions.worker.main import api as worker
    from infra.local import keys
    from infra.local.stack import WORKER_ACCOUNT
    from tests.support.client import Client

    siti = signed_in()
    url = services.settings["WORKER_URL"]
    token = partial(keys.id_token, services.keys)
    wrong = [
        siti.token,
        token("https://elsewhere.example", WORKER_ACCOUNT),
        token(url, "somebody@example.com"),
        token(url, WORKER_ACCOUNT, seconds=-60),
        token(url, WORKER_ACCOUNT, iss="https://evil.example"),
        services.worker_token()[:-4] + "AAAA",
    ]
    for each in wrong:
        Client(worker, services, each).post("/internal/sweep", expect=401)
    Client(worker, services, services.worker_token()).post("/internal/sweep", expect=200)


def test_a_job_of_a_kind_that_nobody_knows_is_given_up_and_not_rung_for_ever(api):
    with db.transaction() as making:
        job = making.value("insert into jobs (kind, subject) values ('from the future', 'test:future') returning id")
    outcomes = []
    for _ in range(3):
        with db.transaction() as waiting:
            waiting.run("update jobs set run_at = now() - interval '1 second' where id = :job", job=job)
        outcomes.append(api.worker(f"/internal/jobs/{job}").data["outcome"])
    assert outcomes == ["retry", "retry", "failed"]


def test_one_bell_that_does_not_ring_does_not_silence_the_others(api, monkeypatch):
    from common.clients import tasks

    with db.transaction() as making:
        for number in range(3):
            making.run(
                "insert into jobs (kind, subject, run_at) values ('from the future', :subject, now() - interval '5 minutes')",
                subject=f"test:bell:{number}",
            )
    rung = []

    def fails_once(job, *_, **__):
        rung.append(job)
        if len(rung) == 1:
            raise RuntimeError("no queue")

    monkeypatch.setattr(tasks, "ring", fails_once)
    api.worker("/internal/sweep")
    assert len(rung) >= 3
    with db.transaction() as clearing:
        clearing.run("delete from jobs where subject like 'test:bell:%'")
