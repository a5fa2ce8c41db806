"""What creators are told about their readers: rows of their inbox, in their own language, nothing twice and nothing about themselves.

Whoever calls holds the comic's row lock, so that what is gathered into one message is gathered by one at a time.
Words that name or quote somebody have that one's `user_id` in their data, by which they are found when the person is forgotten.
"""

import json
from datetime import timedelta
from typing import Any, NamedTuple

from common import clock, limits, notices
from common.auth import User
from common.db import Db
from common.erasure import BARE, NAMED
from common.i18n import Language, Text

MILESTONES = (10, 50, 100, 500, 1000)

# Likes of one comic become one message for so long; a person's like of a comic is told again after a month at the earliest.
GATHERED = timedelta(hours=1)
REMEMBERED_SECONDS = 30 * 86400

# Letters of a comment that its notice shows.
SHOWN = 50


class Work(NamedTuple):
    """A comic and whom it belongs to, as far as a notice needs them."""

    comic: int
    title: str
    author: int
    language: Language


LIKED = Text("Someone likes your comic! ❤️", "Seseorang menyukai komikmu! ❤️")
ONE_LIKES = Text("{name} likes '{title}'.", "{name} menyukai '{title}'.")
TWO_LIKE = Text("{name} and one more reader like '{title}'.", "{name} dan 1 pembaca lain menyukai '{title}'.")
MANY_LIKE = Text("{name} and {others} more readers like '{title}'.", "{name} dan {others} pembaca lain menyukai '{title}'.")

COMMENTED = Text("A new comment on your comic! 💬", "Komentar baru di komikmu! 💬")
COMMENT = Text("{name} commented: {content}", "{name} mengomentari: {content}")

LIKES_REACHED = Text("Milestone reached! 🏆", "Milestone Tercapai! 🏆")
LIKES = Text("'{title}' is liked by {count} readers.", "'{title}' sudah disukai {count} pembaca.")
COMMENTS_REACHED = Text("Your comic is being talked about! 🗣️", "Komikmu Ramai Dibicarakan! 🗣️")
COMMENTS = Text("'{title}' has {count} comments.", "'{title}' sudah mendapat {count} komentar.")

FOLLOWED = Text("A new follower! 👋", "Pengikut baru! 👋")
FOLLOWER = Text("{name} follows you now.", "{name} sekarang mengikutimu.")

OPEN = "select id, data, created_at from notifications where user_id = :user and dedupe_key = :dedupe"
# The key is left to the next message; this one keeps a key of its own.
CLOSE = "update notifications set dedupe_key = dedupe_key || ':' || id where id = :id"
ADD = "update notifications set message = :message, data = :data where id = :id and read_at is null"

# What `:user` said to whose `:inbox` it is. One message tells of several people's likes, so it stays.
PART = f"""
with told as (select id, dedupe_key from notifications where user_id = :inbox and {NAMED}),
     unsaid as (delete from notifications where id in (select id from told where dedupe_key like 'comment:%' or dedupe_key like 'follower:%'))
update notifications set {BARE} where id in (select id from told where dedupe_key like 'likes:%')
"""


def liked(db: Db, work: Work, by: User, total: int) -> None:
    """Tell the author that `by` likes the comic, which `total` people do now."""
    _milestone(db, work, "likes", total, LIKES_REACHED, LIKES)
    key = f"likes:{work.comic}"
    if by.id == work.author or limits.hit(db, f"told:{key}:{by.id}", 1, REMEMBERED_SECONDS):
        return
    told = db.maybe(OPEN, user=work.author, dedupe=key)
    if told and told.created_at > clock.now() - GATHERED:
        likes = json.loads(told.data)["likes"] + 1
        said = _likers(likes).say(work.language, **_liking(work, by, likes))
        # What was read is neither pushed nor counted any more: whoever likes it after that is news.
        if db.run(ADD, id=told.id, message=said, data=json.dumps(_data(work, user_id=by.id, likes=likes))):
            return
    if told:
        db.run(CLOSE, id=told.id)
    # The push waits until nothing is added any more: it says how many they were.
    data = _data(work, user_id=by.id, likes=1)
    notices.tell(db, work.author, "engagement", LIKED, _likers(1), GATHERED, key=key, data=data, **_liking(work, by, 1))


def _likers(likes: int) -> Text:
    return {1: ONE_LIKES, 2: TWO_LIKE}.get(likes, MANY_LIKE)


def _liking(work: Work, latest: User, likes: int) -> dict[str, Any]:
    return {"name": latest.name, "others": likes - 1, "title": work.title}


def commented(db: Db, work: Work, by: User, comment: int, content: str, total: int) -> None:
    """Tell the author about a comment, one of `total` now."""
    _milestone(db, work, "comments", total, COMMENTS_REACHED, COMMENTS)
    if by.id == work.author:
        return
    shown = content if len(content) <= SHOWN else f"{content[:SHOWN]}…"
    data = _data(work, comment_id=comment, user_id=by.id)
    notices.tell(db, work.author, "new_comment", COMMENTED, COMMENT, key=_comment(comment), data=data, name=by.name, content=shown)


def uncommented(db: Db, author: int, comment: int) -> None:
    """Take the notice about a comment back, since it quotes what somebody wanted gone."""
    db.run("delete from notifications where user_id = :user and dedupe_key = :dedupe", user=author, dedupe=_comment(comment))


def followed(db: Db, user: int, by: User) -> None:
    """Tell `user` of a follower; one who leaves and comes back is no news."""
    notices.tell(db, user, "new_follower", FOLLOWED, FOLLOWER, key=f"follower:{by.id}", data={"user_id": by.id}, name=by.name)


def parted(db: Db, one: int, other: int) -> None:
    """Take the words of either out of the other's inbox, also what was to be pushed yet."""
    for inbox, user in ((one, other), (other, one)):
        db.run(PART, inbox=inbox, user=user)


def _milestone(db: Db, work: Work, what: str, total: int, title: Text, message: Text) -> None:
    # Counters move by one, so no milestone is jumped over; passed again after a fall it is told already.
    if total in MILESTONES:
        key, data = f"milestone:{work.comic}:{what}:{total}", _data(work, **{what: total})
        notices.tell(db, work.author, "milestone", title, message, key=key, data=data, title=work.title, count=total)


def _comment(comment: int) -> str:
    return f"comment:{comment}"


def _data(work: Work, **facts: int) -> dict[str, int]:
    return {"comic_id": work.comic, **facts}
