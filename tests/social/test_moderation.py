"""What moderators decide: what is hidden, counted, told and written down, and that it can be undone."""

import itertools
import json
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from common.clients import storage
from common.comics import copies, states
from common.problems import Conflict
from functions.social import cases, moderation, reports
from functions.social.schemas import Decide, NewReport
from infra import accounts
from tests.exports import books
from tests.social import scene
from tests.support import stories


@pytest.fixture
def author(signed_in):
    return signed_in(name="Siti")


@pytest.fixture
def officer(signed_in):
    """`officer(role)` is a caller with that role."""

    def made(role="moderator"):
        caller = signed_in(name=role.title())
        scene.change("update users set role = :role where id_users = :user", role=role, user=caller.user["id_users"])
        return caller

    return made


@pytest.fixture
def moderator(officer):
    return officer()


def report(kind, subject, count=1, reason="violence"):
    """Reports by `count` new people; the people, and the case."""
    crowd = scene.crowd(count)
    for reader in crowd:
        scene.run(reports.report, reader, NewReport(subject_type=kind, subject_id=subject, reason=reason))
    (row,) = scene.rows(
        "select id from moderation_cases where (subject_type, subject_id, status) = (:kind, :id, 'open')", kind=kind, id=subject
    )
    return crowd, row.id


def decide(caller, case, decision, *, expect=200, **more):
    return caller.post(f"/v1/admin/reports/{case}/decide", {"decision": decision, **more}, expect=expect)


def hide(caller, kind, subject, reason="violence", *, expect=200, **more):
    return caller.post(f"/v1/admin/{kind}/{subject}/hide", {"reason": reason, **more}, expect=expect)


def restore(caller, kind, subject, *, expect=200, **more):
    return caller.post(f"/v1/admin/{kind}/{subject}/restore", more, expect=expect)


def say(caller, comic, rating=None, content="Hai"):
    body = {"content": content} if rating is None else {"content": content, "rating": rating}
    return caller.post(f"/v1/comics/{comic}/comments", body, expect=201).data["id"]


def log(kind, subject):
    sql = "select action, actor_id, after, reason from audit_log where subject_type = :kind and subject_id = :subject order by id"
    return scene.rows(sql, kind=kind, subject=str(subject))


def told(user, kind="moderation"):
    return [(row.title, row.message) for row in scene.inbox(user, kind)]


def counted(comic):
    (row,) = scene.rows("select total_comments, rating_count, rating_sum from comics where id = :comic", comic=comic)
    (true,) = scene.rows(
        "select count(*) as a, count(rating) as b, coalesce(sum(rating), 0)::bigint as c from comments where comic_id = :comic and hidden_at is null",
        comic=comic,
    )
    stars = scene.rows("select stars, readers from comic_ratings where comic_id = :comic and readers > 0", comic=comic)
    assert tuple(row) == tuple(true) and sum(s.readers for s in stars) == row.rating_count
    assert sum(s.stars * s.readers for s in stars) == row.rating_sum
    return tuple(row)


def test_a_hidden_comic_is_gone_for_readers_and_there_for_its_owner(author, moderator, signed_in, api):
    comic, budi = scene.comic(author, "Raksasa Jahat"), signed_in()
    hide(moderator, "comics", comic)
    for caller in (api, budi, moderator):
        caller.get(f"/v1/comics/show/{comic}", expect=404)
        assert caller.get("/v1/comics", q="Raksasa Jahat").data == []
    budi.post(f"/v1/comics/{comic}/likes", expect=404)
    assert author.get(f"/v1/comics/show/{comic}").data["hidden_at"] is not None
    (draft,) = author.get("/v1/comics/drafts").data["drafts"]
    assert (draft["id"], draft["hidden_at"] is None) == (comic, False)


def test_the_owner_is_told_of_hiding_and_restoring_each_time_in_the_own_language(author, moderator):
    comic, user = scene.comic(author, "Raksasa"), author.user["id_users"]
    scene.change("update users set language = 'en' where id_users = :user", user=user)
    for _ in range(2):
        hide(moderator, "comics", comic)
        restore(moderator, "comics", comic)
    hidden = ("Your comic was hidden", "'Raksasa' was hidden by our moderators. Reason: cruel or excessive violence.")
    back = ("Your comic is back", "Our moderators have brought 'Raksasa' back.")
    assert told(user) == [hidden, back] * 2
    assert json.loads(scene.inbox(user, "moderation")[0].data) == {"comic_id": comic}


