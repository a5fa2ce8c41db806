"""A text is a text, wherever it is put: every place of every route, with what SQL, HTML, headers, paths, templates and logs read as theirs.

One pass over the routes, in which everything is looked at: status, time, headers, what other people
have, what is told. What the pass left to do (mails, scripts, messages) is done at the end.
"""

import io
import json
import re
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from common import auth, db
from infra.local import httpd
from infra.routes import ALL_ROUTES, ROOT
from tests.security import asking, texts, watching
from tests.security import world as worlds
from tests.social import scene

# Seconds on the slowest machine; what sleeps would take `texts.SLEEP`.
SLOWEST = 8.0

# What the database or the interpreter says about itself is for the log.
TALE = re.compile(r"syntax error|pg8000|psycopg|Traceback|File \"/|DatabaseError|relation \"|site-packages|/functions/\w+/\w+\.py")

# A caller that loses its session or account would be a stranger in the rest of the pass.
ENDING = {"auth.logout", "auth.delete_other_sessions"}

# Where an address may be meant each spelling of one is tried.
ADDRESSED = re.compile(r"url|uri|link|image|photo|picture|object|callback|referr|redirect")

JOBS_OF_MINUTES = ["panels", "panel", "video", "pdf", "cbz"]


@pytest.fixture(scope="module")
def canary():
    """A server that nothing in this project has a reason to ask; what was asked of it."""
    asked = []
    server = httpd.Server(lambda request: asked.append(request.path) or httpd.json_response({}))
    httpd.start(server)
    yield server, asked
    server.stop()


@pytest.fixture(scope="module")
def seen(world, canary):
    """The pass: all that this process did to the outside meanwhile, what each route did wrong, what was taken, and what was left to do."""
    with watching.watched() as found:
        found.taken, found.asked, found.kept, found.failed = Counter(), 0, set(), {}
        found.before = worlds.standing(world.budi.user["id_users"])
        for route in ALL_ROUTES:
            try:
                _try(route, world, found, canary)
            except AssertionError as failure:
                found.failed[route.name] = str(failure)
        found.written, found.jobs = _left(world)
    return found


def _texts(place, canary):
    """What is put into a place: each text alone where there is little room or an address is meant, several in one where there is much."""
    if not place.free:
        email = texts.ADDRESSES if place.kind.get("format") == "email" else {}
        return {**{name: texts.TEXTS[name] for name in texts.FEW}, **email, "an address of ours": canary.url}
    port = canary.server_port
    urls = {
        "an address of ours": f"http://127.0.0.1:{port}/kenari",
        "a file's address": "file:///etc/passwd",
        "an address in another spelling": f"https://contoh.id@0x7f000001:{port}/kenari.png",
        "an address of the platform": "http://169.254.169.254/computeMetadata/v1/",
        "another protocol": f"gopher://127.0.0.1:{port}/_kenari",
        "an address without a scheme": f"//127.0.0.1:{port}/kenari",
    }
    if ADDRESSED.search(str(place)) or place.longest < texts.ROOM:
        return {**texts.TEXTS, **(urls if ADDRESSED.search(str(place)) else dict(list(urls.items())[:2]))}
    return {**texts.GROUPS, **dict(list(urls.items())[:2]), "other addresses": " ".join(urls.values())}


