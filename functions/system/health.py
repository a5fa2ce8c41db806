"""Whether what every function needs can be reached."""

from collections.abc import Callable
from typing import Any

from common import log
from common.clients import storage, tasks
from common.db import Db
from common.i18n import Text
from common.problems import ServiceUnavailable


class NotReady(ServiceUnavailable):
    """Something that the API needs does not answer; `down` names it."""

    detail = Text("Not ready: {down}", "Belum siap: {down}")


def ready(db: Db) -> dict[str, Any]:
    """All that was checked; raises `NotReady` with the names of what is down."""
    checks: dict[str, Callable[[], Any]] = {"database": lambda: db.value("select 1"), "storage": storage.ping, "queue": tasks.ping}
    down = [name for name, check in checks.items() if not _answers(name, check)]
    if down:
        raise NotReady(down=down)
    return {"status": "ready", "checked": list(checks)}


def _answers(name: str, check: Callable[[], Any]) -> bool:
    try:
        check()
        return True
    except Exception as error:
        log.warning(f"not ready: {name}: {type(error).__name__}: {error}")
        return False
