"""What others brought: the rating that readers gave, and the people who came with one's referral code."""

from typing import Any

from common.db import Db
from common.i18n import Language, Text

# From which average on a creator has which name.
LEVELS = (
    (4.6, Text("Legend", "Legenda")),
    (4.0, Text("Expert", "Ahli")),
    (3.0, Text("Skilled", "Mahir")),
    (2.0, Text("Growing", "Berkembang")),
    (0.0, Text("Beginner", "Pemula")),
)
UNRATED = Text("New", "Baru")

# One's own ratings of one's own comics do not count, nor what moderators have hidden.
RATING = """
with own as (select id, total_views, total_likes from comics where user_id = :user),
     given as (select r.rating from comments r join own on own.id = r.comic_id
               where r.rating is not null and r.hidden_at is null and r.user_id <> :user)
select (select cast(round(avg(rating), 2) as float8) from given) as rating, (select count(*) from given) as total_ratings,
       count(*) as total_comics, cast(coalesce(sum(total_views), 0) as bigint) as total_views,
       cast(coalesce(sum(total_likes), 0) as bigint) as total_likes
from own
"""


def rating(db: Db, user: int, language: Language) -> dict[str, Any]:
    """The average that readers gave `user`'s comics with its name in `language`, and sums over these comics."""
    row = db.one(RATING, user=user)
    return {**row._asdict(), "rating_name": level(row.rating).say(language)}


def level(average: float | None) -> Text:
    """The name of an average from 1 to 5, or of having none yet."""
    return UNRATED if average is None else next(name for least, name in LEVELS if average >= least)


REFERRAL = """
select u.referral_code_id as referral_code, (select count(*) from referrals r where r.referrer_id = u.id_users) as total_referrals,
       (select cast(coalesce(sum(c.amount), 0) as bigint) from commissions c where c.id_user = u.id_users and c.status <> 'reversed') as total_bonus_earned
from users u where u.id_users = :user
"""


def referral(db: Db, user: int) -> Any:
    """`user`'s code, how many people came with it, and the rupiah they brought."""
    return db.one(REFERRAL, user=user)
