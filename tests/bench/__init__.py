"""How fast the backend is, side by side with what one would write instead: `python -m tests.bench`."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
