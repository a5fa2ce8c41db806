"""A published comic as a page of the web: what a shared link shows on any phone, and to whoever previews it."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote, urlsplit

from common import media, settings
from common.comics import ages, shown
from common.db import Db
from common.i18n import Language, Text
from common.problems import NotFound, Problem
from common.replies import Reply

from . import discovery

HERE = Path(__file__).parent

HTML = "text/html; charset=utf-8"

# Comics of a similar kind below the last panel.
SIMILAR = 6

# Letters of the synopsis that previews show; they cut longer ones off in the middle of a word.
DESCRIBED = 200

SIDES = ("width", "height")

# The pictures of comics from the old backend stay where it put them; their authors could not choose these addresses.
OLD = re.compile(r"(https://[a-z0-9.:-]+)/\S+")

BY = Text("by", "oleh")
SHARE = Text("Share", "Bagikan")
OPEN = Text("Open in the app", "Buka di aplikasi")
FACTS = Text("{views} reads · {likes} likes · {comments} comments", "{views} kali dibaca · {likes} suka · {comments} komentar")
MADE = Text("Story and pictures were made with AI.", "Cerita dan gambar dibuat dengan bantuan AI.")
END = Text("The end", "Tamat")
MORE = Text("More like this", "Komik serupa")
PANEL = Text("Panel {number}", "Panel {number}")
GONE = Text("This comic is not here (any more)", "Komik ini tidak ada (lagi)")
GONE_MORE = Text("Its author may have taken it back.", "Mungkin penulisnya menariknya kembali.")
OLDER = Text("For readers from {age_rating} years", "Untuk pembaca {age_rating} tahun ke atas")
OLDER_MORE = Text("Sign in to the app to read this comic.", "Masuk lewat aplikasi untuk membaca komik ini.")


def page(db: Db, comic: int, language: Language) -> Reply:
    """The page of a public comic; a page that says why, with a 404 or a 403, where there is none or it is for older readers."""
    try:
        found: dict[str, Any] = json.loads(shown.read(db, comic, None).text)
    except (NotFound, ages.AgeRestricted) as refused:
        return Reply(refused.status, _gone(refused, language), HTML, {"Content-Security-Policy": _policy(), "Cache-Control": "no-store"})
    similar: list[dict[str, Any]] = json.loads(discovery.similar(db, comic, SIMILAR).text)
    return Reply(200, _written(found, similar, language), HTML, {"Content-Security-Policy": _policy(_origins(found, similar))})


def address(comic: int) -> str:
    """Where the page of a comic is."""
    return f"{settings.PUBLIC_URL().rstrip('/')}/c/{comic}"


def _written(comic: dict[str, Any], similar: list[dict[str, Any]], language: Language) -> bytes:
    synopsis = comic["synopsis"] or ""
    counted = {"views": comic["total_views"], "likes": comic["total_likes"], "comments": comic["total_comments"]}
    texts = {
        "lang": language,
        "title": comic["title"],
        "description": _shortened(synopsis),
        "url": address(comic["id"]),
        "comic": str(comic["id"]),
        "author": comic["user"]["full_name"] or comic["user"]["username"] or "",
        "synopsis": synopsis,
        "facts": FACTS.say(language, **{name: _grouped(number, language) for name, number in counted.items()}),
        **{name: text.say(language) for name, text in (("by", BY), ("share", SHARE), ("made", MADE), ("end", END))},
    }
    parts = {
        "pictured": _pictured(comic),
        "banner": _banner(comic["id"]),
        "open": _open(comic["id"], language),
        "panels": "\n".join(_panel(panel, number, language) for number, panel in enumerate(comic["panels"], start=1)),
        "similar": _similar(similar, language),
        "style": _file("reader.css"),
        "script": _file("reader.js"),
    }
    return _template().substitute({name: escape(text) for name, text in texts.items()} | parts).encode()


def _grouped(number: int, language: Language) -> str:
    """A number with its thousands apart: 12.345 in Indonesian, 12,345 in English."""
    return f"{number:,}".replace(",", "." if language == "id" else ",")


def _shortened(text: str) -> str:
    """The first words of a text, on one line."""
    flat = " ".join(text.split())
    return flat if len(flat) <= DESCRIBED else f"{flat[:DESCRIBED].rpartition(' ')[0]}…"


def _old(address: str | None) -> dict[str, Any] | None:
    """A picture of the old backend's, of which nothing is known but its address."""
    return {"url": address} if address and OLD.fullmatch(address) else None


def _origins(comic: dict[str, Any], similar: list[dict[str, Any]]) -> set[str]:
    """Where the pictures are that have only an address."""
    addresses = [comic["cover_url"], *(panel["image_url"] for panel in comic["panels"]), *(each["cover_url"] for each in similar)]
    return {found[1] for address in addresses if address and (found := OLD.fullmatch(address))}


