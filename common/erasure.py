"""What every table holds about a person: how it is exported, and what becomes of it when the account is erased.

One entry per table that refers to an account, so that the two rights of a person (to see, to be
forgotten) cannot drift apart; a test walks the schema and fails when a table is missing here.
"""

from dataclasses import dataclass
from typing import Any

from common.db import Db


@dataclass(frozen=True)
class Held:
    """What `table` holds about the account in `column`.

    `hidden` columns are not exported: they are secrets, or tell about somebody else. `erase` is the
    SQL that forgets, with `:user`; None keeps the rows, which then name nobody.
    """

    table: str
    column: str
    erase: str | None
    hidden: tuple[str, ...] = ()
    where: str = ""

    @property
    def condition(self) -> str:
        """The rows that are about `:user`."""
        return self.where or f"{self.column} = :user"


def _gone(table: str, column: str = "user_id", *, hidden: tuple[str, ...] = ()) -> Held:
    return Held(table, column, f"delete from {table} where {column} = :user", hidden)


SESSIONS = "session_id in (select id from sessions where user_id = :user)"
PANELS = "comic_id in (select id from comics where user_id = :user)"

# What others were told of the person. Words that name or quote somebody stand beside that one's id, by which ix_notifications_named
# finds them in whosever inbox: a like, a comment or a follow that was taken back is in no other table any more. The key says that
# the words are ours; an announcement may hold any id. Statements that change comics take these rows last, as likes and comments do.
NAMED = """substring(data, '"user_id": ([0-9]+)') = cast(cast(:user as bigint) as text)"""

# What names somebody says no more than its title, which names nobody.
BARE = "message = title, data = cast(cast(data as jsonb) - 'user_id' as text)"


def _unnamed(keys: str) -> str:
    return f"unnamed as (update notifications set {BARE} where {NAMED} and dedupe_key like '{keys}')"


