"""The threat model speaks of what is there."""

import re

from infra.routes import ROOT

TEXT = (ROOT / "infra/threat-model.md").read_text()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("|")][2:]


def test_every_test_it_names_is_there_and_tests_something():
    named = set(re.findall(r"tests/[\w/]+\.py", TEXT))
    assert len(named) > 20
    assert [name for name in named if "def test_" not in (ROOT / name).read_text()] == []


def test_every_actor_is_stopped_by_a_test():
    assert len(ROWS) >= 12
    assert [row for row in ROWS if len(row) != 4 or not re.search(r"tests/[\w/]+\.py", row[3])] == []


def test_every_proof_of_this_folder_is_in_it():
    """A new proof has a threat that it is about."""
    here = {f"tests/security/{file.name}" for file in (ROOT / "tests/security").glob("test_*.py")}
    assert here - set(re.findall(r"tests/[\w/]+\.py", TEXT)) == {"tests/security/test_threat_model.py"}


def test_it_is_one_page():
    assert len(TEXT.splitlines()) < 60 and len(TEXT) < 8_000
