"""The newest comics of the creators one follows."""

from common import lists, media
from common.auth import User
from common.comics import ages
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.lists import Listing
from common.pages import PageQuery
from common.replies import Json

SHOWN = "c.age_rating = any(:ratings)"

# A page of n comics is by the n creators whose newest are the newest, at most: one look into the index finds each
# creator's newest, and only of those n are more looked at. Sorting all comics of all creators grew with everything
# they ever made, and taking n of every creator cost four times as much for somebody who follows two thousand.
FEED = Listing(
    "feed",
    f"""select c.id, {lists.key("c.published_at")} as key, json_build_object({PUBLIC_ITEM}) as item
        from (select near.id, near.published_at
              from (select f.followed_id from follows f
                    cross join lateral (select c.id, c.published_at from comics c where c.user_id = f.followed_id and c.is_public and {SHOWN} :after
                                        order by c.published_at desc, c.id desc limit 1) newest
                    where f.follower_id = {lists.of("user")} order by newest.published_at desc, newest.id desc :near) creators
              cross join lateral (select c.id, c.published_at from comics c where c.user_id = creators.followed_id and c.is_public and {SHOWN} :after
                                  order by c.published_at desc, c.id desc :near) near
              order by near.published_at desc, near.id desc :limit) chosen
        join comics c on c.id = chosen.id join users u on u.id_users = c.user_id order by c.published_at desc, c.id desc""",
    id="c.id",
    moment="c.published_at",
    total=lists.counted(
        f"from follows f join comics c on c.user_id = f.followed_id where f.follower_id = :user and c.is_public and {SHOWN}"
    ),
)


def page(db: Db, user: User, asked: PageQuery) -> Json:
    """What the followed creators published, newest first."""
    return lists.page(db, asked, FEED, user=user.id, media=media.base(), ratings=ages.open_to(user))
