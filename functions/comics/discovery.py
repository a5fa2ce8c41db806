"""Comics like this one, and sharing them on."""

from functools import cache

from common import hashes, limits, media, settings
from common.auth import User
from common.clients import embedder
from common.comics import ages, embeddings
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.problems import NotFound
from common.replies import Json

OPEN = ages.condition(ages.open_to(None))

# Candidates come from indexes (shared genres, same style, near by vector where pgvector is there), a fixed
# number from each, so that the cost does not grow with the catalogue; they are ranked by what they share with
# this comic. How far apart two unlike texts are differs from model to model, so nearness is counted from the
# farthest neighbour to the nearest, which is worth four shared genres. Squared, because half as near is not alike:
# without that, any comic with the same genres and style came before another telling of the same tale.
# The index of genres gives all that share one, half the catalogue, before a limit ends it; so they are looked for among
# the most popular, and in the index only where that shows a genre to be rare. Subqueries instead of joins with `this`
# let an index be read in its order.
# What is for older readers is left out where candidates are looked for: the most popular thousand may be nothing else.
SIMILAR = f"""
with this as (select * from comics where id = :comic and is_public),
     [near],
     genres as (select array(select jsonb_array_elements_text(genre)) as names from this),
     popular as (select id, genre, total_views from comics c where is_public and {OPEN} order by total_views desc, id desc limit 1000),
     kin as (select id from popular where genre ?| (select names from genres) order by total_views desc, id desc limit 200),
     candidates as (
        select id from near
        union
        select id from kin
        union
        (select id from comics c where is_public and {OPEN} and genre ?| (select names from genres) and (select count(*) from kin) < 10 limit 200)
        union
        (select id from comics c where is_public and {OPEN} and style_id = (select style_id from this) order by total_views desc, id desc limit 200)),
     ranked as (
        select c.id, (select count(*) from jsonb_array_elements_text(c.genre) name where this.genre ? name) * 2
                   + case when c.style_id = this.style_id then 1 else 0 end
                   + ts_rank(c.search, plainto_tsquery('indonesian', this.title))
                   + coalesce(near.closeness, 0) as likeness, c.total_views
        from candidates join comics c using (id) left join near using (id), this where c.id <> this.id and {OPEN}
        order by likeness desc, c.total_views desc, c.id desc limit :limit)
select coalesce(json_agg(json_build_object({PUBLIC_ITEM}) order by r.likeness desc, r.total_views desc, r.id desc), '[]')::text as items,
       exists (select from this) as found
from ranked r join comics c using (id) join users u on u.id_users = c.user_id
"""

# A comic without a vector has no neighbours, of which `exists` spares the search.
NEAR = f"""own as (select embedding from comic_embeddings where comic_id = (select id from this) and model = :model),
     nearest as (
        select comic_id as id, embedding::vector([length]) <=> (select embedding::vector([length]) from own) as distance
        from comic_embeddings
        where cardinality(embedding) = [length] and model = :model and comic_id <> :comic and exists (select from own)
        order by embedding::vector([length]) <=> (select embedding::vector([length]) from own) limit {embeddings.NEIGHBOURS}),
     near as (
        select c.id, 8 * coalesce(((max(distance) over () - distance) / nullif(max(distance) over () - min(distance) over (), 0)) ^ 2, 1) as closeness
        from nearest join comics c using (id) where c.is_public)
"""

NOTHING_NEAR = "near as (select cast(null as bigint) as id, 0.0 as closeness where false)"

SHARE = """
with shared as (insert into comic_share (comic_id, user_id) select id, :user from comics where id = :comic and is_public returning comic_id)
update comics set total_shares = total_shares + 1 where id in (select comic_id from shared)
"""


BY_WHAT_IT_SHARES = SIMILAR.replace("[near]", NOTHING_NEAR)


@cache
def _by_vector(length: int) -> str:
    return SIMILAR.replace("[near]", NEAR.replace("[length]", str(length)))


def similar(db: Db, comic: int, limit: int) -> Json:
    """Up to `limit` public comics that share genre, style or words with a public one, or tell of the same; raises `NotFound`."""
    length = settings.EMBEDDING_DIMENSIONS()
    if embeddings.indexed(db, length):
        row = db.one(_by_vector(length), comic=comic, limit=limit, media=media.base(), model=embedder.model())
    else:
        row = db.one(BY_WHAT_IT_SHARES, comic=comic, limit=limit, media=media.base())
    if not row.found:
        raise NotFound
    return Json(row.items)


# Shares of one comic by one reader that count in an hour: friends are many, a loop is not one of them.
SHARES_PER_HOUR = 10


def share(db: Db, comic: int, user: User | None, address: str) -> None:
    """Count a share of a public comic by an account or, for anonymous readers, from an `address`; raises `NotFound` and `AgeRestricted`."""
    ages.public(db, comic, user)
    reader = hashes.keyed("reader", f"user:{user.id}" if user else f"address:{address}").hex()
    if not limits.hit(db, f"share:{comic}:{reader}", SHARES_PER_HOUR, 3600):
        db.run(SHARE, comic=comic, user=user.id if user else None)
