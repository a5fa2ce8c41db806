"""Files for spreadsheets: whatever people wrote, no cell of it is a formula, however the file is cut into cells."""

import csv
import io

import pytest

from common import tables

SIGNS = ("=", "+", "-", "@")


@pytest.mark.parametrize("between", [";", "\t", "\n", "\r", "; ", ";\u00a0", ';"', ";\n\t", "\r\n", ";;"], ids=repr)
@pytest.mark.parametrize("separator", [",", ";", "\t"], ids=repr)
@pytest.mark.parametrize("sign", SIGNS)
def test_no_part_of_a_cell_begins_with_a_formula_sign_in_whatever_spreadsheet(between, separator, sign):
    written = tables.write(("id", "title"), [(1, f"Kancil{between}{sign}1+1{between}x"), (2, f" {sign}1")])
    cells = [cell for line in csv.reader(io.StringIO(written, newline=""), delimiter=separator) for cell in line]
    assert [cell for cell in cells if cell.lstrip().startswith(SIGNS)] == []


@pytest.mark.parametrize("title", ["Kancil - Buaya", "1+1=2", "siti@contoh.id", "Kancil; Buaya", 'Kata "Ibu"\ndan Ayah', "'014"])
def test_what_runs_nowhere_is_written_as_it_is(title):
    assert tables.read(tables.write(("title",), [(title,)]))[0]["title"] == title