# In the order of erasing: what refers to something comes before it.
HELD = (
    _gone("devices", hidden=("fcm_token",)),
    Held("personal_access_tokens", "session_id", f"delete from personal_access_tokens where {SESSIONS}", where=SESSIONS),
    _gone("sessions", hidden=("device_hash",)),
    Held(
        "otp_requests",
        "user_id",
        # Also those that were asked for with the person's addresses without naming the account.
        "delete from otp_requests where user_id = :user"
        " or destination in (select lower(email) from users where id_users = :user union select phone_number from users where id_users = :user)",
        ("code_hash",),
    ),
    _gone("password_resets", hidden=("token_hash",)),
    _gone("profile_updates_log"),
    # These go with their notifications and devices.
    Held("pushes", "notification_id", None, where="notification_id in (select id from notifications where user_id = :user)"),
    _gone("notifications"),
    _gone("notification_preferences"),
    _gone("bookmarks"),
    _gone("read_history"),
    Held("comic_views", "user_id", "update comic_views set user_id = null where user_id = :user", ("reader",)),
    Held("comic_share", "user_id", "update comic_share set user_id = null where user_id = :user"),
    Held(
        "comic_user",
        "user_id",
        # One message tells of several people's likes, so it stays.
        f"with gone as (delete from comic_user where user_id = :user returning comic_id), {_unnamed('likes:%')}"
        " update comics set total_likes = total_likes - 1 where id in (select comic_id from gone)",
    ),
    Held(
        "comments",
        "user_id",
        # What moderators have hidden is not counted. Notices of before 0024 do not say whose comment they quote.
        "with gone as (delete from comments where user_id = :user returning id, comic_id, rating, hidden_at),"
        f" quoting as (select id from notifications where {NAMED} and dedupe_key like 'comment:%'"
        " union all select n.id from gone g join comics c on c.id = g.comic_id"
        " join notifications n on n.user_id = c.user_id and n.dedupe_key = 'comment:' || g.id),"
        " unsaid as (delete from notifications where id in (select id from quoting)),"
        " sums as (select comic_id, count(*) as comments, count(rating) as ratings, coalesce(sum(rating), 0) as stars"
        " from gone where hidden_at is null group by comic_id)"
        " update comics c set total_comments = c.total_comments - s.comments, rating_count = c.rating_count - s.ratings,"
        " rating_sum = c.rating_sum - s.stars from sums s where c.id = s.comic_id",
    ),
    Held(
        "follows",
        "follower_id",
        # Once for each person: of two changes to one row, which whoever follows back would get, a statement makes one.
        "with gone as (delete from follows where follower_id = :user or followed_id = :user returning follower_id, followed_id),"
        f" untold as (delete from notifications where {NAMED} and dedupe_key like 'follower:%'),"
        " lost as (select id, sum(followers)::bigint as followers, sum(following)::bigint as following from"
        " (select followed_id as id, 1 as followers, 0 as following from gone union all select follower_id, 0, 1 from gone) each group by id)"
        " update users u set total_followers = u.total_followers - l.followers, total_following = u.total_following - l.following"
        " from lost l where u.id_users = l.id",
        where="follower_id = :user or followed_id = :user",
    ),
    Held("blocks", "blocker_id", "delete from blocks where blocker_id = :user or blocked_id = :user"),
    Held("announcements", "created_by", "update announcements set created_by = null where created_by = :user", ("audience",)),
    Held(
        "reports",
        "reporter_id",
        "with gone as (delete from reports where reporter_id = :user returning case_id)"
        " update moderation_cases k set reports = k.reports - 1 from gone where k.id = gone.case_id",
        ("case_id",),
    ),
    Held(
        "moderation_cases",
        "decided_by",
        "update moderation_cases set decided_by = null where decided_by = :user",
        ("reports", "note", "decided_by"),
        where="decided_by = :user or (subject_type = 'user' and subject_id = :user)",
    ),
    Held("transcriptions", "user_id", "delete from transcriptions where user_id = :user"),
    Held("comic_panels", "comic_id", None, where=PANELS),
    Held("jobs", "user_id", "delete from jobs where user_id = :user", ("lease", "last_error")),
    Held(
        "comics",
        "user_id",
        # Whose comment on one of them was hidden was told which comic it was.
        f"with {_unnamed('moderation:comment_id:%')} delete from comics where user_id = :user",
        ("search",),
    ),
    _gone("user_monthly_stats"),
    _gone("user_daily_stats"),
    _gone("active_days"),
    # Deleting the comics has marked their days as stale; there is nobody left to work them out for.
    _gone("stale_stats"),
    _gone("idempotency_keys", hidden=("body_hash", "reply")),
    # Money stays, as the law wants its books kept; none of these rows names anybody.
    Held("transactions", "user_id", None),
    Held("subscriptions", "user_id", None),
    Held(
        "payment_transactions",
        "user_id",
        "update payment_transactions set doku_response = null, payment_url = null where user_id = :user",
        ("doku_response", "request_id"),
    ),
    Held("creator_wallets", "user_id", None),
    Held("wallet_transactions", "wallet_id", None, where="wallet_id in (select id from creator_wallets where user_id = :user)"),
    Held(
        "withdrawal_requests",
        "user_id",
        "update withdrawal_requests set account_number = '', account_number_masked = '', account_name = '' where user_id = :user",
        ("account_number", "decided_by"),
    ),
    Held("commissions", "id_user", None),
    Held("referrals", "referrer_id", None, where="referrer_id = :user or referred_user_id = :user"),
    Held(
        "audit_log",
        "actor_id",
        None,
        ("before", "after"),
        where="actor_id = :user or (subject_type = 'user' and subject_id = cast(:user as text))",
    ),
    Held(
        "users",
        "id_users",
        "update users set full_name = 'Akun dihapus', username = null, email = null, phone_number = null, password = null, external_id = null,"
        " referral_code_id = 'X' || id_users, referrals_for = null, region = null, city = null, profile_photo_path = null, photo = null,"
        " birth_year = null, previous_rating = null, previous_rating_name = null, is_verified = false, erased_at = now() where id_users = :user",
        ("password",),
    ),
)


def exported(db: Db, user: int) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored about an account, by table, oldest first as the database keeps it."""
    return {held.table: _rows(db, held, user) for held in HELD}


def _rows(db: Db, held: Held, user: int) -> list[dict[str, Any]]:
    row = db.one(
        f"select coalesce(json_agg(to_jsonb(t) - cast(:hidden as text[])), '[]') as rows from {held.table} t where {held.condition}",
        user=user,
        hidden=list(held.hidden),
    )
    rows: list[dict[str, Any]] = row.rows
    return rows


def erase(db: Db, user: int) -> None:
    """Forget the person in every table; the account's row stays without a name, because ledgers refer to it.

    The caller holds the account's row lock and has collected the names of its files before.
    """
    for held in HELD:
        if held.erase is not None:
            db.run(held.erase, user=user)
