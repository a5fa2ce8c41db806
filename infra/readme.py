"""The README's generated parts: `python -m infra.readme` writes them anew, a test fails when they lag.

A part stands between `<!-- NAME -->` and `<!-- /NAME -->`.
"""

from common.settings import SETTINGS
from infra.gcp import scale
from infra.routes import ROOT, table

README = ROOT / "README.md"


def settings() -> str:
    """Every setting as a Markdown table; a secret's default is not shown, it has none."""
    rows = ["| setting | default | what it is for |", "|---|---|---|"]
    for each in SETTINGS:
        default = "*secret*" if each.secret else f"`{each.default}`" if each.default != "" else ""
        rows.append(f"| `{each.name}` | {default} | {each.help.replace('|', chr(92) + '|')} |")
    return "\n".join(rows)


def bench() -> str:
    """The figures that the last `python -m tests.bench` kept, and its plots."""
    folder = ROOT / "tests/bench/results"
    tables = [folder / "results.md"] if (folder / "results.md").exists() else []
    text = "\n".join(each.read_text().partition("\n")[2].strip().replace("## ", "### ") for each in tables)
    plots = "\n".join(f"![{plot.stem}]({plot.relative_to(ROOT)})" for plot in sorted(folder.glob("*.png")))
    return f"{text}\n\n{plots}"


PARTS = {"routes": table, "settings": settings, "scale": scale.chapter, "bench": bench}


def current() -> str:
    """The README with its generated parts as they should be."""
    text = README.read_text()
    for name, make in PARTS.items():
        start, end = f"<!-- {name} -->\n", f"\n<!-- /{name} -->"
        before, _, rest = text.partition(start)
        assert end in rest, f"the README has no place for {name}"
        text = before + start + make() + end + rest.partition(end)[2]
    return text


if __name__ == "__main__":
    README.write_text(current())