def test_hiding_or_restoring_again_changes_and_tells_nothing(author, moderator):
    comic = scene.comic(author)
    for act in (hide, restore):
        for _ in range(2):
            act(moderator, "comics", comic)
    assert [entry.action for entry in log("comic", comic)] == ["comic.hide", "comic.restore"]
    assert len(told(author.user["id_users"])) == 2


def test_the_pictures_of_a_hidden_comic_are_no_more_public_and_come_back_with_it(signed_in, moderator, services):
    siti = signed_in()
    scene.change("update users set kredit = 1, publish_quota = 3 where id_users = :user", user=siti.user["id_users"])
    comic = stories.published(siti)
    (row,) = scene.rows("select cover from comics where id = :comic", comic=comic)
    url = f"{services.settings['PUBLIC_MEDIA_URL']}/{row.cover['url'].removeprefix('@/')}"
    assert urlopen(url).status == 200
    hide(moderator, "comics", comic)
    assert restore(moderator, "comics", comic, expect=409).error == "StillRemoving"
    siti.work("unpublish_files")
    with pytest.raises(HTTPError, match="404"):
        urlopen(url)
    # Its owner and whoever decides still see it, by signed addresses.
    shown = [siti.get(f"/v1/comics/show/{comic}").data]
    _, case = report("user", siti.user["id_users"])
    scene.change("update moderation_cases set subject_type = 'comic', subject_id = :comic where id = :case", comic=comic, case=case)
    shown.append(moderator.get(f"/v1/admin/reports/{case}").data["comic"])
    assert all(urlopen(each["panels"][0]["image"]["url"]).status == 200 for each in shown)
    restore(moderator, "comics", comic)
    scene.change("update jobs set run_at = now() where kind = 'unpublish_files' and status = 'queued'")
    siti.work("unpublish_files")
    assert urlopen(url).status == 200 and siti.get("/v1/comics/my-published").data[0]["id"] == comic


def test_an_owner_cannot_publish_a_hidden_comic_anew_but_may_take_it_back(author, moderator, api):
    comic = scene.comic(author)
    hide(moderator, "comics", comic)
    scene.change("update users set publish_quota = 1 where id_users = :user", user=author.user["id_users"])
    author.post(f"/v1/comics/{comic}/unpublish", expect=200)
    assert author.post(f"/v1/comics/{comic}/publish", {}, expect=409).error == "HiddenByModerators"
    restore(moderator, "comics", comic)
    api.get(f"/v1/comics/show/{comic}", expect=404)
    assert author.post(f"/v1/comics/{comic}/publish", {}, expect=409).error == "NotReady"


def test_a_hidden_comment_and_its_rating_do_not_count_until_they_are_back(author, moderator, signed_in, api):
    comic, budi = scene.comic(author), signed_in(name="Budi")
    say(signed_in(), comic, 5)
    comment = say(budi, comic, 1, "Kasar sekali")
    hide(moderator, "comments", comment, "hate")
    assert counted(comic) == (1, 1, 5)
    shown = api.get(f"/v1/comics/{comic}/comments")
    assert (len(shown.data), shown.json["meta"]["total"], shown.json["rating"]["average"]) == (1, 1, 5.0)
    assert budi.get(f"/v1/comics/{comic}/comments").json["meta"]["total"] == 1
    assert "Kasar" not in str(scene.inbox(author.user["id_users"]))
    restore(moderator, "comments", comment)
    assert counted(comic) == (2, 2, 6)
    assert [title for title, _ in told(budi.user["id_users"])] == ["Komentarmu disembunyikan", "Komentarmu ditampilkan lagi"]
    assert "Alasan: kebencian terhadap orang atau kelompok." in told(budi.user["id_users"])[0][1]


def test_a_new_rating_replaces_a_hidden_one_and_the_numbers_stay_right(author, moderator, signed_in):
    comic, budi = scene.comic(author), signed_in()
    first = say(budi, comic, 1)
    hide(moderator, "comments", first)
    say(budi, comic, 4)
    assert counted(comic) == (1, 1, 4)
    restore(moderator, "comments", first)
    assert counted(comic) == (2, 1, 4)


