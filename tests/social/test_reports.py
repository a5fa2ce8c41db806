"""Reports: what people tell the moderators, and how the moderators' queue shows it."""

import pytest

from functions.social import reports
from functions.social.schemas import NewReport
from tests.social import scene

UNPROVEN = "insert into users (full_name, email, referral_code_id) values ('X', :mark || '@contoh.id', :mark) returning id_users"


@pytest.fixture
def author(signed_in):
    return signed_in(name="Siti")


@pytest.fixture
def moderator(signed_in):
    caller = signed_in(name="Moderator")
    scene.change("update users set role = 'moderator' where id_users = :user", user=caller.user["id_users"])
    return caller


def report(caller, subject_type, subject_id, reason="spam", *, expect=201, **more):
    return caller.post("/v1/reports", {"subject_type": subject_type, "subject_id": subject_id, "reason": reason, **more}, expect=expect)


def by_crowd(count, subject, kind="comic", reason="spam"):
    for reader in scene.crowd(count):
        scene.run(reports.report, reader, NewReport(subject_type=kind, subject_id=subject, reason=reason))


def case(moderator, subject, kind="comic"):
    (row,) = scene.rows(
        "select id from moderation_cases where subject_type = :kind and subject_id = :subject and status = 'open'",
        kind=kind,
        subject=subject,
    )
    return moderator.get(f"/v1/admin/reports/{row.id}").data


def test_the_answer_to_a_report_is_the_same_for_the_first_and_the_hundredth_and_again(author, signed_in):
    comic, budi = scene.comic(author), signed_in()
    first = report(budi, "comic", comic)
    by_crowd(5, comic)
    again, other = report(budi, "comic", comic, "hate"), report(signed_in(), "comic", comic)
    assert first.json == again.json == other.json == {"ok": True, "message": "Thank you; somebody will look at it"}


def test_a_reporter_counts_once_for_a_subject(author, signed_in, moderator):
    comic, budi = scene.comic(author), signed_in(name="Budi")
    for reason in ("spam", "hate", "spam"):
        report(budi, "comic", comic, reason)
    shown = case(moderator, comic)
    assert (shown["reports"], shown["reasons"]) == (1, {"spam": 1})


def test_what_goes_on_after_a_decision_can_be_reported_again_by_the_same_person(author, signed_in, moderator):
    budi, siti = signed_in(name="Budi"), author.user["id_users"]
    for reason in ("spam", "harassment"):
        first, again = report(budi, "user", siti, reason), report(budi, "user", siti, reason)
        assert first.json == again.json
        shown = case(moderator, siti, "user")
        assert (shown["reports"], shown["reasons"]) == (1, {reason: 1})
        moderator.post(f"/v1/admin/reports/{shown['id']}/decide", {"decision": "reject"}, expect=200)
    assert len(scene.inbox(budi.user["id_users"], "report")) == 2


def test_32_racing_reports_of_one_person_count_once(author, moderator):
    comic, (budi,) = scene.comic(author), scene.crowd(1)
    asked = NewReport(subject_type="comic", subject_id=comic, reason="spam")
    scene.at_once([lambda: scene.run(reports.report, budi, asked) for _ in range(32)])
    assert case(moderator, comic)["reports"] == 1


def test_racing_reports_of_many_make_one_case_of_as_many_reports(author, moderator):
    comic, readers = scene.comic(author), scene.crowd(24)
    asked = NewReport(subject_type="comic", subject_id=comic, reason="spam")
    scene.at_once([lambda reader=reader: scene.run(reports.report, reader, asked) for reader in readers])
    shown = case(moderator, comic)
    assert shown["reports"] == len(shown["received"]) == 24


def test_many_reports_alone_hide_nothing(author, api):
    comic = scene.comic(author)
    by_crowd(150, comic, reason="nudity")
    assert api.get(f"/v1/comics/show/{comic}").data["id"] == comic
    assert scene.inbox(author.user["id_users"]) == []


def test_what_one_may_not_see_cannot_be_reported(author, signed_in):
    budi = signed_in()
    draft, comic = scene.comic(author, public=False), scene.comic(author)
    comment = signed_in().post(f"/v1/comics/{comic}/comments", {"content": "Hai"}, expect=201).data["id"]
    scene.change("update comments set hidden_at = now() where id = :comment", comment=comment)
    unproven = scene.run(lambda db: db.all(UNPROVEN, mark=f"belum-{comic}"))
    for kind, subject in (
        ("comic", draft),
        ("comment", comment),
        ("user", unproven[0].id_users),
        ("comic", 987654321),
        ("user", 987654321),
    ):
        report(budi, kind, subject, expect=404)


def test_nobody_reports_their_own(author):
    comic = scene.comic(author)
    comment = author.post(f"/v1/comics/{comic}/comments", {"content": "Hai"}, expect=201).data["id"]
    for kind, subject in (("comic", comic), ("comment", comment), ("user", author.user["id_users"])):
        assert report(author, kind, subject, expect=409).error == "OwnWork"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"subject_type": "panel"}, "subject_type"),
        ({"subject_id": "1"}, "subject_id"),
        ({"reason": "bad"}, "reason"),
        ({"detail": "x" * 1001}, "detail"),
        ({"detail": " "}, "detail"),
    ],
)
def test_a_report_names_a_subject_and_one_of_the_reasons(author, body, field):
    sent = {"subject_type": "comic", "subject_id": 1, "reason": "spam", **body}
    assert author.post("/v1/reports", sent, expect=422).json["errors"][0]["loc"] == ["body", field]


