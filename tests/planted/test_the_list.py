"""The list of planted faults fits the code of now, and the machine that plants them tells what it should; the whole run is `python -m tests.planted`."""

from dataclasses import replace

import pytest

from tests.planted import faults, results
from tests.planted.running import Tree, Verdict


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    return Tree(tmp_path_factory.mktemp("planted"))


@pytest.fixture
def fault():
    """One whose test needs no database."""
    listed = next(each for each in faults.load() if each.name == "address-made-up")
    return replace(listed, tests=("tests/common/test_addresses.py",))


def test_each_fault_still_fits_the_code_and_names_tests_that_are_there():
    assert faults.problems(faults.load()) == []


def test_each_fault_says_in_a_sentence_what_goes_wrong_for_people():
    for each in faults.load():
        assert each.wrong[0].isupper() and each.wrong.endswith(".") and len(each.wrong.split()) > 5, each.name


def test_a_fault_whose_place_is_gone_or_not_the_only_one_is_told(fault):
    def told(**changes):
        return " ".join(faults._problems(replace(fault, **changes), faults.ROOT))

    assert "holds the text 0 times" in told(before="this stands nowhere")
    assert "holds the text 2 times" in told(before='request.remote_addr or ""')
    assert "would not even load" in told(after="return (")
    assert "nothing changes" in told(after=fault.before)
    assert "no file of the product" in told(file="tests/conftest.py")
    assert "there is no tests/nowhere.py" in told(tests=("tests/nowhere.py",))


def test_a_fault_that_is_planted_is_caught_and_taken_out_again(tree, fault):
    sound = (tree.root / fault.file).read_bytes()
    verdict = tree.with_fault(fault)
    assert (verdict.how, verdict.caught) == ("failed", True), verdict.said
    assert verdict.by.startswith("tests/common/test_addresses.py::test_an_address_that_the_sender_made_up_is_not_believed")
    assert (tree.root / fault.file).read_bytes() == sound
    assert (faults.ROOT / fault.file).read_bytes() == sound


def test_a_change_that_nobody_notices_and_code_that_does_not_load_are_not_counted_as_caught(tree, fault):
    unnoticed = tree.with_fault(replace(fault, before=fault.before + " else", after=fault.before + "  else"))
    broken = tree.with_fault(replace(fault, file="tests/conftest.py", before="import pytest\n", after="import pytest, no_such_module\n"))
    assert [(each.how, each.caught) for each in (unnoticed, broken)] == [("passed", False), ("broken", False)]


def test_a_run_that_hangs_is_ended_and_counts_as_caught(tree, fault):
    verdict = tree.with_fault(fault, limit=0.2)
    assert (verdict.how, verdict.caught, verdict.seconds < 20) == ("hung", True, True)


def test_the_table_says_what_goes_wrong_and_which_test_noticed(fault):
    caught = Verdict("failed", "tests/common/test_addresses.py::test_an_address_is_told[1-a|b]", 2.4)
    table = results.table([fault, fault], [caught, Verdict("passed", "", 1.0)])
    assert "`common/test_addresses.py` an address is told (1-a/b) | 2 |" in table
    assert "**not caught** | 1 |" in table
