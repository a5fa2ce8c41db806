"""What a function can reach: every name that its code refers to, through all modules, without running any.

`python -m infra.reach FUNCTION…` prints the secrets that a function's handlers can read and what they use of the platform. A name is
reached when a reached name mentions it, so the answer errs on the side of too much: a module that is passed around
counts with all its names, and so does each module that an `import_module(f"package.{…}")` may mean. `x is auth.user`
alone only compares and is no mention.
"""

import ast
import sys
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from common.needs import Use
from common.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent

# A module and a name in it.
Place = tuple[str, str]


@dataclass
class Module:
    """A parsed module: its top-level names with the code behind each, and what its imports stand for."""

    names: dict[str, list[ast.AST]] = field(default_factory=dict)
    imports: dict[str, Place] = field(default_factory=dict)


@cache
def reached(function: str) -> frozenset[Place]:
    """Every place that `functions/<function>/main.py` can come to."""
    start = f"functions.{function}.main"
    waiting: list[Place] = [(start, name) for name in _module(start).names]
    found: set[Place] = set()
    while waiting:
        place = waiting.pop()
        if place not in found:
            found.add(place)
            waiting += _mentioned(place)
    return frozenset(found)


def settings(function: str) -> set[str]:
    """The settings that the function can read."""
    names = {each.name for each in SETTINGS}
    return {name for module, name in reached(function) if module == "common.settings" and name in names}


def secrets(function: str) -> set[str]:
    """The secret ones among the settings that the function can read."""
    return settings(function) & {each.name for each in SETTINGS if each.secret}


STORAGE = "common.clients.storage"

# What the calls of our clients ask of the account that a function runs as; storage's writing ones are told apart below.
CALLS: dict[Place, tuple[Use, ...]] = {
    (STORAGE, "get"): ("read",),
    (STORAGE, "opened"): ("read",),
    (STORAGE, "signed_url"): ("read", "sign"),
    (STORAGE, "signed_urls"): ("read", "sign"),
    (STORAGE, "signed_upload"): ("write", "sign"),
    (STORAGE, "publish"): ("read", "publish"),
    (STORAGE, "unpublish"): ("publish",),
    (STORAGE, "delete_older"): ("write",),
    (STORAGE, "ping"): ("list",),
    ("common.clients.tasks", "ring"): ("enqueue",),
    ("common.clients.tasks", "ping"): ("look",),
    ("common.clients.vertex", "_post"): ("vertex",),
    ("common.clients.hearing", "_client"): ("speech",),
    ("common.clients.voice", "_client"): ("speech",),
    ("common.clients.push", "login"): ("push",),
}
# These write where their `public=` says; a `public=` that is computed may mean either.
WRITING = ("put", "put_pieces", "delete", "delete_folder")


def uses(function: str) -> set[Use]:
    """What the function's account has to be allowed to, from the clients' calls that it can reach."""
    places = reached(function)
    found = {use for place in places for use in CALLS.get(place, ())}
    for module, name in places:
        for call in (each for node in _code((module, name)) for each in ast.walk(node) if isinstance(each, ast.Call)):
            if module != STORAGE and _target(module, call.func) in {(STORAGE, writing) for writing in WRITING}:
                found |= _written(call)
    return found


def _written(call: ast.Call) -> set[Use]:
    said = [each.value for each in call.keywords if each.arg == "public"]
    if not said:
        return {"write"}
    return {"publish"} if isinstance(said[0], ast.Constant) else {"publish", "write"}


def _code(place: Place) -> list[ast.AST]:
    return _module(place[0]).names.get(place[1], [])


@cache
def _mentioned(place: Place) -> list[Place]:
    return [found for node in _code(place) for found in _within(place[0], node)]


def _within(module: str, node: ast.AST) -> list[Place]:
    """Every place that the code of `node`, which stands in `module`, refers to."""
    if isinstance(node, ast.Compare) and all(isinstance(how, ast.Is | ast.IsNot) for how in node.ops):
        return []
    if isinstance(node, ast.Call) and (package := _any_of(node)):
        return _everything(sorted(f"{package}.{file.stem}" for file in (ROOT / package.replace(".", "/")).glob("*.py")))
    if isinstance(node, ast.Name | ast.Attribute) and (target := _target(module, node)):
        return [target] if target[1] else _everything([target[0]])
    return [found for child in ast.iter_child_nodes(node) for found in _within(module, child)]


def _any_of(call: ast.Call) -> str | None:
    """The package of which `import_module(f"package.{…}")` imports some module."""
    if not (isinstance(call.func, ast.Name) and call.func.id == "import_module" and isinstance(call.args[0], ast.JoinedStr)):
        return None
    first = call.args[0].values[0]
    return first.value.removesuffix(".") if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def _everything(modules: list[str]) -> list[Place]:
    return [(module, name) for module in modules for name in _module(module).names]


def _target(module: str, node: ast.AST) -> Place | None:
    """What a name or a dotted name stands for, where it is one of our places."""
    if isinstance(node, ast.Name):
        return _named(module, node.id)
    if not isinstance(node, ast.Attribute):
        return None
    before = _target(module, node.value)
    if before is None or before[1]:
        return before
    return _named(before[0], node.attr)


def _named(module: str, name: str) -> Place | None:
    known = _module(module)
    if name in known.names:
        return (module, name)
    if name in known.imports:
        where, what = known.imports[name]
        return _named(where, what) if what else (where, "")
    return (f"{module}.{name}", "") if _file(f"{module}.{name}") else None


@cache
def _module(name: str) -> Module:
    file, made = _file(name), Module()
    if file is None:
        return made
    tree = ast.parse(file.read_text())
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        made.imports |= _imported(node, package)
    for node in tree.body:
        for each in _defined(node):
            made.names.setdefault(each, []).append(node)
    return made


def _file(name: str) -> Path | None:
    if not name.startswith(("common", "functions")):
        return None
    place = ROOT / name.replace(".", "/")
    return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()), None)


def _imported(node: ast.AST, package: str) -> dict[str, Place]:
    if isinstance(node, ast.Import):
        return {
            each.asname or each.name.partition(".")[0]: (each.name if each.asname else each.name.partition(".")[0], "")
            for each in node.names
        }
    if not isinstance(node, ast.ImportFrom):
        return {}
    parts = package.split(".")
    above = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
    where = ".".join(filter(None, (above, node.module)))
    return {each.asname or each.name: _meant(where, each.name) for each in node.names}


def _meant(where: str, name: str) -> Place:
    return (f"{where}.{name}", "") if _file(f"{where}.{name}") else (where, name)


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return [node.name]
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        return [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    if isinstance(node, (ast.If, ast.Try, ast.With, ast.For)):
        return [name for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt) for name in _defined(each)]
    return []


def main() -> None:
    """Print what each function named on the command line can come to."""
    for function in sys.argv[1:]:
        print(function, "reads the secrets", *sorted(secrets(function)), "and uses", *sorted(uses(function)))


if __name__ == "__main__":
    main()
