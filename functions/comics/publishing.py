"""Publishing a comic and taking it back.

The pictures are copied to the public bucket before the comic becomes visible and removed after it
stopped being so. Copying takes a second or two and happens outside any transaction: first a look
whether everything is there, then the copies, then the decision under the row's lock.
"""

import uuid
from datetime import datetime
from typing import Any

from common import clock, jobs, ledger, people
from common.auth import User
from common.clients import storage
from common.comics import copies, embeddings, pictures, shown, states
from common.db import Db, transaction
from common.i18n import Text
from common.problems import Conflict, Problem
from common.replies import Json

from .schemas import Publish


class NotReady(Conflict):
    """Something that a published comic needs is missing; `missing` names each thing."""

    detail = Text("The comic is not ready to publish; missing: {missing}", "Komik belum siap diterbitkan; yang kurang: {missing}")


class QuotaUsedUp(Problem):
    """The account may not publish another comic without a package."""

    status = 402
    detail = Text("Your publish quota is used up; a package gives more", "Kuota publikasi Anda habis; beli paket untuk menambah")


class HiddenByModerators(Conflict):
    """Moderators have hidden this comic; only they bring it back."""

    detail = Text("Moderators have hidden this comic", "Komik ini disembunyikan oleh moderator")


def publish(user: User, comic: int, asked: Publish) -> Json:
    """Make a finished comic visible to all, for one of the owner's publish quota; a published one is just shown.

    Raises `NotReady`, `QuotaUsedUp`, `HiddenByModerators` or `StillRemoving`.
    """
    guard = f"comic:{comic}:copies:{uuid.uuid4()}"
    with transaction() as db:
        row = _not_hidden(db, comic)
        since = clock.now()
        files = _ready(db, row, asked, since) if row.published_at is None else []
        if files:
            copies.guard(db, guard, row.id, files)
    storage.publish(files)
    with transaction() as db:
        row = _not_hidden(db, comic)
        if row.published_at is None:
            _still_the_same(_ready(db, row, asked, since), files)
            _publish(db, user, row, asked)
            # Where another publication came first, its readers need its own copies; the guard removes what they do not need of these.
            jobs.cancel(db, guard)
        return shown.detail(db, comic, user.id)


def _not_hidden(db: Db, comic: int) -> Any:
    """The locked row of a comic, published or not; raises `HiddenByModerators`, who may have come while the pictures were copied."""
    row = states.lock(db, comic)
    if row.hidden_at is not None:
        raise HiddenByModerators
    return row


def _ready(db: Db, row: Any, asked: Publish, since: datetime) -> list[str]:
    """The names of all files that readers will need; raises unless everything is there, and copies made after `since` are."""
    copies.none_going(db, row.id, since)
    quota = db.value("select publish_quota from users where id_users = :user", user=row.user_id)
    missing = [
        *(["title"] if not (asked.title or row.title).strip() else []),
        *pictures.missing(db, row),
        *(["finished drawing"] if row.draft_job_status != "COMPLETED" else []),
        *(["quota"] if quota < 1 else []),
    ]
    if missing == ["quota"]:
        raise QuotaUsedUp
    if missing:
        raise NotReady(missing=missing)
    return copies.of(db, row)


def _still_the_same(needed: list[str], copied: list[str]) -> None:
    """A panel drawn anew between the copying and now has files that were not copied, and some that were are nobody's any more."""
    if set(needed) != set(copied):
        raise NotReady(missing=["finished drawing"])


def _publish(db: Db, user: User, row: Any, asked: Publish) -> None:
    times = db.value(
        "select count(*) from transactions where user_id = :user and reason = 'publish' and reference_id like :each",
        user=user.id,
        each=f"comic:{row.id}:%",
    )
    if not ledger.move(db, user.id, "publish_quota", -1, "publish", f"comic:{row.id}:{times + 1}"):
        raise QuotaUsedUp
    # The quota has locked the account: its name is that of now, not that of when the pictures began to be copied.
    db.run(
        "update comics c set published_at = :now, title = coalesce(:title, title), synopsis = coalesce(:synopsis, synopsis),"
        f" publisher = {people.BYLINE}, updated_at = :now from users u where c.id = :comic and u.id_users = c.user_id",
        comic=row.id,
        now=clock.now(),
        title=asked.title,
        synopsis=asked.synopsis,
    )
    embeddings.enqueue(db, row.id)


def unpublish(db: Db, user: User, comic: int) -> Json:
    """Take a comic back: invisible from this commit on, its public files removed by a job right after."""
    row = states.lock(db, comic)
    if row.published_at is not None:
        db.run("update comics set published_at = null, updated_at = now() where id = :comic", comic=comic)
        # Those of a comic that moderators have hidden went when they did.
        if row.hidden_at is None:
            copies.take_back(db, row)
    return shown.detail(db, comic, user.id)
