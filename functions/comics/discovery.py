"""Comics like this one, and sharing them on."""

from common import hashes, limits, media
from common.auth import User
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.problems import NotFound
from common.replies import Json

# Candidates come from two indexes (shared genres, same style), at most 200 from each, so that the
# cost does not grow with the catalogue; they are ranked by what they share with this comic.
SIMILAR = f"""
with this as (select * from comics where id = :comic and is_public),
     candidates as (
        (select c.id from comics c, this where c.is_public and c.genre ?| array(select jsonb_array_elements_text(this.genre)) limit 200)
        union
        (select c.id from comics c, this where c.is_public and c.style_id = this.style_id order by c.total_views desc, c.id desc limit 200)),
     ranked as (
        select c.id, (select count(*) from jsonb_array_elements_text(c.genre) name where this.genre ? name) * 2
                   + case when c.style_id = this.style_id then 1 else 0 end
                   + ts_rank(c.search, plainto_tsquery('indonesian', this.title)) as likeness, c.total_views
        from candidates join comics c using (id), this where c.id <> this.id
        order by likeness desc, c.total_views desc, c.id desc limit :limit)
select coalesce(json_agg(json_build_object({PUBLIC_ITEM}) order by r.likeness desc, r.total_views desc, r.id desc), '[]')::text as items,
       exists (select from this) as found
from ranked r join comics c using (id) join users u on u.id_users = c.user_id
"""

SHARE = """
with shared as (insert into comic_share (comic_id, user_id) select id, :user from comics where id = :comic and is_public returning comic_id)
update comics set total_shares = total_shares + 1 where id in (select comic_id from shared)
"""


def similar(db: Db, comic: int, limit: int) -> Json:
    """Up to `limit` public comics that share genre, style or words with a public one; raises `NotFound`."""
    row = db.one(SIMILAR, comic=comic, limit=limit, media=media.base())
    if not row.found:
        raise NotFound
    return Json(row.items)


# Shares of one comic by one reader that count in an hour: friends are many, a loop is not one of them.
SHARES_PER_HOUR = 10


def share(db: Db, comic: int, user: User | None, address: str) -> None:
    """Count a share of a public comic by an account or, for anonymous readers, from an `address`; raises `NotFound`."""
    if not db.value("select is_public from comics where id = :comic", comic=comic):
        raise NotFound
    reader = hashes.keyed("reader", f"user:{user.id}" if user else f"address:{address}").hex()
    if not limits.hit(db, f"share:{comic}:{reader}", SHARES_PER_HOUR, 3600):
        db.run(SHARE, comic=comic, user=user.id if user else None)