def test_deleting_or_erasing_what_is_hidden_counts_nothing_twice(author, moderator, signed_in):
    from common import erasure

    comic, budi, ani = scene.comic(author), signed_in(), signed_in()
    comments = [say(caller, comic, stars) for caller, stars in ((budi, 1), (ani, 2), (signed_in(), 3))]
    for comment in comments[:2]:
        hide(moderator, "comments", comment)
    budi.delete(f"/v1/comments/{comments[0]}")
    scene.run(erasure.erase, ani.user["id_users"])
    assert counted(comic) == (1, 1, 3)


def test_32_racing_moderators_hide_a_comment_once(author, officer, signed_in):
    comic, moderators = scene.comic(author), [officer() for _ in range(4)]
    comment = say(signed_in(), comic, 3)
    acts = [lambda m=m, act=act: act(m, "comments", comment) for m in moderators for act in (hide, restore)] * 4
    scene.at_once(acts)
    counted(comic)
    actions = [entry.action for entry in log("comment", comment)]
    assert all(one != other for one, other in itertools.pairwise(actions))


def test_a_decision_hides_tells_author_and_reporters_and_is_written_down(author, moderator):
    comic = scene.comic(author, "Raksasa")
    crowd, case = report("comic", comic, 3)
    decide(moderator, case, "hide", note="Halaman 2 terlalu kejam")
    assert told(author.user["id_users"]) == [
        ("Komikmu disembunyikan", "'Raksasa' disembunyikan oleh moderator kami. Alasan: kekerasan yang kejam atau berlebihan.")
    ]
    for reader in crowd:
        (row,) = scene.inbox(reader.id, "report")
        assert (row.title, row.message) == ("Tentang laporanmu", "Terima kasih atas laporanmu. Laporanmu benar dan sudah kami tindak.")
    (entry,) = log("comic", comic)
    assert (entry.action, entry.actor_id, entry.reason) == ("comic.hide", moderator.user["id_users"], "Halaman 2 terlalu kejam")
    shown = moderator.get(f"/v1/admin/reports/{case}").data
    assert (shown["status"], shown["decision"], shown["decided_by"]) == ("upheld", "hide", moderator.user["id_users"])
    assert shown["subject"]["is_shown"] is False and shown["comic"]["id"] == comic
    assert case in [each["id"] for each in moderator.get("/v1/admin/reports", status="upheld", per_page=100).data]


def test_a_rejected_case_leaves_everything_and_tells_the_reporters_alone(author, moderator, api):
    comic = scene.comic(author)
    (reader,), case = report("comic", comic)
    decide(moderator, case, "reject", note="Tidak ada apa-apa")
    assert api.get(f"/v1/comics/show/{comic}").data["id"] == comic
    assert "tidak menemukan pelanggaran" in told(reader.id, "report")[0][1] and told(author.user["id_users"]) == []
    assert [entry.action for entry in log("comic", comic)] == ["report.reject"]


def test_a_case_is_decided_once_and_undone_by_restoring(author, moderator, officer, api):
    comic = scene.comic(author)
    _, case = report("comic", comic)
    decide(moderator, case, "hide")
    for decision in ("hide", "reject"):
        assert decide(officer(), case, decision, expect=409).error == "AlreadyDecided"
    decide(officer("admin"), case, "restore", note="Keliru")
    assert api.get(f"/v1/comics/show/{comic}").data["id"] == comic
    shown = moderator.get(f"/v1/admin/reports/{case}").data
    assert (shown["status"], shown["decision"]) == ("rejected", "restore")


def test_of_two_moderators_who_decide_at_once_one_is_first(author, officer):
    comic, ani, tono = scene.comic(author), officer(), officer()
    _, case = report("comic", comic)
    answers = scene.at_once([lambda: decide(ani, case, "hide", expect=None), lambda: decide(tono, case, "reject", expect=None)] * 4)
    (row,) = scene.rows(
        "select k.status, c.hidden_at from moderation_cases k, comics c where k.id = :case and c.id = :comic", case=case, comic=comic
    )
    assert (row.status == "upheld") == (row.hidden_at is not None)
    assert {answer.status for answer in answers} <= {200, 409}
    assert len({entry.actor_id for entry in log("comic", comic)}) == 1


def test_what_is_reported_after_a_decision_is_a_new_case(author, moderator):
    comic = scene.comic(author)
    _, first = report("comic", comic)
    decide(moderator, first, "reject")
    _, second = report("comic", comic)
    assert second != first and moderator.get(f"/v1/admin/reports/{second}").data["reports"] == 1


