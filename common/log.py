"""Log lines as Cloud Logging reads them: one JSON object a line on standard output.

No logging library at import: google-cloud-logging costs 1.4 s and the platform parses these lines
anyway. Nothing secret may be passed here; tests/test_canaries.py searches the whole suite's output.
"""

import json
import sys
import traceback
from contextvars import ContextVar
from typing import Any

# The request that is being served, so that every line of it can be found together.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def info(message: str, **facts: Any) -> None:
    """Something worth knowing happened."""
    _write("INFO", message, facts)


def warning(message: str, **facts: Any) -> None:
    """Something is off and was dealt with."""
    _write("WARNING", message, facts)


def error(message: str, **facts: Any) -> None:
    """Something broke; inside an except block the trace goes along, in the form Error Reporting groups by."""
    trace = traceback.format_exc() if sys.exc_info()[0] else ""
    _write("ERROR", f"{message}\n{trace}" if trace else message, facts)


def _write(severity: str, message: str, facts: dict[str, Any]) -> None:
    line = {"severity": severity, "message": message, "request_id": request_id.get(), **facts}
    sys.stdout.write(json.dumps({key: value for key, value in line.items() if value is not None}, default=str) + "\n")
    sys.stdout.flush()
