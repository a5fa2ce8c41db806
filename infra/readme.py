"""The README's generated parts: `python -m infra.readme` writes them anew, a test fails when they lag.

A part stands between `<!-- NAME -->` and `<!-- /NAME -->`.
"""

import re

from common.settings import SETTINGS
from infra.routes import ROOT, table

README = ROOT / "README.md"


def settings() -> str:
    """Every setting as a Markdown table; a secret's default is not shown, it has none."""
    rows = ["| setting | default | what it is for |", "|---|---|---|"]
    for each in SETTINGS:
        default = "*secret*" if each.secret else f"`{each.default}`" if each.default != "" else ""
        rows.append(f"| `{each.name}` | {default} | {each.help.replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


PARTS = {"routes": table, "settings": settings}


def current() -> str:
    """The README with its generated parts as they should be."""
    text = README.read_text()
    for name, make in PARTS.items():
        text = re.sub(rf"(<!-- {name} -->\n).*?(\n<!-- /{name} -->)", lambda found, make=make: found[1] + make() + found[2], text, flags=re.DOTALL)  # type: ignore[misc]
    return text


if __name__ == "__main__":
    README.write_text(current())