def test_another_reason_needs_words(author, signed_in):
    comic = scene.comic(author)
    report(signed_in(), "comic", comic, "other", expect=422)
    report(signed_in(), "comic", comic, "other", detail="Gambar saya dipakai tanpa izin.")


def test_nobody_reports_without_end(author, signed_in, monkeypatch):
    monkeypatch.setattr(reports, "MOST", 2)
    budi = signed_in()
    first, second, third = scene.comics(author, 3)
    report(budi, "comic", first)
    report(budi, "comic", second)
    refused = report(budi, "comic", third, expect=429)
    assert int(refused.headers["Retry-After"]) > 3600


def test_a_moderator_sees_what_is_reported_by_whom_and_why(author, signed_in, moderator):
    comic, budi, ani = scene.comic(author, "Timun Mas"), signed_in(name="Budi"), signed_in(name="Ani")
    report(budi, "comic", comic, "violence", detail="Halaman 2")
    report(ani, "comic", comic, "violence")
    report(signed_in(), "comic", comic, "hate")
    shown = case(moderator, comic)
    assert (shown["subject_type"], shown["status"], shown["reports"], shown["reasons"]) == ("comic", "open", 3, {"violence": 2, "hate": 1})
    assert (shown["subject"]["title"], shown["subject"]["is_shown"], shown["subject"]["user"]["full_name"]) == ("Timun Mas", True, "Siti")
    assert [(each["user"]["full_name"], each["reason"], each["detail"]) for each in shown["received"][1:]] == [
        ("Ani", "violence", None),
        ("Budi", "violence", "Halaman 2"),
    ]
    assert shown["comic"]["id"] == comic


def test_comments_and_people_are_shown_in_their_words(author, signed_in, moderator):
    comic, budi = scene.comic(author, "Timun Mas"), signed_in(name="Budi")
    comment = budi.post(f"/v1/comics/{comic}/comments", {"content": "Kata kasar"}, expect=201).data["id"]
    report(author, "comment", comment, "harassment")
    report(author, "user", budi.user["id_users"], "harassment")
    about_comment, about_person = case(moderator, comment, "comment"), case(moderator, budi.user["id_users"], "user")
    assert (about_comment["subject"]["content"], about_comment["subject"]["title"], about_comment["comic"]) == (
        "Kata kasar",
        "Timun Mas",
        None,
    )
    assert (about_person["subject"]["title"], about_person["comic"]) == ("Budi", None)


def test_a_subject_that_is_gone_is_told_as_gone(author, signed_in, moderator):
    comic = scene.comic(author)
    report(signed_in(), "comic", comic)
    scene.change("delete from comics where id = :comic", comic=comic)
    assert case(moderator, comic)["subject"] is None


def test_the_queue_is_by_age_or_by_number_and_a_cursor_walks_through_each(author, moderator):
    scene.change("update moderation_cases set status = 'rejected', decided_at = now() where status = 'open'")
    first, second, third = scene.comics(author, 3)
    for comic, readers in ((first, 2), (second, 3), (third, 2)):
        by_crowd(readers, comic)

    def queue(**asked):
        return [each["subject_id"] for each in scene.scrolled(moderator, "/v1/admin/reports", **asked)]

    assert queue() == [first, second, third]
    assert queue(per_page=1) == queue(per_page=2) == [first, second, third]
    assert queue(sort="most_reported", per_page=1) == [second, third, first]
    page = moderator.get("/v1/admin/reports", page=2, per_page=2)
    assert [each["subject_id"] for each in page.data] == [third] and page.json["meta"]["total"] == 3
    cursor = moderator.get("/v1/admin/reports", per_page=1).json["meta"]["next_cursor"]
    moderator.get("/v1/admin/reports", cursor=cursor, sort="most_reported", expect=422)


def test_the_queue_takes_one_statement_whatever_it_holds(author, moderator, monkeypatch):
    for comic in scene.comics(author, 3):
        by_crowd(2, comic)
    with scene.counted(monkeypatch) as seen:
        moderator.get("/v1/admin/reports", per_page=50)
    assert len(seen) == 2  # The caller, and the queue.


def test_erasing_a_reporter_leaves_the_number_of_reports_right(author, signed_in, moderator):
    from common import erasure

    comic, budi = scene.comic(author), signed_in()
    report(budi, "comic", comic)
    report(signed_in(), "comic", comic)
    scene.run(erasure.erase, budi.user["id_users"])
    shown = case(moderator, comic)
    assert shown["reports"] == len(shown["received"]) == 1


def test_what_one_reported_is_in_ones_export_without_what_others_did(author, signed_in):
    comic, budi = scene.comic(author), signed_in()
    by_crowd(3, comic)
    report(budi, "comic", comic, "hate", detail="Lihat halaman 3")
    (row,) = budi.get("/v1/me/export").data["tables"]["reports"]
    assert (row["reason"], row["detail"]) == ("hate", "Lihat halaman 3") and "case_id" not in row
