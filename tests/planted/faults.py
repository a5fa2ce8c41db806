"""The list of faults, and whether it is in order."""

import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
LIST = Path(__file__).parent / "faults.toml"

# Fewer say little, and more take longer than anybody waits.
LEAST, MOST = 50, 80

# Where faults are worth planting: what is deployed.
PLACES = ("common/", "functions/")


@dataclass(frozen=True)
class Fault:
    """One fault: `before`, which `file` holds exactly once, becomes `after`; `tests` are the files that should notice."""

    name: str
    wrong: str
    file: str
    before: str
    after: str
    tests: tuple[str, ...]

    def planted(self, text: str) -> str:
        """The file's text with the fault in it; raises `ValueError` unless `before` is there exactly once."""
        if (found := text.count(self.before)) != 1:
            raise ValueError(f"{self.name}: {self.file} holds the text {found} times")
        return text.replace(self.before, self.after)


def load() -> list[Fault]:
    """All faults, in the list's order."""
    entries = tomllib.loads(LIST.read_text())["fault"]
    return [Fault(**{**entry, "tests": tuple(entry["tests"])}) for entry in entries]


def problems(faults: list[Fault], root: Path = ROOT) -> list[str]:
    """What is wrong with the list, in sentences; nothing when it can be run."""
    said = [] if LEAST <= len(faults) <= MOST else [f"there are {len(faults)} faults and not {LEAST} to {MOST}"]
    said += [f"two faults are named {name}" for name, times in Counter(each.name for each in faults).items() if times > 1]
    twice = Counter((each.file, each.before, each.after) for each in faults)
    said += [f"one fault in {file} is listed twice" for (file, _, _), times in twice.items() if times > 1]
    return said + [problem for each in faults for problem in _problems(each, root)]


def _problems(fault: Fault, root: Path) -> list[str]:
    file = root / fault.file
    if not fault.file.startswith(PLACES) or not file.is_file():
        return [f"{fault.name}: {fault.file} is no file of the product"]
    missing = [test for test in fault.tests if not (root / test).is_file()]
    said = [f"{fault.name}: there is no {test}" for test in missing] + ([] if fault.tests else [f"{fault.name}: no test file is named"])
    try:
        compile(fault.planted(file.read_text()), fault.file, "exec")
    except ValueError as error:
        return [*said, str(error)]
    except SyntaxError as error:
        return [*said, f"{fault.name}: the file would not even load: {error}"]
    return said + ([f"{fault.name}: nothing changes"] if fault.before == fault.after else [])
