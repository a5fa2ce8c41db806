"""Log lines as Cloud Logging reads them: one JSON object a line on standard output.

No logging library at import: google-cloud-logging costs 1.4 s and the platform parses these lines
anyway. Nothing secret may be passed here; tests/common/test_log.py looks for secrets in these lines.
"""

import json
import os
import re
import sys
import traceback
from collections.abc import Callable
from contextvars import ContextVar
from types import FrameType
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
    """Something broke: a line that Error Reporting takes as an event; inside an except block the trace goes along.

    https://cloud.google.com/error-reporting/docs/formatting-error-messages: events are grouped by exception and frames,
    which it reads from `stack_trace` before anything else, in the very words of `traceback.format_exc()`. An event without
    an exception is taken for its @type, and grouped by the place that it names. The first line of `message` is what the
    log-based metrics count.
    """
    failure = sys.exc_info()[1]
    who = user_id.get()
    context: dict[str, Any] = {"user": str(who)} if who else {}
    found: dict[str, Any] = {"@type": EVENT, "serviceContext": _service(), "context": context}
    if failure is None:
        context["reportLocation"] = _place(sys._getframe(1))
    else:
        found["stack_trace"] = traceback.format_exc()
        message = f"{message}\n{''.join(traceback.format_exception_only(failure)).strip()}"
    _write("ERROR", message, {**found, **facts})


# By this type an event is taken whole even where it has no trace.
EVENT = "type.googleapis.com/google.devtools.clouderrorreporting.v1beta1.ReportedErrorEvent"


def _service() -> dict[str, str]:
    """The function and its revision, as the platform names them to every instance; a deploy's new errors are told by them."""
    return {"service": os.environ.get("K_SERVICE", "local"), "version": os.environ.get("K_REVISION", "local")}


def _place(frame: FrameType) -> dict[str, Any]:
    return {"filePath": frame.f_code.co_filename, "lineNumber": frame.f_lineno, "functionName": frame.f_code.co_qualname}


def _write(severity: str, message: str, facts: dict[str, Any]) -> None:
    line = {"severity": severity, "message": message, "request_id": request_id.get(), "user_id": user_id.get(), TRACE: trace.get(), **facts}
    sys.stdout.write(json.dumps({key: value for key, value in line.items() if value is not None}, default=str) + "\n")
    sys.stdout.flush()