@pytest.mark.parametrize("route", ALL_ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_a_text_is_refused_or_kept_as_it_is_and_touches_nobody_else(route, seen):
    assert seen.failed.get(route.name) is None


def _try(route, world, seen, canary):
    for place in asking.places(route):
        scene.change("delete from rate_limits")
        # What was bought here a minute ago is no reason for a sweep to ask about it, once a second.
        scene.change("update payment_transactions set checked_at = now() where status in ('pending', 'failed')")
        # What is spoken takes its time.
        room = 60 if route.name == "speech.speak" else place.longest
        for name, text in _texts(place, canary[0]).items():
            told = asking.send(asking.app(route, world), asking.put(route, world, place, text[:room]), _token(route, world))
            seen.asked += 1
            seen.taken[str(place), route.name] += told.status < 300
            _harmless(route, place, name, told)
            if place.where == "body" and told.status < 300:
                _as_it_was(route, place, text[:room].strip(), told, seen)
    _headers(route, world, seen)
    before, seen.before = seen.before, worlds.standing(world.budi.user["id_users"])
    # Cloud Scheduler's calls work off what is due for everybody.
    assert seen.before == before or route.caller is auth.internal, f"{route.name} changed what is Budi's, whom nobody named"


def _token(route, world):
    return scene.person(world.api).token if route.name in ENDING else asking.token(route, world)


def _headers(route, world, seen):
    """Every header that is read, all with one text at once; what their sender says of itself is no reason to fail."""
    for name in ("statements", "breaks", "NUL in a text"):
        asked = asking.plain(route, world)
        asked.headers = dict.fromkeys(asking.HEADERS, texts.ALL[name])
        told = asking.send(asking.app(route, world), asked, _token(route, world))
        seen.asked += 1
        _harmless(route, "headers", name, told)
    asked.headers = {"Authorization": f"Bearer {texts.ALL['statements']}", "Content-Type": texts.ALL["breaks"]}
    told = asking.send(asking.app(route, world), asked, None)
    seen.asked += 1
    _harmless(route, "token", "statements", told)


def _harmless(route, place, name, told):
    where = f"{route.method} {route.path}: {name} in {place} gives {told.answer}"
    assert told.status < 500, where
    assert told.seconds < SLOWEST, f"{where} after {told.seconds:.1f} s"
    for header, value in told.answer.headers.items():
        assert not re.search(r"[\r\n\0]", header + value), f"{where}: the header {header} has a line break"
        assert "jahat" not in value.lower(), f"{where}: {header} is the caller's"
    assert "Set-Cookie" not in told.answer.headers or route.name.startswith("auth.google"), where
    said = told.answer.body.decode("utf-8", "replace")
    assert texts.PRODUCT not in said and "<class 'object'>" not in said, f"{where}: somebody worked it out"
    assert "html" in told.answer.headers.get("Content-Type", "") or not TALE.search(said.replace("\\/", "/")), where
    kept = name in texts.UNSTORABLE and told.status < 400 and place not in ("headers", "token") and place.where != "header"
    assert not kept or ("\ud83d" in texts.TEXTS[name] and place.where == "query"), where  # Bytes that are no letter become a mark.


def _as_it_was(route, place, text, told, seen):
    """What the reply gives back under the field's name is what was sent, letter for letter."""
    field = next((step for step in reversed(place.steps) if isinstance(step, str)), "")
    for found in _under(told.answer.json, field):
        if isinstance(found, str) and text and found.strip() and found[:1] == text[:1]:
            # A name on a transfer is one line.
            assert found.strip() == text or (route.function == "wallet" and found == " ".join(text.split())), (
                f"{route.name} made {found!r} of {text!r}"
            )
            seen.kept.add((route.name, field))


def _under(value, field):
    if isinstance(value, dict):
        for name, each in value.items():
            if name == field:
                yield each
            yield from _under(each, field)
    elif isinstance(value, list):
        for each in value:
            yield from _under(each, field)


LEFT = """
select * from (select id, kind, row_number() over (partition by kind order by md5(id::text)) as n from jobs where id > :since and status = 'queued') j
where n <= 8 and kind <> all(:minutes)
"""


def _left(world):
    """Do some of each kind of what was left to do; what is drawn or filmed takes minutes and reads the same fields."""
    jobs = scene.rows(LEFT, since=world.api.since, minutes=JOBS_OF_MINUTES)
    with redirect_stdout(io.StringIO()) as written:
        for job in jobs:
            world.api.worker(f"/internal/jobs/{job.id}")
    return written.getvalue(), jobs


def test_what_was_left_to_do_is_done_without_a_fault(seen):
    assert '"severity": "ERROR"' not in seen.written, [line for line in seen.written.splitlines() if "ERROR" in line][:3]
    ids = [job.id for job in seen.jobs]
    stands = scene.rows("select kind, status, last_error from jobs where id = any(:ids) and status <> 'done'", ids=ids)
    assert stands == [] and {job.kind for job in seen.jobs} >= {"announce", "mail", "mail_code", "script"}


def test_every_line_of_the_log_is_one_object_whatever_was_in_it(world, capfd):
    capfd.readouterr()
    world.siti.get("/v1/comics", q=texts.TEXTS["a log line"], headers={"X-Request-Id": "x"})
    world.api.call("GET", "/v1/comics/show/1", headers={"Accept-Language": "id", "X-Request-Id": 'a"b'})
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) >= 2
    for line in lines:
        assert json.loads(line)["severity"] == "INFO" and "jahat" not in line


