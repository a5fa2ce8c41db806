"""The folder that is uploaded for one function: `python -m infra.stage FUNCTION… [--to build]`.

The Functions buildpack wants main.py, its modules, everything they import and requirements.txt in one
folder, and compiles every .py in it, so nothing else may be there.
"""

import argparse
import json
import shutil
from pathlib import Path

from infra.routes import APIS, ROOT

FUNCTIONS = [api.function for api in APIS]

LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", "requirements.txt")


def stage(function: str, to: Path) -> Path:
    """Make the bundle of `function` in `to/function`, anew; the folder's path."""
    bundle = to / function
    shutil.rmtree(bundle, ignore_errors=True)
    shutil.copytree(ROOT / "functions" / function, bundle, ignore=LEFT_OUT)
    shutil.copytree(ROOT / "common", bundle / "common", ignore=LEFT_OUT)
    (bundle / "requirements.txt").write_text(requirements(function))
    shutil.copy(ROOT / "infra/constraints.txt", bundle / "constraints.txt")
    if function == "system":
        from infra.openapi import document

        (bundle / "openapi.json").write_text(json.dumps(document(), ensure_ascii=False))
    return bundle


def requirements(function: str) -> str:
    """What the function installs: the common list, what it alone needs, and the versions of all they bring along."""
    own = ROOT / "functions" / function / "requirements.txt"
    parts = ["-c constraints.txt\n", (ROOT / "requirements.txt").read_text(), own.read_text() if own.exists() else ""]
    return "".join(parts)


def main() -> None:
    """Stage the functions that the command line names, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("function", nargs="*", choices=[*FUNCTIONS, []], default=FUNCTIONS)
    parser.add_argument("--to", type=Path, default=ROOT / "build")
    asked = parser.parse_args()
    for function in asked.function:
        print(stage(function, asked.to))


if __name__ == "__main__":
    main()
