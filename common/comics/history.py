"""What somebody read, latest first, as a list that two functions show."""

from common import lists
from common.comics.shown import PUBLIC_ITEM
from common.lists import Listing


def listing(*more: str) -> Listing:
    """The comics of `:ratings` that `:user` read, each with the further JSON keys of `more`; what was taken back since is left out."""
    item = ", ".join((PUBLIC_ITEM, *more))
    return Listing(
        "history",
        f"""select h.comic_id as id, {lists.key("h.read_at")} as key, json_build_object({item}) as item
            from read_history h join comics c on c.id = h.comic_id join users u on u.id_users = c.user_id
            where h.user_id = {lists.of("user")} and c.is_public and c.age_rating = any(:ratings) :after order by h.read_at desc, h.comic_id desc :limit""",
        id="h.comic_id",
        moment="h.read_at",
        total=lists.counted(
            "from read_history h join comics c on c.id = h.comic_id where h.user_id = :user and c.is_public and c.age_rating = any(:ratings)"
        ),
    )
