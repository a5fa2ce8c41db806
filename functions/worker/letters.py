"""Every letter that people get by mail, in both languages, as text and as HTML.

A paragraph is what stands between two empty lines; how its lines are broken here does not matter. A
paragraph that is `{code}` alone is set large in the HTML form.
"""

import re
import textwrap
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import NamedTuple

from common import clock, settings
from common.i18n import Language, Text


class Letter(NamedTuple):
    """A subject and a body with places in braces; `{greeting}` and `{support}` are filled for every letter."""

    subject: Text
    body: Text


@dataclass(frozen=True)
class Mail:
    """A letter as it is sent: one subject, and the same body twice."""

    subject: str
    text: str
    html: str


LETTERS = {
    "verify": Letter(
        Text("Your MamaStoria code: {code}", "Kode MamaStoria kamu: {code}"),
        Text(
            """{greeting}

            your verification code is

            {code}

            It works for {minutes} minutes and only once. We never ask for it by phone or chat.

            If you did not sign up for MamaStoria, ignore this mail: without the code nobody can use your address.""",
            """{greeting}

            kode verifikasimu adalah

            {code}

            Kode ini berlaku {minutes} menit dan hanya bisa dipakai sekali. Kami tidak pernah memintanya lewat telepon atau chat.

            Kalau kamu tidak mendaftar di MamaStoria, abaikan email ini: tanpa kode ini tidak ada yang bisa memakai alamatmu.""",
        ),
    ),
    "known": Letter(
        Text("You already have a MamaStoria account", "Kamu sudah punya akun MamaStoria"),
        Text(
            """{greeting}

            somebody, probably you, just tried to use this address for a MamaStoria account. It already has one: sign in, or reset your
            password if you forgot it.

            Nothing was changed.""",
            """{greeting}

            seseorang, mungkin kamu, baru saja mencoba memakai alamat ini untuk akun MamaStoria. Alamat ini sudah punya akun: silakan
            masuk, atau atur ulang kata sandi kalau lupa.

            Tidak ada yang diubah.""",
        ),
    ),
    "reset": Letter(
        Text("Your code for a new MamaStoria password: {code}", "Kode untuk kata sandi baru MamaStoria: {code}"),
        Text(
            """{greeting}

            with this code you choose a new password:

            {code}

            It works for {minutes} minutes and only once. We never ask for it by phone or chat.

            If you did not ask for it, ignore this mail: your password stays as it is.""",
            """{greeting}

            dengan kode ini kamu bisa membuat kata sandi baru:

            {code}

            Kode ini berlaku {minutes} menit dan hanya bisa dipakai sekali. Kami tidak pernah memintanya lewat telepon atau chat.

            Kalau kamu tidak memintanya, abaikan email ini: kata sandimu tidak berubah.""",
        ),
    ),
    "change_email": Letter(
        Text("Confirm your new address for MamaStoria: {code}", "Konfirmasi alamat email barumu di MamaStoria: {code}"),
        Text(
            """{greeting}

            this address is to become the one of a MamaStoria account. To confirm, enter this code in the app:

            {code}

            It works for {minutes} minutes and only once. If you know nothing of this, ignore this mail and nothing happens.""",
            """{greeting}

            alamat ini akan menjadi alamat email sebuah akun MamaStoria. Untuk mengonfirmasi, masukkan kode ini di aplikasi:

            {code}

            Kode ini berlaku {minutes} menit dan hanya bisa dipakai sekali. Kalau kamu tidak tahu soal ini, abaikan saja: tidak ada yang
            berubah.""",
        ),
    ),
    "welcome": Letter(
        Text("Welcome to MamaStoria", "Selamat datang di MamaStoria"),
        Text(
            """{greeting}

            your account is ready. Tell a story, choose how it should look, and we draw your comic.

            You start with {kredit} kredit to have a comic drawn, and may publish {publish_quota} comics. Have fun!""",
            """{greeting}

            akunmu sudah siap. Ceritakan kisahmu, pilih gayanya, dan kami yang menggambar komiknya.

            Kamu mulai dengan {kredit} kredit untuk menggambar komik dan bisa menerbitkan {publish_quota} komik. Selamat berkarya!""",
        ),
    ),
    "password_changed": Letter(
        Text("Your MamaStoria password was changed", "Kata sandi MamaStoria kamu diubah"),
        Text(
            """{greeting}

            the password of your account was changed on {when}. Every other device has been signed out.

            If this was not you, choose a new password at once with "Forgot password" in the app.""",
            """{greeting}

            kata sandi akunmu diubah pada {when}. Semua perangkat lain sudah dikeluarkan.

            Kalau ini bukan kamu, segera buat kata sandi baru lewat "Lupa kata sandi" di aplikasi.""",
        ),
    ),
    "new_device": Letter(
        Text("New sign-in to your MamaStoria account", "Ada perangkat baru yang masuk ke akun MamaStoria kamu"),
        Text(
            """{greeting}

            somebody signed in to your account on a device that we have not seen before.

            Device: {device}

            When: {when}

            If this was you, there is nothing to do. If not, choose a new password with "Forgot password" in the app: that signs every
            device out.""",
            """{greeting}

            ada yang masuk ke akunmu dari perangkat yang belum pernah kami lihat.

            Perangkat: {device}

            Waktu: {when}

            Kalau ini kamu, tidak perlu melakukan apa-apa. Kalau bukan, segera buat kata sandi baru lewat "Lupa kata sandi" di aplikasi:
            semua perangkat akan dikeluarkan.""",
        ),
    ),
    "session_ended": Letter(
        Text("We signed a device out of your MamaStoria account", "Satu perangkat kami keluarkan dari akun MamaStoria kamu"),
        Text(
            """{greeting}

            an old key of one of your devices was used a second time. Somebody may have copied it, so we signed that device out.

            Device: {device}

            When: {when}

            Please sign in again there. If anything looks strange to you, choose a new password: that signs every device out.""",
            """{greeting}

            kunci lama salah satu perangkatmu dipakai untuk kedua kalinya. Mungkin ada yang menyalinnya, jadi perangkat itu kami keluarkan.

            Perangkat: {device}

            Waktu: {when}

            Silakan masuk lagi di perangkat itu. Kalau ada yang terasa janggal, buat kata sandi baru: semua perangkat akan dikeluarkan.""",
        ),
    ),
    "email_changed": Letter(
        Text("The e-mail address of your MamaStoria account was changed", "Alamat email akun MamaStoria kamu diubah"),
        Text(
            """{greeting}

            since {when} your account has the e-mail address {address}. This one no longer belongs to it.

            If this was not you, write to {support} at once and we help you get your account back.""",
            """{greeting}

            sejak {when} akunmu memakai alamat email {address}. Alamat ini tidak lagi terhubung dengannya.

            Kalau ini bukan kamu, segera tulis ke {support} dan kami bantu mengambil kembali akunmu.""",
        ),
    ),
    "phone_changed": Letter(
        Text("The phone number of your MamaStoria account was changed", "Nomor telepon akun MamaStoria kamu diubah"),
        Text(
            """{greeting}

            since {when} your account has the phone number {address}.

            If this was not you, choose a new password at once with "Forgot password" in the app.""",
            """{greeting}

            sejak {when} akunmu memakai nomor telepon {address}.

            Kalau ini bukan kamu, segera buat kata sandi baru lewat "Lupa kata sandi" di aplikasi.""",
        ),
    ),
    "deletion_requested": Letter(
        Text("Your MamaStoria account will be deleted", "Akun MamaStoria kamu akan dihapus"),
        Text(
            """{greeting}

            as you asked, your account and your comics will be deleted for good on {until}.

            If you change your mind, just sign in before then, and everything stays as it is.

            If this was not you, sign in and choose a new password at once.""",
            """{greeting}

            sesuai permintaanmu, akun dan komik-komikmu akan dihapus untuk selamanya pada {until}.

            Kalau berubah pikiran, cukup masuk sebelum tanggal itu dan semuanya tetap seperti semula.

            Kalau ini bukan kamu, segera masuk dan buat kata sandi baru.""",
        ),
    ),
    "suspended": Letter(
        Text("Your MamaStoria account is suspended", "Akun MamaStoria kamu ditangguhkan"),
        Text(
            """{greeting}

            our moderators have suspended your account. Reason: {reason}.

            You cannot sign in while it is suspended. If you think that this is a mistake, write to {support}: somebody will look at it
            again.""",
            """{greeting}

            moderator kami menangguhkan akunmu. Alasan: {reason}.

            Selama ditangguhkan kamu tidak bisa masuk. Kalau menurutmu ini keliru, tulis ke {support}: kami akan memeriksanya lagi.""",
        ),
    ),
}

