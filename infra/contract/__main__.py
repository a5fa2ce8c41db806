"""`python -m infra.contract` keeps the surface as it is now; it stops where the changelog does not say what breaks.

What is new is written into the changelog's newest version by itself.
"""

import sys

from infra import contract


def main() -> None:
    """Update surface.txt and, with what is new, CHANGELOG.md."""
    before, after = contract.read(contract.KEPT.read_text()), contract.surface()
    unsaid = contract.unsaid(before, after)
    if unsaid:
        for (operation, place), why in unsaid.items():
            print(f"{operation} {place} {why}", file=sys.stderr)
        sys.exit(f"Say it in {contract.CHANGELOG.name} first: - **Breaks** `METHOD /path`: `field` …, and what an app has to do.")
    lines = contract.added(before, after)
    if lines:
        part = contract.newest()
        text = contract.CHANGELOG.read_text()
        contract.CHANGELOG.write_text(
            text.replace(part, part.rstrip("\n") + "\n" + "\n".join(lines) + "\n" + ("\n" if part.endswith("\n\n") else ""))
        )
    contract.KEPT.write_text(contract.written(after))
    print(f"{len(after)} facts kept, {len(lines)} lines added to the changelog")


if __name__ == "__main__":
    main()
