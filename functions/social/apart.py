"""What a block keeps apart: two people of whom one wants nothing to do with the other.

It stands between both, whoever made it. It ends their follows and takes the words of either out of the
other's inbox; neither follows the other, nor likes or comments on the other's comics, nor reads the
other's comments. Comics stay readable, as everybody may read them, but whoever blocks is not shown the
other's in lists. Nobody is told of a block.
"""

from common.i18n import Text
from common.problems import Forbidden


class Blocked(Forbidden):
    """One of the two has blocked the other; which of them is not told."""

    detail = Text("This is not possible between you and this person", "Ini tidak bisa dilakukan antara kamu dan orang ini")


def between(one: str, other: str) -> str:
    """The condition that one of two accounts, given as SQL expressions, has blocked the other."""
    # Two looks into the unique index; asked for both pairs at once, PostgreSQL reads all blocks.
    return f"""(exists (select from blocks where blocker_id = {one} and blocked_id = {other})
        or exists (select from blocks where blocker_id = {other} and blocked_id = {one}))"""


# The accounts that a block keeps apart from `:viewer`.
FROM_VIEWER = """(select blocked_id from blocks where blocker_id = cast(:viewer as bigint)
        union all select blocker_id from blocks where blocked_id = cast(:viewer as bigint))"""
