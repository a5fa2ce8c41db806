"""Statements prepared once per connection: the one place that leans on pg8000's insides.

pg8000 sends every parameterised statement in three round trips and rescans its text for
placeholders each time. Here the text is converted once per process and prepared once per
connection, so that running it is one message there and one back. What is used of pg8000
(`prepare_statement`, `execute_simple`, `handle_messages`) is not its documented API: pg8000 is pinned,
and tests/common/test_prepared.py covers DDL, DISCARD ALL, errors and reconnects.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from struct import pack
from typing import Any, NamedTuple

from pg8000.converters import make_params
from pg8000.core import BIND, EXECUTE_MSG, SYNC_MSG, Context, CoreConnection
from pg8000.exceptions import DatabaseError, InterfaceError
from pg8000.native import to_statement

from common import deadlines

# Prepared statements one connection keeps; each costs the server a few kilobytes.
KEPT = 256

TIMESTAMP, TIMESTAMPTZ = 1114, 1184


class Result(NamedTuple):
    """What a statement gave back; `names` are its columns, `changed` the rows it touched (-1 when it says none)."""

    names: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    changed: int


class _Statement(NamedTuple):
    id: bytes
    columns: Any
    readers: Any
    names: tuple[str, ...]


_convert = lru_cache(maxsize=1024)(to_statement)


# Bytes read from the server at once. A list is ten kilobytes: through the standard buffer of eight it is
# three reads, and after each of them the thread queues up for the interpreter again.
READ_AT_ONCE = 65_536


def tune(connection: CoreConnection) -> None:
    """Read a reply at once and in time, and its timestamps with `datetime.fromisoformat`; `strptime` took a third of a list's time."""
    connection._sock = deadlines.conversation(connection._usock, READ_AT_ONCE)
    connection.register_in_adapter(TIMESTAMP, _moment)
    connection.register_in_adapter(TIMESTAMPTZ, _moment)


def _moment(text: str) -> datetime | str:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # "infinity" and years before 1 have no datetime.
        return text


# A statement that begins with this is planned for its values each time, at the cost of two round trips:
# after five executions PostgreSQL would otherwise plan a search for any word at all, and scan for a rare one.
ANEW = "/* planned for its values */"


def run(connection: CoreConnection, sql: str, values: dict[str, Any], *, keep: bool = True) -> Result:
    """Run `sql` with its `:name` places filled from `values`, prepared on this connection.

    `keep=False` prepares nothing, for poolers that hand out another server connection per
    transaction. Raises pg8000's own exceptions; see `code`.
    """
    text, arguments = _convert(sql)
    try:
        if not keep or text.startswith(ANEW):
            context = connection.execute_unnamed(text, vals=arguments(values)) if values else connection.execute_simple(text)
            return Result(_names(context.columns), context.rows or (), context.row_count)
        return _execute(connection, _statements(connection), text, make_params(connection.py_types, arguments(values)))
    except DatabaseError as error:
        _without_values(error)
        # 0A000: a migration changed the result's columns; 26000: somebody discarded our statements.
        # Inside a transaction the server has given up already, so only the next one can start anew.
        if not keep or code(error) not in ("0A000", "26000"):
            raise
        _statements(connection).clear()
        if connection._transaction_status != b"I":
            raise
    # Once more and not twice: much else that PostgreSQL cannot do is 0A000 as well.
    return run(connection, sql, values, keep=False)


def command(connection: CoreConnection, sql: str) -> None:
    """Run `sql` that has neither values nor a result: BEGIN, COMMIT, SET. A COMMIT may refuse a row that was deferred until then."""
    try:
        connection.execute_simple(sql)
    except DatabaseError as error:
        _without_values(error)
        raise


def _without_values(error: DatabaseError) -> None:
    """PostgreSQL's details quote the row ("Key (email)=(…) already exists"); errors are logged, and people's data is not."""
    if error.args and isinstance(error.args[0], dict):
        for quoting in ("D", "W", "q"):
            error.args[0].pop(quoting, None)


def _execute(connection: CoreConnection, statements: "OrderedDict[str, _Statement]", text: str, parameters: Sequence[Any]) -> Result:
    statement = statements.get(text)
    if statement is None:
        id, columns, readers = connection.prepare_statement(text, ())
        statement = statements[text] = _Statement(id, columns, readers, _names(columns))
        if len(statements) > KEPT:
            connection.close_prepared_statement(statements.popitem(last=False)[1].id)
    else:
        statements.move_to_end(text)
    context = Context(text, columns=statement.columns, input_funcs=statement.readers)
    _send(connection, _bound(statement.id, parameters) + EXECUTE_MSG + SYNC_MSG)
    connection.handle_messages(context)
    return Result(statement.names, context.rows or (), context.row_count)


def _send(connection: CoreConnection, messages: bytes) -> None:
    # pg8000's own `execute_named` has the server send after each message; its answer in pieces cost a tenth of a list's time.
    try:
        connection._sock.write(messages)
        connection._sock.flush()
    except (OSError, ValueError, AttributeError) as error:
        raise InterfaceError("the connection is closed") from error


def _bound(statement: bytes, parameters: Sequence[str | None]) -> bytes:
    """The message Bind of PostgreSQL's protocol: no portal name, the statement's, every value and every result as text."""
    values = [b"\xff\xff\xff\xff" if value is None else pack(">i", len(data := value.encode())) + data for value in parameters]
    body = b"".join([b"\0", statement, b"\0\0", pack(">H", len(values)), *values, b"\0\0"])
    return BIND + pack(">i", len(body) + 4) + body


def _statements(connection: CoreConnection) -> "OrderedDict[str, _Statement]":
    kept: OrderedDict[str, _Statement] | None = connection.__dict__.get("mamastoria_statements")
    if kept is None:
        kept = connection.__dict__["mamastoria_statements"] = OrderedDict()
    return kept


def _names(columns: Any) -> tuple[str, ...]:
    return tuple(column["name"] for column in columns or ())


def code(error: BaseException) -> str | None:
    """PostgreSQL's five-letter error code of a pg8000 error, or None where it has none (a broken connection)."""
    details = error.args[0] if error.args else None
    return details.get("C") if isinstance(details, dict) else None


def constraint(error: BaseException) -> str | None:
    """The name of the constraint that a pg8000 error is about, if any."""
    details = error.args[0] if error.args else None
    return details.get("n") if isinstance(details, dict) else None
