"""An app that was written for the contract of yesterday works with that of today, or the changelog says what it has to do."""

import pytest

from infra import contract
from infra.gateway import VERSION

BEFORE = contract.read("""\
GET /v1/comics
  also at /api/v1/comics: yes
  caller: maybe_user
  gives 200: application/json
  gives 200 data[].rating: number|null
  gives 200 data[].title: string
  takes query q: string
POST /login
  caller: public
  gives 200 data.role: one of user, admin
  takes identifier: string
  takes password: string (required)
  takes platform: one of android, ios
""")
COMICS, LOGIN = "GET /v1/comics", "POST /login"


@pytest.fixture(scope="module")
def now():
    return contract.surface()


def test_nothing_that_the_app_relies_on_is_broken_without_a_word_in_the_changelog(now):
    before = contract.read(contract.KEPT.read_text())
    assert contract.unsaid(before, now) == {}


def test_the_kept_surface_is_that_of_now(now):
    assert contract.KEPT.read_text() == contract.written(now), "run: python -m infra.contract"


def test_the_changelog_speaks_of_the_version_that_is_served():
    assert contract.newest().startswith(VERSION)


def changed(changes):
    return {key: fact for key, fact in {**BEFORE, **changes}.items() if fact is not None}


@pytest.mark.parametrize(
    ("operation", "place", "fact", "why"),
    [
        (COMICS, "gives 200 data[].title", None, "is gone"),
        (COMICS, "gives 200 data[].title", "string|null", "was string and is string|null"),
        (COMICS, "gives 200 data[].rating", "string", "was number|null and is string"),
        (COMICS, "also at /api/v1/comics", None, "is gone"),
        (COMICS, "caller", "user", "was maybe_user and is user"),
        (COMICS, "takes query q", None, "is gone"),
        (LOGIN, "takes device_id", "string (required)", "is new and required"),
        (LOGIN, "takes identifier", "string (required)", "was string and is string (required)"),
        (LOGIN, "takes platform", "one of android", "was one of android, ios and is one of android"),
        (LOGIN, "gives 200 data.role", "one of user, admin, owner", "was one of user, admin and is one of user, admin, owner"),
    ],
)
def test_what_an_app_would_notice_is_a_break(operation, place, fact, why):
    assert contract.breaks(BEFORE, changed({(operation, place): fact})) == {(operation, place): why}


@pytest.mark.parametrize(
    ("operation", "place", "fact"),
    [
        (COMICS, "gives 200 data[].rating", "number"),
        (COMICS, "gives 200 data[].rating", "integer|null"),
        (COMICS, "gives 200 data[].age_rating", "string"),
        (COMICS, "caller", "public"),
        (LOGIN, "takes device_id", "string|null"),
        (LOGIN, "takes password", "string"),
        (LOGIN, "takes platform", "one of android, ios, web"),
        (LOGIN, "takes platform", "string"),
        ("GET /v1/new", "takes query q", "string (required)"),
    ],
)
def test_what_an_app_would_not_notice_is_none(operation, place, fact):
    assert contract.breaks(BEFORE, changed({(operation, place): fact})) == {}


def test_a_removed_operation_is_one_break():
    after = {key: fact for key, fact in BEFORE.items() if key[0] != LOGIN}
    assert contract.breaks(BEFORE, after) == {(LOGIN, ""): "is gone"}


def test_a_break_is_accepted_when_the_newest_version_names_operation_and_field(tmp_path, monkeypatch):
    monkeypatch.setattr(contract, "CHANGELOG", tmp_path / "CHANGELOG.md")
    after = changed({(COMICS, "gives 200 data[].title"): None})
    key = (COMICS, "gives 200 data[].title")

    def says(newest, older=""):
        contract.CHANGELOG.write_text(f"# Changelog\n\n## {VERSION} (today)\n\n{newest}\n\n## 0.9.0\n\n{older}\n")
        return contract.unsaid(BEFORE, after)

    line = "- **Breaks** `GET /v1/comics`: `data[].title` is gone; read `data[].name`."
    assert says("Nothing.") == {key: "is gone"}
    assert says("Nothing.", older=line) == {key: "is gone"}
    assert says(line.replace("`data[].title` is", "a field is")) == {key: "is gone"}
    assert says(line) == {}


def test_what_is_new_is_told_by_itself():
    after = changed({(COMICS, "gives 200 data[].mood"): "string", ("GET /v1/new", "caller"): "public"})
    assert contract.added(BEFORE, after) == ["- `GET /v1/comics`: added `gives 200 data[].mood`.", "- Added `GET /v1/new`."]


def test_the_kept_text_reads_back_as_what_was_written(now):
    assert contract.read(contract.written(now)) == now
