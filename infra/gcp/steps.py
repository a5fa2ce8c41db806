"""A step of a deployment: what it does in words, and the command; and what was there before, as gcloud showed it."""

import json
import os
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple


class Step(NamedTuple):
    """One change: a sentence for whoever watches, and the shell command that makes it."""

    say: str
    command: str


def gcloud(say: str, *words: str, pipe: str = "") -> Step:
    """A step of one gcloud command, fed by the command `pipe` where it reads from standard input."""
    command = shlex.join(["gcloud", *words])
    return Step(say, f"{pipe} | {command}" if pipe else command)


def run_folder() -> Path:
    """The folder of this run; what is in it is removed when the run ends."""
    return Path(os.environ["DEPLOY_RUN"])


def state(name: str) -> Any:
    """What gcloud said about `name` in this run: a list or an object; an empty list where there was nothing."""
    file = run_folder() / f"{name}.state"
    text = file.read_text().strip() if file.exists() else ""
    return json.loads(text) if text else []


def names(listed: Iterable[dict[str, Any]], key: str = "name") -> set[str]:
    """The last parts of the names in a listing."""
    return {each[key].rpartition("/")[2] for each in listed}


def shows(shown: Any, wanted: Any) -> bool:
    """Whether a resource as Google shows it has all that is wanted: it adds names of its own, and leaves out what is empty or zero."""
    if isinstance(wanted, dict):
        return isinstance(shown, dict) and all(shows(shown.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list) and wanted:
        return isinstance(shown, list) and len(shown) == len(wanted) and all(map(shows, shown, wanted))
    return bool(shown == wanted or not (shown or wanted))


def written(name: str, content: Any) -> str:
    """A file of this run with `content` as JSON (text as it is), for gcloud to read; its path."""
    file = run_folder() / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    return str(file)


def put(steps: Iterable[Step]) -> None:
    """Print the steps for lib.sh: a sentence, a tab and a command a line."""
    for step in steps:
        assert "\t" not in step.say and "\n" not in step.command
        print(f"{step.say}\t{step.command}")
