"""The commissions a creator has earned."""

from common import pages
from common.auth import User
from common.db import Db
from common.replies import Answer

from .schemas import Mine

PAGE = """
select id, id_user, amount as kredit, amount, percent, status, keterangan, available_at, created_at, updated_at from commissions
where id_user = :user and id < coalesce(cast(:before as bigint), 9223372036854775807) order by id desc limit :limit offset :offset
"""


def page(db: Db, user: User, asked: Mine) -> Answer:
    """A page of the user's commissions, newest first; `total_commission` is what was not taken back, in rupiah."""
    before = pages.keys(asked, "commissions", int)
    rows = db.all(PAGE, user=user.id, before=before[0] if before else None, limit=asked.per_page + 1, offset=asked.offset)
    shown = rows[: asked.per_page]
    sums = db.one(
        "select count(*) as count, coalesce(sum(amount) filter (where status <> 'reversed'), 0)::bigint as total from commissions where id_user = :user",
        user=user.id,
    )
    cursor = pages.cursor("commissions", shown[-1].id) if shown else None
    meta = pages.meta(asked, sums.count, len(rows) > len(shown), cursor)
    return Answer(shown, meta=meta, beside={"total_commission": sums.total})