def test_hiding_directly_or_deleting_closes_the_case_and_tells_the_reporters(author, moderator, signed_in):
    comic = scene.comic(author)
    hidden, deleted = say(signed_in(), comic), say(signed_in(), comic)
    (one,), first = report("comment", hidden)
    (other,), second = report("comment", deleted)
    hide(moderator, "comments", hidden)
    moderator.delete(f"/v1/comments/{deleted}")
    assert "sudah kami tindak" in told(one.id, "report")[0][1] and "sudah kami tindak" in told(other.id, "report")[0][1]
    rows = scene.rows("select decision from moderation_cases where id = any(cast(:ids as bigint[])) order by id", ids=[first, second])
    assert [row.decision for row in rows] == ["hide", "delete"]


def test_a_case_about_what_is_gone_can_still_be_rejected(author, moderator):
    comic = scene.comic(author)
    _, case = report("comic", comic)
    scene.change("delete from comics where id = :comic", comic=comic)
    decide(moderator, case, "hide", expect=404)
    decide(moderator, case, "reject")


def test_a_decision_has_to_fit_what_is_reported(author, moderator, signed_in):
    _, about_comic = report("comic", scene.comic(author))
    _, about_person = report("user", signed_in().user["id_users"])
    assert "hide, reject, restore" in decide(moderator, about_comic, "suspend", expect=422).json["errors"][0]["msg"]
    decide(moderator, about_person, "hide", expect=422)
    decide(moderator, 987654321, "reject", expect=404)


def test_nobody_decides_about_their_own(moderator, officer):
    comic = scene.comic(moderator)
    _, case = report("comic", comic)
    _, about_self = report("user", moderator.user["id_users"])
    refused = [
        decide(moderator, case, "hide", expect=403),
        decide(moderator, case, "reject", expect=403),
        decide(moderator, about_self, "reject", expect=403),
        hide(moderator, "comics", comic, expect=403),
    ]
    assert {answer.error for answer in refused} == {"OwnCase"}
    decide(officer(), case, "reject")


def test_a_suspended_person_is_out_at_once_and_learns_why_by_mail(signed_in, moderator, mailbox):
    budi = signed_in(name="Budi")
    (reader,), case = report("user", budi.user["id_users"], reason="harassment")
    decide(moderator, case, "suspend")
    assert budi.get("/v1/bookmarks", expect=403).error == "Suspended"
    budi.work("mail")
    mail = mailbox.newest(budi.user["email"])
    assert "ditangguhkan" in mail["subject"] and "pelecehan atau perundungan" in " ".join(mail["text"].split())
    assert "sudah kami tindak" in told(reader.id, "report")[0][1]
    restore(moderator, "users", budi.user["id_users"])
    budi.get("/v1/bookmarks")
    assert [title for title, _ in told(budi.user["id_users"])] == ["Akunmu dibuka kembali"]
    assert [entry.action for entry in log("user", budi.user["id_users"])] == ["user.suspend", "user.restore"]


@pytest.mark.parametrize(("by", "of", "allowed"), [("moderator", "finance", 403), ("admin", "moderator", 200), ("admin", "admin", 403)])
def test_administrators_alone_suspend_staff_and_nobody_an_administrator(officer, by, of, allowed):
    answer = officer(by).post(f"/v1/admin/users/{officer(of).user['id_users']}/suspend", {"reason": "spam"}, expect=allowed)
    assert allowed == 200 or answer.error == "NotOverStaff"


@pytest.mark.parametrize("role", ["moderator", "finance", "admin"])
def test_whom_a_moderator_may_not_suspend_a_moderator_may_not_restore_neither_directly_nor_by_a_case(officer, moderator, role):
    staff = officer(role)
    _, case = report("user", staff.user["id_users"])
    accounts.suspend(staff.user["email"], "Kunci perusahaan disalahgunakan")
    refused = [restore(moderator, "users", staff.user["id_users"], expect=403), decide(moderator, case, "restore", expect=403)]
    assert [answer.error for answer in refused] == ["NotOverStaff"] * 2
    assert staff.get("/v1/bookmarks", expect=403).error == "Suspended"


def test_an_administrator_brings_staff_back_and_an_administrator_comes_back_by_the_command_line_alone(officer):
    boss, finance, other = officer("admin"), officer("finance"), officer("admin")
    for staff in (finance, other):
        accounts.suspend(staff.user["email"], "Kunci perusahaan disalahgunakan")
    restore(boss, "users", finance.user["id_users"])
    finance.get("/v1/bookmarks")
    assert restore(boss, "users", other.user["id_users"], expect=403).error == "NotOverStaff"
    other.get("/v1/bookmarks", expect=403)
    accounts.restore(other.user["email"], "Keliru")
    other.get("/v1/bookmarks")


