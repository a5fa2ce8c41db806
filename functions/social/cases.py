"""The moderators' queue: one case for each reported subject, however many reported it, and one decision."""

from typing import Any

from common import audit, clock, lists, media, pages
from common.auth import User
from common.comics import shown
from common.comics.shown import PERSON
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Conflict, NotFound, invalid
from common.replies import Json

from . import moderation, outcomes
from .schemas import Decide, Hide, Queue

# Reports of a case that are shown one by one.
SHOWN = 100


class AlreadyDecided(Conflict):
    """Somebody decided this case before."""

    detail = Text("This case is decided already", "Kasus ini sudah diputuskan")


# What is reported, as far as the queue shows it; null where it is gone.
SUBJECT = f"""case k.subject_type
    when 'comic' then (select json_build_object('id', c.id, 'title', c.title, 'content', c.synopsis, 'comic_id', c.id,
            'age_rating', c.age_rating, 'is_shown', c.is_public, 'user', {PERSON})
        from comics c join users u on u.id_users = c.user_id where c.id = k.subject_id)
    when 'comment' then (select json_build_object('id', m.id, 'title', c.title, 'content', m.content, 'comic_id', m.comic_id,
            'age_rating', null, 'is_shown', m.hidden_at is null and c.is_public, 'user', {PERSON})
        from comments m join comics c on c.id = m.comic_id join users u on u.id_users = m.user_id where m.id = k.subject_id)
    else (select json_build_object('id', u.id_users, 'title', u.full_name, 'content', null, 'comic_id', null,
            'age_rating', null, 'is_shown', u.suspended_at is null, 'user', {PERSON})
        from users u where u.id_users = k.subject_id and u.erased_at is null) end"""

REASONS = """(select json_object_agg(reason, given) from
    (select reason, count(*) as given from reports r where r.case_id = k.id group by reason order by count(*) desc, reason) counted)"""

ITEM = f"""'id', k.id, 'subject_type', k.subject_type, 'subject_id', k.subject_id, 'status', k.status, 'reports', k.reports,
    'reasons', coalesce({REASONS}, '{{}}'), 'decision', k.decision, 'note', k.note, 'decided_by', k.decided_by, 'decided_at', k.decided_at,
    'created_at', k.created_at, 'updated_at', k.updated_at, 'subject', {SUBJECT}"""

# Both orders are total, and both go forward along an index.
ORDERS = {
    "oldest": ("k.id", "k.id > cast(:id as bigint)"),
    "most_reported": ("k.reports desc, k.id desc", "(k.reports, k.id) < (cast(:reports as bigint), cast(:id as bigint))"),
}

DETAIL = f"""
select k.subject_type, k.subject_id, (select user_id from comics where k.subject_type = 'comic' and id = k.subject_id) as owner,
       json_build_object({ITEM}, 'received', coalesce((
    select json_agg(json_build_object('reason', r.reason, 'detail', r.detail, 'created_at', r.created_at, 'user', {PERSON}) order by r.id desc)
    from (select * from reports where case_id = k.id order by id desc limit {SHOWN}) r join users u on u.id_users = r.reporter_id), '[]'))::text as text
from moderation_cases k where k.id = :case
"""

WORST = "select reason from reports where case_id = :case group by reason order by count(*) desc, reason limit 1"


def page(db: Db, asked: Queue) -> Json:
    """A page of the cases of one status, with the number of reports and what they are about."""
    after = pages.keys(asked, f"{asked.status} {asked.sort}", *([int] if asked.sort == "oldest" else [int, int]))
    place = dict(zip(("id",) if asked.sort == "oldest" else ("reports", "id"), after or (), strict=False))
    row = db.one(_statement(asked, after is not None), status=asked.status, media=media.base(), offset=asked.offset, **place)
    last = (row.last_id,) if asked.sort == "oldest" else (row.last_reports, row.last_id)
    more = row.found > asked.per_page
    return Json(row.items, pages.meta(asked, row.total, more, pages.cursor(f"{asked.status} {asked.sort}", *last) if more else None))