FOOTER = Text("MamaStoria: your story becomes a comic.", "MamaStoria: ceritamu jadi komik.")


def write(name: str, language: Language, person: str | None, **values: object) -> Mail:
    """The letter `name` to `person` in `language`, with its places filled from `values`."""
    letter = LETTERS[name]
    values = {**values, "greeting": _greeting(person, language), "support": settings.SUPPORT_EMAIL()}
    subject = letter.subject.say(language, **values)
    paragraphs = [" ".join(paragraph.split()) for paragraph in letter.body.say(language, **values).split("\n\n")]
    footer = FOOTER.say(language)
    return Mail(subject, _text([*paragraphs, f"-- {footer}"]), _html(subject, paragraphs, footer, language))


def _greeting(person: str | None, language: Language) -> str:
    """A name that holds an address is left out: anybody can register anybody's address, and would have us send links for them."""
    hello = Text("Hello", "Halo").say(language)
    name = " ".join((person or "").split())
    return f"{hello}," if not name or re.search(r"[/:@]|\.\w|www", name, re.IGNORECASE) else f"{hello} {name},"


def _text(paragraphs: list[str]) -> str:
    filled = (textwrap.fill(paragraph, 76, break_long_words=False, break_on_hyphens=False) for paragraph in paragraphs)
    return "\n\n".join(filled) + "\n"


PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{subject}</title></head>
<body style="margin:0;padding:0;background:#f6f1ea;font-family:-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;color:#2d2a26">
<div style="max-width:480px;margin:0 auto;padding:24px 16px">
<div style="font-size:20px;font-weight:700;color:#d9482b;padding:0 4px 12px">MamaStoria</div>
<div style="background:#ffffff;border-radius:12px;padding:24px;font-size:16px;line-height:1.5">
{paragraphs}
</div>
<div style="padding:16px 4px;font-size:12px;color:#6f675d">{footer}</div>
</div></body></html>
"""

PARAGRAPH = '<p style="margin:0 0 16px">{}</p>'
CODE = '<p style="margin:0 0 16px;padding:16px 0;background:#f6f1ea;border-radius:8px;text-align:center;font-size:32px;font-weight:700;letter-spacing:6px">{}</p>'


def _html(subject: str, paragraphs: list[str], footer: str, language: Language) -> str:
    shown = [(CODE if re.fullmatch(r"\d{6}", paragraph) else PARAGRAPH).format(escape(paragraph)) for paragraph in paragraphs]
    return PAGE.format(language=language, subject=escape(subject), paragraphs="\n".join(shown), footer=escape(footer))


MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split(),
}


def day(moment: datetime, language: Language) -> str:
    """A date as people in Indonesia read it: `21 November 2026`."""
    local = moment.astimezone(clock.WIB)
    return f"{local.day} {MONTHS[language][local.month - 1]} {local.year}"


def minute(moment: datetime, language: Language) -> str:
    """A time of day with its date, in Jakarta: `21 November 2026, 16.05 WIB`."""
    return f"{day(moment, language)}, {moment.astimezone(clock.WIB):%H.%M} WIB"
