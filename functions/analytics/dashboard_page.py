"""The administrators' page: one file with everything in it, which runs only what it brought and talks only to this API."""

import gzip
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from common.replies import Reply

HERE = Path(__file__).parent / "page"


def reply() -> Reply:
    """The page; there is nothing in it to hide, since what it shows it has to ask for with a token."""
    body, policy = _page()
    headers = {
        "Content-Encoding": "gzip",
        "Content-Security-Policy": policy,
        "X-Frame-Options": "DENY",
    }
    return Reply(200, body, "text/html; charset=utf-8", headers)


@cache
def _page() -> tuple[bytes, str]:
    styles = [_read("uplot.css"), _read("admin.css")]
    scripts = [_read("uplot.min.js"), _read("texts.js"), _read("charts.js"), _read("admin.js")]
    html = _read("admin.html")
    html = html.replace("<!-- styles -->", "".join(f"<style>{each}</style>" for each in styles))
    html = html.replace("<!-- scripts -->", "".join(f"<script>{each}</script>" for each in scripts))
    return gzip.compress(html.encode(), mtime=0), _policy(scripts, styles)


def _policy(scripts: list[str], styles: list[str]) -> str:
    """Nothing runs but these very texts: a name that somebody chose cannot become a script, whatever the page does with it."""
    allowed = {"script-src": _hashes(scripts), "style-src": _hashes(styles), "connect-src": "'self'", "img-src": "data:"}
    closed = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    return "; ".join([closed, *(f"{name} {sources}" for name, sources in allowed.items())])


def _hashes(texts: list[str]) -> str:
    return " ".join(f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts)


def _read(name: str) -> str:
    return (HERE / name).read_text()