def test_a_moderator_replies_to_all_who_reported(author, moderator):
    crowd, case = report("comic", scene.comic(author), 3)
    words = "Terima kasih {semua}, kami sedang memeriksanya."
    for _ in range(2):
        assert moderator.post(f"/v1/admin/reports/{case}/reply", {"message": words}, expect=200).data == {"told": 3}
    assert [message for _, message in told(crowd[0].id, "report")] == [words] * 2


def test_a_decision_that_fails_half_way_changes_nothing(author, moderator, monkeypatch, api):
    comic = scene.comic(author)
    (reader,), case = report("comic", comic)
    by = scene.crowd(1)[0]
    monkeypatch.setattr(moderation.outcomes, "tell_reporters", lambda *_: (_ for _ in ()).throw(Conflict))
    with pytest.raises(Conflict):
        cases.decide(by, case, Decide(decision="hide"))
    assert api.get(f"/v1/comics/show/{comic}").data["id"] == comic
    assert log("comic", comic) == [] and told(author.user["id_users"]) == [] and told(reader.id, "report") == []


def test_a_restoration_that_dies_after_copying_leaves_the_comic_hidden(author, moderator, monkeypatch, api):
    comic = scene.comic(author)
    hide(moderator, "comics", comic)
    author.work("unpublish_files")
    monkeypatch.setattr(moderation.storage, "publish", lambda _: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        restore(moderator, "comics", comic)
    api.get(f"/v1/comics/show/{comic}", expect=404)
    monkeypatch.undo()
    restore(moderator, "comics", comic)
    api.get(f"/v1/comics/show/{comic}")


def hidden_with_pictures(owner, moderator):
    """A comic with pictures that readers saw until it was hidden, and whose copies are gone."""
    scene.change("update users set publish_quota = 1 where id_users = :user", user=owner.user["id_users"])
    comic = books.comic(owner)
    owner.post(f"/v1/comics/{comic}/publish", {}, expect=200)
    hide(moderator, "comics", comic)
    owner.work("unpublish_files")
    assert public_files(comic) == []
    return comic


def public_files(comic):
    return storage.names(f"comics/{comic}/", public=True)


def guards_are_due():
    scene.change("update jobs set run_at = now() where kind = 'unpublish_files' and status = 'queued'")


def test_a_comic_that_its_owner_takes_back_while_a_moderator_restores_it_has_no_public_picture_once_the_guard_was_due(
    author, moderator, monkeypatch
):
    comic, copied = hidden_with_pictures(author, moderator), storage.publish

    def taken_back_meanwhile(files):
        copied(files)
        author.post(f"/v1/comics/{comic}/unpublish", expect=200)

    monkeypatch.setattr(storage, "publish", taken_back_meanwhile)
    restore(moderator, "comics", comic)
    assert public_files(comic)
    guards_are_due()
    author.work("unpublish_files")
    assert public_files(comic) == []


def test_a_restoration_whose_copies_the_guard_of_an_earlier_one_removes_is_refused_and_the_next_one_shows_every_picture(
    author, moderator, monkeypatch, api
):
    comic, copied = hidden_with_pictures(author, moderator), storage.publish
    monkeypatch.setattr(storage, "publish", lambda _: (_ for _ in ()).throw(SystemExit))
    with pytest.raises(SystemExit):
        restore(moderator, "comics", comic)
    guards_are_due()
    monkeypatch.setattr(storage, "publish", lambda files: (copied(files), author.work("unpublish_files")))
    assert restore(moderator, "comics", comic, expect=409).error == "StillRemoving"
    api.get(f"/v1/comics/show/{comic}", expect=404)
    monkeypatch.setattr(storage, "publish", copied)
    restore(moderator, "comics", comic)
    guards_are_due()
    author.work("unpublish_files")
    assert set(public_files(comic)) == set(scene.run(lambda looking: copies.of(looking, states.lock(looking, comic))))


def test_the_number_of_public_comics_follows_hiding_and_restoring(author, moderator):
    comic = scene.comic(author)
    hide(moderator, "comics", comic)
    for act in (restore, hide):
        act(moderator, "comics", comic)
        (row,) = scene.rows(
            "select (select value from counters where name = 'public_comics') as counted, (select count(*) from comics where is_public) as real"
        )
        assert row.counted == row.real