def _statement(asked: Queue, after: bool) -> str:
    order, further = ORDERS[asked.sort]
    size = asked.per_page
    return f"""
    select coalesce(json_agg(json_build_object({ITEM}) order by k.place) filter (where k.place <= {size}), '[]')::text as items,
           count(*) as found, max(k.id) filter (where k.place = {size}) as last_id, max(k.reports) filter (where k.place = {size}) as last_reports,
           {lists.counted("from moderation_cases where status = :status")} as total
    from (select row_number() over () as place, k.* from (
        select k.* from moderation_cases k where k.status = :status {f"and {further}" if after else ""}
        order by {order} limit {size} + 1 offset cast(:offset as bigint)) k) k"""


def detail(db: Db, case: int) -> Json:
    """One case with its newest reports and, where it is about a comic, all of that, also while it is hidden; raises `NotFound`."""
    row = db.maybe(DETAIL, case=case, media=media.base())
    if row is None:
        raise NotFound
    # Shown as its owner sees it: what is hidden or taken back has to be looked at too.
    comic = shown.detail(db, row.subject_id, row.owner) if row.owner is not None else Json("null")
    return Json(f'{row.text[:-1]},"comic":{comic.text}}}', finish=comic.finish)


def decide(by: User, case: int, asked: Decide) -> None:
    """Decide an open case, or undo what a decided one did; raises `NotFound`, `AlreadyDecided`, and what the act raises."""
    with transaction() as db:
        row = _found(db, case)
        if row.status != "open" and asked.decision != "restore":
            raise AlreadyDecided
        if asked.decision not in DECISIONS[row.subject_type]:
            raise invalid("body", "decision", f"A {row.subject_type} takes one of: {', '.join(DECISIONS[row.subject_type])}")
        if asked.decision == "reject":
            _reject(db, by, row, asked.note)
        elif asked.decision != "restore":
            _act(db, by, row, asked)
        elif row.subject_type == "comment":
            moderation.restore_comment(db, by, row.subject_id, asked.note)
        elif row.subject_type == "user":
            moderation.unsuspend(db, by, row.subject_id, asked.note)
    if (asked.decision, row.subject_type) == ("restore", "comic"):
        moderation.restore_comic(by, row.subject_id, asked.note)


DECISIONS = {
    "comic": ("hide", "reject", "restore"),
    "comment": ("hide", "reject", "restore"),
    "user": ("suspend", "reject", "restore"),
}

ACTS = {"comic": moderation.hide_comic, "comment": moderation.hide_comment, "user": moderation.suspend}


def _found(db: Db, case: int) -> Any:
    row = db.maybe("select id, subject_type, subject_id, status from moderation_cases where id = :case", case=case)
    if row is None:
        raise NotFound
    return row


def _act(db: Db, by: User, case: Any, asked: Decide) -> None:
    """Hide or suspend, which closes the case; the reason is the one that most reporters gave, unless another is given."""
    reason = asked.reason or db.value(WORST, case=case.id) or "other"
    ACTS[case.subject_type](db, by, case.subject_id, Hide(reason=reason, note=asked.note))
    # Whoever decided while we waited for the subject was first.
    if db.value("select decided_by from moderation_cases where id = :case", case=case.id) != by.id:
        raise AlreadyDecided


def _reject(db: Db, by: User, case: Any, note: str | None) -> None:
    """Leave it as it is; also what is gone meanwhile."""
    owner = db.value(f"select {SUBJECT} #>> '{{user,id_users}}' from moderation_cases k where k.id = :case", case=case.id, media="")
    if owner == str(by.id):
        raise moderation.OwnCase
    if not moderation.close(db, by, case.subject_type, case.subject_id, "rejected", "reject", note):
        raise AlreadyDecided
    audit.record(db, by.id, "report.reject", case.subject_type, case.subject_id, after={"case": case.id}, reason=note)


def reply(db: Db, by: User, case: int, message: str) -> int:
    """Say something to everybody who reported a case, in the moderator's words; how many were told. Raises `NotFound`."""
    row = _found(db, case)
    told = outcomes.tell_reporters(db, row, f"reply:{clock.now().timestamp()}", Text(message, message))
    audit.record(db, by.id, "report.reply", row.subject_type, row.subject_id, after={"case": case, "told": told}, reason=message)
    return told
