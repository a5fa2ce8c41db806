"""Comics that a reader saved for later."""

from common import clock, lists, media
from common.auth import User
from common.comics import ages
from common.comics.shown import PUBLIC_ITEM
from common.db import Db
from common.lists import Listing
from common.pages import PageQuery
from common.replies import Json

from .schemas import Saved, Taken

MINE = "from bookmarks b join comics c on c.id = b.comic_id where b.user_id = :user and c.is_public and c.age_rating = any(:ratings)"

BOOKMARKS = Listing(
    "bookmarks",
    f"""select b.id, json_build_object({PUBLIC_ITEM}, 'bookmarked_at', b.created_at) as item
        from bookmarks b join comics c on c.id = b.comic_id join users u on u.id_users = c.user_id
        where b.user_id = {lists.of("user")} and c.is_public and c.age_rating = any(:ratings) :after order by b.id desc :limit""",
    id="b.id",
    total=lists.counted(MINE),
)

# In the order of ids, so that two requests with the same comics in another order never wait for each other.
SAVE = """
with shown as (select id from comics where id = any(cast(:comics as bigint[])) and is_public),
     saved as (insert into bookmarks (user_id, comic_id, created_at) select :user, id, :now from shown order by id
               on conflict (user_id, comic_id) do nothing)
select id from shown
"""

REMOVE = "delete from bookmarks where user_id = :user and comic_id = any(cast(:comics as bigint[])) returning comic_id as id"


def page(db: Db, user: User, asked: PageQuery) -> Json:
    """The user's bookmarks, latest first; what was taken back since is left out, and returns when it does."""
    return lists.page(db, asked, BOOKMARKS, user=user.id, media=media.base(), ratings=ages.open_to(user))


def save(db: Db, user: User, comics: list[int]) -> Saved:
    """Save those of `comics` that are public; saving again changes nothing."""
    saved = {row.id for row in db.all(SAVE, user=user.id, comics=comics, now=clock.now())}
    return Saved(**_sorted(comics, saved))


def remove(db: Db, user: User, comics: list[int]) -> Taken:
    """Take `comics` off the user's bookmarks, also those that readers do not see any more."""
    removed = {row.id for row in db.all(REMOVE, user=user.id, comics=comics)}
    return Taken(**_sorted(comics, removed))


def _sorted(asked: list[int], found: set[int]) -> dict[str, list[int]]:
    """What was asked for, each once and in its order, by whether it was found."""
    once = dict.fromkeys(asked)
    return {"comic_ids": [each for each in once if each in found], "not_found": [each for each in once if each not in found]}
