"""What a request asks of the database, as the database itself logs it."""

import re
import time
from collections import Counter

from infra.local import postgres
from tests.bench import database
from tests.bench.servers import Ask, Server

# The statement that knows a caller's session (common/auth.py), and the words around a transaction.
CALLER, AROUND = "personal_access_tokens set seen_at", ("begin", "commit", "rollback")


def counted(server: postgres.Server, answering: Server, asks: list[Ask], status: int) -> dict[str, float]:
    """Statements per request: `own`, the `caller`'s, and those `around` a transaction; the requests are sent one after the other."""
    with _logged(server):
        before = server.log.stat().st_size
        for ask in asks:
            got, _, body = answering.send(ask)
            assert got == status, f"{ask.method} {ask.path} answered {got}: {body[:300]!r}"
        with server.log.open("rb") as log:
            log.seek(before)
            told = log.read().decode()
    kinds = Counter(_kind(text) for text in re.findall(r"LOG:  (?:execute [^:]*|statement): (.*(?:\n\t.*)*)", told))
    return {kind: kinds[kind] / len(asks) for kind in ("own", "caller", "around")}


def _kind(text: str) -> str:
    return "around" if text.strip().lower() in AROUND else "caller" if CALLER in text else "own"


def pages(server: postgres.Server, answering: Server, asks: list[Ask]) -> float:
    """Pages of 8 KiB that the database looks at for a request, in memory or not; it was started with `population.OPTIONS`."""
    with database.connected(server) as connection:
        connection.run("create extension if not exists pg_stat_statements")
        connection.run("select pg_stat_statements_reset()")
        for ask in asks:
            answering.send(ask)
        ((read,),) = connection.run(
            "select sum(shared_blks_hit + shared_blks_read) from pg_stat_statements where query not like '%pg_stat%'"
        )
    return float(read) / len(asks)


class _logged:
    """Every statement is logged meanwhile."""

    def __init__(self, server: postgres.Server) -> None:
        self.server = server

    def __enter__(self) -> None:
        self._set("set log_statement = 'all'")

    def __exit__(self, *_: object) -> None:
        self._set("reset log_statement")

    def _set(self, what: str) -> None:
        with database.connected(self.server) as connection:
            connection.run(f"alter system {what}")
            connection.run("select pg_reload_conf()")
        # Each backend looks at its settings before its next statement, once the signal has come.
        time.sleep(0.3)
