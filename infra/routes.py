"""Every route of every function, gathered from the decorators: `python -m infra.routes`."""

import importlib
from pathlib import Path

from common.api import Api, Route

ROOT = Path(__file__).resolve().parent.parent

# Cloud Tasks and Scheduler call these; the gateway does not know them.
INTERNAL = ("worker", "video")

APIS: list[Api] = [
    importlib.import_module(f"functions.{main.parent.name}.main").api for main in sorted((ROOT / "functions").glob("*/main.py"))
]
PUBLIC_APIS = [api for api in APIS if api.function not in INTERNAL]
ROUTES: list[Route] = [route for api in PUBLIC_APIS for route in api.routes]
ALL_ROUTES: list[Route] = [route for api in APIS for route in api.routes]


def table() -> str:
    """The routes as the Markdown table of the README."""
    lines = ["| function | method | path | caller | what it does |", "|---|---|---|---|---|"]
    for route in ROUTES:
        summary = (route.handler.__doc__ or "").partition("\n")[0]
        lines.append(f"| {route.function} | {route.method} | `{route.path}` | {route.caller.__name__} | {summary} |")
    return "\n".join(lines)


if __name__ == "__main__":
    for each in sorted(ALL_ROUTES, key=lambda route: route.path):
        file, line = each.where
        print(f"{each.method:6} {each.path:52} {each.caller.__name__:10} {Path(file).relative_to(ROOT)}:{line}")
