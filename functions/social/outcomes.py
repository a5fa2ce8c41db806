"""What people are told of moderators' decisions: whose it is, with the reason, and whoever reported it."""

from typing import Any

from common import clock, notices
from common.db import Db, json
from common.i18n import Text

COMIC_HIDDEN = Text("Your comic was hidden", "Komikmu disembunyikan")
COMIC_HIDDEN_WHY = Text(
    "'{title}' was hidden by our moderators. Reason: {reason}.", "'{title}' disembunyikan oleh moderator kami. Alasan: {reason}."
)
COMIC_RESTORED = Text("Your comic is back", "Komikmu ditampilkan lagi")
COMIC_RESTORED_WHY = Text("Our moderators have brought '{title}' back.", "Moderator kami telah mengembalikan '{title}'.")
COMIC_RATED = Text("Your comic has another age rating", "Batas usia komikmu diubah")
COMIC_RATED_WHY = Text("Our moderators rated '{title}': {rating}.", "Moderator kami menetapkan batas usia '{title}': {rating}.")
COMMENT_HIDDEN = Text("Your comment was hidden", "Komentarmu disembunyikan")
COMMENT_HIDDEN_WHY = Text(
    "Your comment on '{title}' was hidden by our moderators. Reason: {reason}.",
    "Komentarmu pada '{title}' disembunyikan oleh moderator kami. Alasan: {reason}.",
)
COMMENT_RESTORED = Text("Your comment is back", "Komentarmu ditampilkan lagi")
COMMENT_RESTORED_WHY = Text(
    "Our moderators have brought your comment on '{title}' back.", "Moderator kami telah mengembalikan komentarmu pada '{title}'."
)
ACCOUNT_RESTORED = Text("Your account is open again", "Akunmu dibuka kembali")
ACCOUNT_RESTORED_WHY = Text("Your account is not suspended any more.", "Akunmu tidak lagi ditangguhkan.")

REPORTED = Text("About your report", "Tentang laporanmu")
UPHELD = Text(
    "Thank you for your report. It was right, and we have acted on it.",
    "Terima kasih atas laporanmu. Laporanmu benar dan sudah kami tindak.",
)
REJECTED = Text(
    "Thank you for your report. We have looked at it and found nothing against our rules.",
    "Terima kasih atas laporanmu. Kami sudah memeriksanya dan tidak menemukan pelanggaran aturan.",
)

FOR_ALL = Text("for all ages", "semua umur")
FROM = Text("from {age} years", "{age} tahun ke atas")

TELL_REPORTERS = notices.write(
    """select r.reporter_id, 'report', case u.language when 'id' then :title_id else :title_en end,
       case u.language when 'id' then :message_id else :message_en end, :data, cast(:key as text),
       cast(:now as timestamptz), cast(:now as timestamptz)
from reports r join users u on u.id_users = r.reporter_id where r.case_id = :case and u.erased_at is null order by r.reporter_id"""
)


def tell(db: Db, user: int, title: Text, message: Text, about: dict[str, Any], /, **values: object) -> None:
    """Tell whose it is; each decision is told, also one that was made before and undone."""
    kind, subject = next(iter(about.items()))
    key = f"moderation:{kind}:{subject}:{clock.now().timestamp()}"
    notices.tell(db, user, "moderation", title, message, key=key, data=about, **values)


def rated(rating: str) -> Text:
    """An age rating in words."""
    return FOR_ALL if rating == "all" else Text(FROM.en.format(age=rating), FROM.id.format(age=rating))


def tell_reporters(db: Db, case: Any, what: str, message: Text) -> int:
    """Tell everybody who reported a case, in one statement; how many were told now. `what` is told once to each."""
    title, data = REPORTED, {f"{case.subject_type}_id": case.subject_id}
    said = {"title_id": title.id, "title_en": title.en, "message_id": message.id, "message_en": message.en}
    told = db.all(TELL_REPORTERS, case=case.id, key=f"report:{case.id}:{what}", data=json(data), now=clock.now(), **said)
    if any(row.reachable for row in told):
        notices.ring(db)
    return len(told)