def test_nothing_asked_the_canary_nor_any_address_that_is_not_configured(world, seen, canary, services):
    server, asked = canary
    assert asked == []
    configured = set(re.findall(r"127\.0\.0\.1:(\d+)", " ".join([*services.settings.values(), _settings()])))
    mail, database = services.settings["SMTP_PORT"], _database()
    allowed = {int(port) for port in [*configured, mail, *re.findall(r":(\d+)/", database)]}
    assert str(server.server_port) not in configured
    for address in seen.addresses:
        if isinstance(address, str):
            assert address in database or address.startswith("/"), address
        else:
            assert address[0] in ("127.0.0.1", "::1") and address[1] in allowed, f"{address} is nobody we know"
    assert {name for name in seen.names if name not in ("127.0.0.1", "localhost")} == set()
    assert seen.addresses, "nothing was watched"


def _settings():
    import os

    return " ".join(value for name, value in os.environ.items() if name.endswith("_URL"))


def _database():
    from urllib.parse import unquote

    from common import settings

    return unquote(settings.DATABASE_URL())


def test_no_file_outside_of_the_project_was_opened_by_name_and_no_shell_was_started(seen):
    assert [
        file for file in seen.files if file.startswith(("/etc/passwd", "/proc/")) or (".." in Path(file).parts and "passwd" in file)
    ] == []
    assert seen.programs == set()


def test_the_tables_are_all_there_and_nobody_rose(world, seen):
    from common.models import metadata

    there = {row.table_name for row in scene.rows("select table_name from information_schema.tables where table_schema = 'public'")}
    assert set(metadata.tables) <= there
    rows = scene.rows(
        "select id_users, role from users where role in ('admin', 'moderator', 'finance') and id_users >= :least", least=_least(world)
    )
    assert {row.id_users for row in rows} == {getattr(world, role).user["id_users"] for role in worlds.ROLES}


def _least(world):
    return min(getattr(world, name).user["id_users"] for name in ("siti", "tono", "budi", *worlds.ROLES))


# Free by their schema, and looked at before anything is done with them: cursors, tokens, codes, secrets, what a list or a file has to hold.
MEANT = set(
    "cursor state code error id_token server_auth_code refresh_token firebase_id_token google_id_token redirect_uri link_url object voice bank_code"
    " account_number csv phone_number identifier password old_password new_password data".split()
)


def test_enough_texts_were_taken_for_the_pass_to_mean_something(seen):
    """A world that lost its things would have everything refused and prove nothing."""
    places = [(place, route.name) for route in ALL_ROUTES for place in asking.places(route)]
    free = [
        (str(place), name) for place, name in places if place.free and place.where in ("body", "query") and place.steps[-1] not in MEANT
    ]
    never = [each for each in free if not seen.taken[each]]
    print(f"{len(ALL_ROUTES)} routes, {len(places)} places, {len(texts.TEXTS)} texts, {seen.asked} requests; {len(free) - len(never)} of {len(free)}"
          f" places for any text took one, {len(seen.kept)} gave it back")  # fmt: skip
    assert seen.asked > 3000 and len(never) <= 0.3 * len(free) and len(seen.kept) >= 15, "\n".join(map(str, never))


def test_every_header_that_the_code_reads_is_tried():
    read = set()
    for file in [*(ROOT / "common").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        if "clients" not in file.parts and "infra" not in file.parts:
            text = file.read_text()
            read |= {name.title() for name in re.findall(r"request\.headers\.get\(\"([\w-]+)\"", text)}
            read |= {name.replace("_", "-").title() for name in re.findall(r"\"HTTP_(\w+)\"", text)}
    tried = {*asking.HEADERS, asking.KEY, "Authorization", "X-Forwarded-Authorization"}
    assert read and read <= {name.title() for name in tried}, read - tried


def test_a_statement_is_put_together_of_constants_alone(database):
    """The same from the other side: what a statement is sent with travels beside it, whatever it says."""
    for name, text in texts.TEXTS.items():
        if name not in texts.UNSTORABLE:
            with db.reading() as reading:
                assert reading.value("select cast(:text as text)", text=text) == text
