"""What we build on is what we named, and the command that says so finds what is not."""

import json
import zipfile

import pytest

from infra import pins

ADVISORY = {
    "id": "PYSEC-0000-1",
    "summary": "A canary",
    "affected": [
        {
            "package": {"ecosystem": "PyPI", "name": "Flask"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.1.4"}]}],
        }
    ],
}


def test_every_requirement_pin_and_licence_is_what_it_should_be():
    assert list(pins.wrong()) == []


def test_the_command_says_what_it_could_not_ask(capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["pins"])
    assert pins.main() == 0
    said = capsys.readouterr().out
    assert "Not asked for advisories" in said and "Not asked for withdrawn releases" in said


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("flask>=3", "flask names no single version: flask>=3"),
        ("flask", "flask names no single version: flask"),
        ("flask==3.*", "flask names no single version: flask==3.*"),
        ("flask==3.1.2", "flask is pinned to 3.1.2, and 3.1.3 is installed"),
        ("tidak-ada==1.0", "tidak-ada is needed and not installed"),
    ],
)
def test_a_loose_or_wrong_requirement_is_named(line, sentence, tmp_path):
    file = tmp_path / "requirements.txt"
    file.write_text(f"# A comment.\n{line}\n")
    assert sentence in list(pins.wrong([file]))


def test_what_is_brought_along_without_a_pin_and_what_is_pinned_for_nobody_are_named(tmp_path):
    file, constraints = tmp_path / "requirements.txt", tmp_path / "constraints.txt"
    file.write_text("flask==3.1.3\n")
    constraints.write_text("flask==3.1.3\nfasteners==0.20\n")
    found = list(pins.wrong([file], constraints))
    assert "werkzeug is brought along and not pinned in constraints.txt" in found and "fasteners is pinned and nobody needs it" in found


def test_every_accepted_licence_has_a_distribution_that_needs_the_reason():
    assert set(pins.ACCEPTED) <= set(pins.installed()) | set(pins.named(pins.BENCH))


@pytest.mark.parametrize(
    ("version", "changes", "hit"),
    [
        ("3.1.3", {}, True),
        ("3.1.4", {}, False),
        ("3.1.3", {"versions": ["3.1.3"], "ranges": []}, True),
        ("3.1.3", {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "3.0"}, {"last_affected": "3.1.2"}]}]}, False),
        ("3.1.3", {"ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0"}, {"introduced": "3.1.3"}]}]}, True),
        ("3.1.3", {"package": {"ecosystem": "npm", "name": "flask"}}, False),
    ],
)
def test_an_advisory_is_about_a_pin_when_its_ranges_hold_its_version(version, changes, hit):
    record = {**ADVISORY, "affected": [{**ADVISORY["affected"][0], **changes}]}
    assert bool(list(pins.advised({"flask": version}, [record]))) == hit
    assert list(pins.advised({"flask": version}, [{**record, "withdrawn": "2026-01-01T00:00:00Z"}])) == []


@pytest.mark.parametrize("ending", ["zip", "json"])
def test_a_known_hole_in_a_pinned_release_fails_the_command(ending, tmp_path, capsys, monkeypatch):
    file = tmp_path / f"osv.{ending}"
    if ending == "zip":
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("PYSEC-0000-1.json", json.dumps(ADVISORY))
    else:
        file.write_text(json.dumps([ADVISORY]))
    monkeypatch.setattr("sys.argv", ["pins", "--advisories", str(file)])
    assert pins.main() == 1
    assert "flask 3.1.3: PYSEC-0000-1: A canary" in capsys.readouterr().out
