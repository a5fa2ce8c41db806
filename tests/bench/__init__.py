"""How fast the backend is, side by side with what one would write instead: `python -m tests.bench`."""

from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# What requirements.txt of this folder brings; the project itself needs none of it.
NEEDED = ("fastapi", "starlette", "uvicorn", "uvloop", "httptools", "asyncpg", "greenlet", "orjson", "matplotlib", "psutil")


def missing() -> list[str]:
    """What the benchmarks need and this environment lacks."""
    return [name for name in NEEDED if find_spec(name) is None]