def _pictured(comic: dict[str, Any]) -> str:
    """What previews show: the JPEG, because some of them read no WebP."""
    cover = comic["cover"] or _old(comic["cover_url"])
    if not cover:
        return ""
    facts = {
        "og:image": cover["url"],
        **{f"og:image:{side}": cover[side] for side in SIDES if side in cover},
        "og:image:alt": comic["title"],
    }
    return "\n".join(f'<meta property="{name}" content="{escape(str(value))}">' for name, value in facts.items())


def _panel(panel: dict[str, Any], number: int, language: Language) -> str:
    image = (panel["image"] or {}).get("web") or _old(panel["image_url"])
    if not image:
        return ""
    said = [f"{line['speaker']}: {line['text']}" for line in panel["dialogues"]]
    spoken = " ".join(part for part in (PANEL.say(language, number=number) + ".", panel["narration"], *said) if part)
    # What a reader sees first is fetched at once, the rest as they scroll.
    when = "eager" if number <= 2 else "lazy"
    size = "".join(f'{side}="{image[side]}" ' for side in SIDES if side in image)
    return f'<img src="{escape(image["url"])}" {size}loading="{when}" alt="{escape(spoken)}">'


def _similar(comics: list[dict[str, Any]], language: Language) -> str:
    items = "".join(
        f'<li><a href="/c/{each["id"]}"><img src="{escape(thumb["url"])}" alt="" loading="lazy">{escape(each["title"])}</a></li>'
        for each in comics
        if (thumb := each["cover"]["thumb"] if each["cover"] else _old(each["cover_url"]))
    )
    return f'<h2>{escape(MORE.say(language))}</h2><ul class="similar">{items}</ul>' if items else ""


def _open(comic: int, language: Language) -> str:
    """The way into the Android app, or to the store where it is not installed; iOS has its own banner."""
    package = settings.ANDROID_PACKAGE()
    if not package:
        return ""
    store = quote(f"https://play.google.com/store/apps/details?id={package}", safe="")
    intent = f"intent://comics/{comic}#Intent;scheme={settings.APP_SCHEME()};package={package};S.browser_fallback_url={store};end"
    return f'<a id="open" href="{escape(intent)}" hidden>{escape(OPEN.say(language))}</a>'


def _banner(comic: int) -> str:
    store = settings.IOS_STORE_ID()
    content = f"app-id={store}, app-argument={address(comic)}"
    return f'<meta name="apple-itunes-app" content="{escape(content)}">' if store else ""


def _gone(refused: Problem, language: Language) -> bytes:
    said = (GONE, GONE_MORE) if isinstance(refused, NotFound) else (OLDER, OLDER_MORE)
    style, title, more = _file("reader.css"), *(escape(text.say(language, **refused.facts)) for text in said)
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>'
    icon = '<link rel="icon" href="data:,">'
    return f'<!doctype html><html lang="{language}"><head>{head}{icon}<style>{style}</style></head><body><header class="bar"><strong>MamaStoria</strong></header><main><h1>{title}</h1><p>{more}</p></main></body></html>'.encode()


def _policy(origins: Iterable[str] = ()) -> str:
    """Only what the page brings itself runs, and only our own pictures are shown, also those at `origins`, whatever an author wrote."""
    files = urlsplit(media.base())
    pictures = " ".join(sorted({f"{files.scheme}://{files.netloc}", *origins}))
    script, style = _hash("reader.js"), _hash("reader.css")
    return (
        f"default-src 'none'; script-src '{script}'; style-src '{style}'; img-src {pictures} data:; connect-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    )


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text()


@cache
def _template() -> Template:
    return Template(_file("reader.html"))


@cache
def _hash(name: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(_file(name).encode()).digest()).decode()}"


def android_links() -> list[dict[str, Any]]:
    """What makes Android open our links in the app: https://developer.android.com/training/app-links."""
    package, prints = settings.ANDROID_PACKAGE(), settings.ANDROID_FINGERPRINTS()
    target = {"namespace": "android_app", "package_name": package, "sha256_cert_fingerprints": [each.strip() for each in prints.split(",")]}
    return [{"relation": ["delegate_permission/common.handle_all_urls"], "target": target}] if package and prints else []


def ios_links() -> dict[str, Any]:
    """What makes iOS open our links in the app: https://developer.apple.com/documentation/xcode/supporting-associated-domains."""
    app = settings.IOS_APP()
    return {"applinks": {"details": [{"appIDs": [app], "components": [{"/": "/c/*"}]}] if app else []}}
