"""What creators are told about their readers: rows of their inbox, in their own language, nothing twice and nothing about themselves.

Whoever calls holds the comic's row lock, so that what is gathered into one message is gathered by one at a time.
"""

import json
from datetime import timedelta
from typing import Any, NamedTuple

from common import clock, limits
from common.auth import User
from common.db import Db
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

TELL = """
insert into notifications (user_id, type, title, message, data, dedupe_key, created_at)
values (:user, :type, :title, :message, :data, :dedupe, :now)
on conflict (user_id, dedupe_key) where dedupe_key is not null do nothing
"""

OPEN = "select id, data, created_at from notifications where user_id = :user and dedupe_key = :dedupe"
# The key is left to the next message; this one keeps a key of its own.
CLOSE = "update notifications set dedupe_key = dedupe_key || ':' || id where id = :id"
ADD = "update notifications set message = :message, data = :data where id = :id"


def liked(db: Db, work: Work, by: User, total: int) -> None:
    """Tell the author that `by` likes the comic, which `total` people do now."""
    _milestone(db, work, "likes", total, LIKES_REACHED, LIKES)
    key = f"likes:{work.comic}"
    if by.id == work.author or limits.hit(db, f"told:{key}:{by.id}", 1, REMEMBERED_SECONDS):
        return
    told = db.maybe(OPEN, user=work.author, dedupe=key)
    if told and told.created_at > clock.now() - GATHERED:
        likes = json.loads(told.data)["likes"] + 1
        db.run(ADD, id=told.id, message=_likers(work, by, likes), data=_data(comic_id=work.comic, user_id=by.id, likes=likes))
        return
    if told:
        db.run(CLOSE, id=told.id)
    data = _data(comic_id=work.comic, user_id=by.id, likes=1)
    _tell(db, work.author, "engagement", LIKED.say(work.language), _likers(work, by, 1), data, key)


def _likers(work: Work, latest: User, likes: int) -> str:
    sentence = {1: ONE_LIKES, 2: TWO_LIKE}.get(likes, MANY_LIKE)
    return sentence.say(work.language, name=latest.name, others=likes - 1, title=work.title)


def commented(db: Db, work: Work, by: User, comment: int, content: str, total: int) -> None:
    """Tell the author about a comment, one of `total` now."""
    _milestone(db, work, "comments", total, COMMENTS_REACHED, COMMENTS)
    if by.id == work.author:
        return
    message = COMMENT.say(work.language, name=by.name, content=content if len(content) <= SHOWN else f"{content[:SHOWN]}…")
    data = _data(comic_id=work.comic, comment_id=comment)
    _tell(db, work.author, "new_comment", COMMENTED.say(work.language), message, data, _comment(comment))


def uncommented(db: Db, author: int, comment: int) -> None:
    """Take the notice about a comment back, since it quotes what somebody wanted gone."""
    db.run("delete from notifications where user_id = :user and dedupe_key = :dedupe", user=author, dedupe=_comment(comment))


def followed(db: Db, user: int, language: Language, by: User) -> None:
    """Tell `user` of a follower; one who leaves and comes back is no news."""
    message = FOLLOWER.say(language, name=by.name)
    _tell(db, user, "new_follower", FOLLOWED.say(language), message, _data(user_id=by.id), f"follower:{by.id}")


def _milestone(db: Db, work: Work, what: str, total: int, title: Text, message: Text) -> None:
    # Counters move by one, so no milestone is jumped over; passed again after a fall it is told already.
    if total in MILESTONES:
        said = message.say(work.language, title=work.title, count=total)
        data = _data(comic_id=work.comic, **{what: total})
        _tell(db, work.author, "milestone", title.say(work.language), said, data, f"milestone:{work.comic}:{what}:{total}")


def _tell(db: Db, user: int, kind: str, title: str, message: str, data: str, dedupe: str) -> None:
    db.run(TELL, user=user, type=kind, title=title, message=message, data=data, dedupe=dedupe, now=clock.now())


def _comment(comment: int) -> str:
    return f"comment:{comment}"


def _data(**facts: Any) -> str:
    return json.dumps(facts)
