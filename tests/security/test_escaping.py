"""What people write shows as they wrote it, on every page, in every mail and in every file that holds it, and does nothing there."""

import csv
import gzip
import io
import json
import re
from html.parser import HTMLParser

import pytest

from common import tables
from functions.exports import files
from functions.worker import letters
from tests.security import texts
from tests.social import scene
from tests.support import stories

STORABLE = {name: text for name, text in texts.TEXTS.items() if name not in texts.UNSTORABLE}

# What a page of ours is made of; anything else in it would be somebody's.
HOSTILE = {"svg", "iframe", "object", "embed", "form", "base", "math", "template"}


class Page(HTMLParser):
    """A page as a browser reads it: its elements, its attributes and what one sees."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.said = [], [], []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_data(self, data):
        if self.tags[-1:] not in (["script"], ["style"]):
            self.said.append(data)

    @property
    def text(self):
        return "".join(self.said)


def harmless(page, scripts):
    """Nothing is there that a text brought: no element, no handler, no address that runs."""
    assert HOSTILE & set(page.tags) == set() and page.tags.count("script") == scripts
    assert [each for each in page.attributes if each[1].startswith("on") and each[1] != "one"] == []
    assert [each for each in page.attributes if re.match(r"\s*(javascript|data:text|vbscript)", each[2], re.IGNORECASE)] == []


@pytest.fixture(scope="module")
def told(world):
    """Siti's comic with every text in its title, synopsis, panels and her name; what it says."""
    said = "\n".join(text.replace("\r", "") for text in STORABLE.values())
    comic, me = world.things["siti"].comic, world.siti.user["id_users"]
    scene.change("update users set full_name = :said, username = null where id_users = :user", said=said, user=me)
    scene.change("update comics set title = :said, synopsis = :said where id = :comic", said=said, comic=comic)
    size = {"url": "@/uji/1.webp", "width": 10, "height": 10, "bytes": 10}
    scene.change(
        "update comic_panels set narration = :said, description = :said, image = cast(:image as jsonb) where comic_id = :comic",
        said=said,
        image=json.dumps({**size, "web": size, "thumb": size}),
        comic=comic,
    )
    return comic, said


def test_a_comics_page_says_what_its_author_wrote_and_runs_none_of_it(told, world):
    comic, said = told
    answer = world.api.get(f"/c/{comic}", headers={"Accept-Language": "id"})
    page = Page(answer.body.decode())
    harmless(page, scripts=1)
    assert said in page.text and page.text.count("alert(1)") >= 3
    assert _meta(page, "og:title") == said


def test_a_reply_gives_back_what_was_written_letter_for_letter(told, world):
    comic, said = told
    shown = world.api.get(f"/v1/comics/show/{comic}").data
    assert (shown["title"], shown["synopsis"]) == (said, said)
    for name, text in STORABLE.items():
        made = world.tono.post(f"/v1/comics/{comic}/comments", {"content": text}, expect=201).data
        assert made["content"] == text.strip(), name
    listed = {each["content"] for each in world.api.get(f"/v1/comics/{comic}/comments", per_page=100).data}
    assert {text.strip() for text in STORABLE.values()} <= listed


def test_a_published_title_is_the_one_that_was_sent(world):
    """The whole way: drawn, published with a hostile title, read as a page, and offered as a file."""
    title = texts.TEXTS["a script"] + texts.TEXTS["a path upwards"]
    comic = stories.drawn(world.siti)
    world.siti.post(f"/v1/comics/{comic}/publish", {"title": title, "synopsis": texts.TEXTS["an element that ends another"]}, expect=200)
    page = Page(world.api.get(f"/c/{comic}").body.decode())
    harmless(page, scripts=1)
    assert title in page.text and texts.TEXTS["an element that ends another"] in page.text
    assert _meta(page, "og:title") == title


def _meta(page, name):
    """What previews are told under a name."""
    return page.attributes[page.attributes.index(("meta", "property", name)) + 1][2]


def test_the_pages_of_administrators_and_of_the_documentation_hold_nothing_that_people_write(told, world):
    for path in ("/admin", "/docs", "/docs/errors"):
        answer = world.api.get(path)
        body = gzip.decompress(answer.body) if answer.headers.get("Content-Encoding") == "gzip" else answer.body
        assert b"alert(1)" not in body and b"Siti Penanya" not in body


