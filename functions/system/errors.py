"""The error catalogue as a page, made of what the OpenAPI document says in `x-problems`."""

from html import escape
from typing import Any

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2430; background: #fff; margin: 0 auto; max-width: 64rem; padding: 1.5rem; }
h1 { margin: 0 0 .5rem; } h2 { margin: 2.5rem 0 .5rem; border-bottom: 2px solid #e6e8ee; padding-bottom: .25rem; }
article { padding: .9rem 0 1rem; border-bottom: 1px solid #e6e8ee; }
h3 { margin: 0; font: 600 1.05rem ui-monospace, monospace; } h3 a { color: inherit; text-decoration: none; }
p { margin: .3rem 0; } .do { background: #f2f6ff; border-left: 3px solid #3b6fe0; padding: .4rem .7rem; border-radius: 0 .3rem .3rem 0; }
q { font-style: italic; } .lang { color: #6a7182; font-size: .8rem; margin-right: .4rem; } code { font: .9em ui-monospace, monospace; }
details { color: #555c6e; font-size: .9rem; } summary { cursor: pointer; } details a { color: #2f5fc4; margin-right: .8rem; display: inline-block; }
nav a { margin-right: 1rem; } a { color: #2f5fc4; }
@media (prefers-color-scheme: dark) { body { background: #14171f; color: #e7e9ef; } .do { background: #1d2740; } h2, article { border-color: #2b3040; }
a, details a { color: #8fb1ff; } details, .lang { color: #9aa1b3; } }
"""

PHRASES = {
    400: "the request is not right", 401: "not signed in", 402: "it costs more than there is", 403: "not allowed", 404: "not there",
    409: "does not fit the present state", 413: "too large", 415: "another kind of content", 422: "fields are missing or not valid",
    429: "too often", 500: "a fault of ours", 503: "down for the moment",
}  # fmt: skip


def page(document: dict[str, Any]) -> str:
    """The catalogue as HTML: what each error means, says, and what an app does about it; linked to the operations."""
    problems = document["x-problems"]
    tags = {operation["operationId"]: operation["tags"][0] for item in document["paths"].values() for operation in item.values()}
    statuses = sorted({each["status"] for each in problems})
    parts = [_section(status, [each for each in problems if each["status"] == status], tags) for status in statuses]
    links = " ".join(f'<a href="#{status}">{status}</a>' for status in statuses)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of the MamaStoria Comics API</title>
<link rel="icon" href="data:,">
<style>{STYLE}</style>
</head>
<body>
<h1>Errors</h1>
<p>Every error is a problem detail (RFC 9457) with <code>"ok": false</code>. Programs compare <code>error</code>, people read
<code>detail</code>, which is Indonesian with <code>Accept-Language: id</code>. Places in braces are members of the reply too.
Treat a name that is not listed here as its status. <a href="/docs">All operations</a></p>
<nav>{links}</nav>
{"".join(parts)}</body>
</html>
"""


def _section(status: int, problems: list[dict[str, Any]], tags: dict[str, str]) -> str:
    return f'<h2 id="{status}">{status}: {PHRASES.get(status, "")}</h2>\n' + "".join(_article(each, tags) for each in problems)


def _article(problem: dict[str, Any], tags: dict[str, str]) -> str:
    name = problem["error"]
    operations = problem["operations"]
    links = "".join(f'<a href="/docs#/{tags[each]}/{each}">{each}</a> ' for each in operations)
    said = "".join(f'<p><span class="lang">{language}</span><q>{escape(problem["detail"][language])}</q></p>' for language in ("en", "id"))
    return f"""<article id="{name}">
<h3><a href="#{name}">{name}</a></h3>
<p>{_marked(problem["meaning"])}</p>
{said}
<p class="do">{_marked(problem["do"])}</p>
<details><summary>{len(operations)} operation{"s" if len(operations) > 1 else ""}</summary>{links}</details>
</article>
"""


def _marked(text: str) -> str:
    """Text with its `code` as such."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))
