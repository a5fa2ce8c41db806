"""Log lines as Cloud Logging reads them: one JSON object a line on standard output.

No logging library at import: google-cloud-logging costs 1.4 s and the platform parses these lines
anyway. Nothing secret may be passed here; tests/test_canaries.py searches the whole suite's output.
"""

import json
import re
import sys
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

# The request that is being served and its trace, so that every line of it can be found together, and
# who sent it, by number alone.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
trace: ContextVar[str | None] = ContextVar("trace", default=None)
user_id: ContextVar[int | None] = ContextVar("user_id", default=None)


# Under this name Cloud Logging shows a line with its request.
TRACE = "logging.googleapis.com/trace"


def trace_of(cloud: str | None, traceparent: str | None, project: Callable[[], str]) -> str | None:
    """The trace a request belongs to, from `X-Cloud-Trace-Context` or W3C `traceparent`, as Cloud Logging names it."""
    if not cloud and not traceparent:
        return None
    parts = (traceparent or "").split("-")
    found = (cloud or "").partition("/")[0] or (parts[1] if len(parts) == 4 else "")
    return f"projects/{project()}/traces/{found}" if re.fullmatch(r"[0-9a-f]{32}", found) else None


def info(message: str, **facts: Any) -> None:
    """Something worth knowing happened."""
    _write("INFO", message, facts)


def warning(message: str, **facts: Any) -> None:
    """Something is off and was dealt with."""
    _write("WARNING", message, facts)


def error(message: str, **facts: Any) -> None:
    """Something broke; inside an except block the trace goes along, in the form Error Reporting groups by."""
    frames = traceback.format_exc() if sys.exc_info()[0] else ""
    _write("ERROR", f"{message}\n{frames}" if frames else message, facts)


def _write(severity: str, message: str, facts: dict[str, Any]) -> None:
    line = {"severity": severity, "message": message, "request_id": request_id.get(), "user_id": user_id.get(), TRACE: trace.get(), **facts}
    sys.stdout.write(json.dumps({key: value for key, value in line.items() if value is not None}, default=str) + "\n")
    sys.stdout.flush()
