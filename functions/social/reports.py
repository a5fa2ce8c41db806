"""Reports: a person says that something breaks the rules; only a person decides (see cases.py)."""

from common import clock, limits
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.problems import Conflict, NotFound, TooManyRequests

from .follows import HERE
from .schemas import NewReport

# Reports of one account in a day.
MOST, DAY = 50, 86400


class OwnWork(Conflict):
    """Nobody reports themselves or what is their own."""

    detail = Text("This is your own", "Ini milikmu sendiri")


# Whose a subject is, where readers may see it.
OWNERS = {
    "comic": "select user_id from comics where id = :subject and is_public",
    "comment": "select m.user_id from comments m join comics c on c.id = m.comic_id where m.id = :subject and m.hidden_at is null and c.is_public",
    "user": f"select id_users from users where id_users = :subject and {HERE}",
}

# All reports of one subject are one open case; racing reporters meet at its row.
CASE = """
insert into moderation_cases as k (subject_type, subject_id, reports, created_at, updated_at) values (:type, :subject, 1, :now, :now)
on conflict (subject_type, subject_id) where status = 'open' do update set reports = k.reports + 1, updated_at = excluded.updated_at
returning id
"""

REPORT = """
insert into reports (reporter_id, case_id, subject_type, subject_id, reason, detail, created_at, updated_at)
values (:user, :case, :type, :subject, :reason, :detail, :now, :now)
"""

# What goes on after a decision is reported anew, in another case.
REPORTED = """
select exists (select from moderation_cases k join reports r on r.case_id = k.id and r.reporter_id = :user
               where k.subject_type = :type and k.subject_id = :subject and k.status = 'open')
"""


def report(db: Db, user: User, asked: NewReport) -> TooManyRequests | None:
    """Report what readers may see; reporting it again before it is decided changes nothing, and nothing is hidden by reports alone.

    Raises `NotFound`, also for what the caller may not see, and `OwnWork`. Returns the problem of too many.
    """
    about = {"type": asked.subject_type, "subject": asked.subject_id}
    owner = db.value(OWNERS[asked.subject_type], subject=asked.subject_id)
    if owner is None:
        raise NotFound
    if owner == user.id:
        raise OwnWork
    # The count's row is locked from here on, so that one account's reports come one after another.
    wait = limits.hit(db, f"report:{user.id}", MOST, DAY)
    if wait:
        return TooManyRequests(retry_after=wait)
    if not db.value(REPORTED, user=user.id, **about):
        now = clock.now()
        case = db.value(CASE, **about, now=now)
        db.run(REPORT, user=user.id, case=case, **about, reason=asked.reason, detail=asked.detail, now=now)
    return None
