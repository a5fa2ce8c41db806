"""CSV that spreadsheets open without harm, and CSV that comes back from them."""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from common.replies import Reply

# A spreadsheet runs a cell that starts with one of these signs as a formula, and people choose their own names. Some pass over blanks
# in front. One that cuts lines by semicolons or tabs, as Indonesian ones do, starts a cell in the middle of one of ours, where the quotes
# of ours mean nothing.
FORMULAS = re.compile(r"""(?:^|(?<=[;\t\r\n]))(?=[\s"]*[=+@-])|^(?=[\t\r])""")


def reply(name: str, header: Sequence[str], lines: Iterable[Sequence[object]]) -> Reply:
    """A CSV file called `name`."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    # Without the mark in front, Excel reads UTF-8 as the letters of Windows.
    return Reply(200, write(header, lines).encode("utf-8-sig"), "text/csv; charset=utf-8", headers)


def write(header: Sequence[str], lines: Iterable[Sequence[object]]) -> str:
    """CSV text; an apostrophe precedes what a spreadsheet would run, in cells of text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([_harmless(cell) for cell in line] for line in lines)
    return out.getvalue()


def read(text: str) -> list[dict[str, str]]:
    """The lines of a CSV file by column name; semicolons work too, which Indonesian spreadsheets write."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    return [{(name or "").strip().lower(): _plain(cell) for name, cell in row.items()} for row in rows]


def digits(text: str) -> str:
    """A cell of digits that are no number: by the apostrophe a spreadsheet keeps the zeros in front, and all digits beyond the fifteenth."""
    return f"'{text}"


def _harmless(cell: object) -> object:
    return FORMULAS.sub("'", cell) if isinstance(cell, str) else cell


def _plain(cell: object) -> str:
    # A line with too many cells gives a list, one with too few gives None.
    return cell.strip() if isinstance(cell, str) else ""