def test_the_administrators_page_writes_names_as_text():
    """It gets them as JSON; whatever it does with them is text to it, since it never writes HTML."""
    from infra.routes import ROOT

    for file in (ROOT / "functions/analytics/page").glob("*.js"):
        if file.name != "uplot.min.js":
            assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", file.read_text()), (
                file.name
            )


@pytest.mark.parametrize("name", STORABLE)
def test_a_mail_says_a_name_as_it_is_or_not_at_all(name, services, world):
    from common.clients import mail

    letter = letters.write("welcome", "id", STORABLE[name], kredit=1, publish_quota=3)
    page = Page(letter.html)
    harmless(page, scripts=0)
    mail.send("penerima@contoh.id", letter.subject, letter.text, letter.html)
    sent = next(entry for entry in services.outbox.entries() if entry["to"] == "penerima@contoh.id")
    assert sent["subject"] == letter.subject and "\n" not in sent["subject"] and "jahat" not in sent["subject"]


def test_a_subject_of_two_lines_is_no_mail():
    from common.clients import mail
    from common.clients.errors import Refused

    for subject in ("Halo\r\nBcc: semua@contoh.id", "Halo\nBcc: semua@contoh.id"):
        with pytest.raises(Refused):
            mail.send("penerima@contoh.id", subject, "Halo")
    for address in ("a@contoh.id\r\nBcc: b@contoh.id", "a@contoh.id, b@contoh.id", "<a@contoh.id> b@contoh.id"):
        with pytest.raises(Refused):
            mail.send(address, "Halo", "Halo")


@pytest.mark.parametrize("name", STORABLE)
def test_a_files_name_is_one_name_in_one_folder_and_one_header(name):
    found = files.filename(STORABLE[name], 7, "pdf")
    assert found.endswith(".pdf") and not re.search(r'[\\/:*?"<>|\r\n\0\u202e\u2028]', found) and not found.startswith(".")
    assert len(found.encode()) <= 200


def test_the_address_of_a_file_says_its_name_without_ending_the_header(world):
    from urllib.parse import parse_qs, urlsplit

    from common.clients import storage

    for name, text in STORABLE.items():
        signed = storage.signed_url("exports/7.pdf", seconds=60, filename=files.filename(text, 7, "pdf"))
        said = parse_qs(urlsplit(signed).query)["response-content-disposition"][0]
        assert said.startswith("attachment") and not re.search(r"[\r\n]", said) and said.count('"') in (0, 2), name


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", STORABLE["a formula"], *STORABLE.values()])
def test_a_spreadsheet_gets_words_and_never_a_formula(text):
    (_, [cell]) = csv.reader(io.StringIO(tables.write(["nama"], [[text]]), newline=""))
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) and cell.replace("'", "") == text.replace("'", "")


def test_what_may_begin_behind_blanks_is_no_formula_either():
    """Excel passes over blanks in front; what follows must not be read as a formula."""
    for text in (" =1+1", "\n=1+1", "\u00a0=1"):
        (_, [cell]) = csv.reader(io.StringIO(tables.write(["nama"], [[text]]), newline=""))
        assert cell.startswith("'") and cell.replace("'", "") == text


@pytest.mark.parametrize("asked", ["https://jahat.example/", "//jahat.example", "https:jahat.example", "http://gateway.test.jahat.example/v1/auth/google/callback",
                                   "http://gateway.test/v1/auth/google/callback/../../..//jahat.example", "javascript:alert(1)", "http://gateway.test@jahat.example/",
                                   "http://gateway.test/v1/auth/google/callback\r\nSet-Cookie: jahat=1", "HTTP://GATEWAY.TEST/v1/auth/google/callback"])  # fmt: skip
def test_google_sends_nobody_back_to_an_address_that_is_not_ours(asked, world):
    answer = world.api.get("/v1/auth/google/redirect", redirect_uri=asked, expect=400)
    assert answer.error == "UnknownRedirect" and "Location" not in answer.headers and "Set-Cookie" not in answer.headers


def test_every_redirect_of_ours_leads_to_a_configured_host(world, services):
    from infra.routes import ROUTES

    redirecting = {route.name for route in ROUTES if route.status in (301, 302, 303, 307, 308)}
    assert redirecting == {"auth.google_redirect", "exports.download_pdf", "exports.download_video"}
    answer = world.api.get("/v1/auth/google/redirect", expect=302)
    assert answer.headers["Location"].startswith(services.settings["GOOGLE_AUTH_URL"] + "?")
