"""The audit log: who with power did what to whom, written in the transaction that does it; nothing can change or delete a row.

Rows name subjects by id and never hold names, addresses or numbers of people, so that an account can
be erased while the log stays.
"""

from typing import Any

from common import log
from common.db import Db, json


def record(
    db: Db,
    actor: int | None,
    action: str,
    subject_type: str,
    subject_id: int | str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write that `actor` (None: operations, from the command line) did `action` (`withdrawal.approve`) to a subject."""
    db.run(
        "insert into audit_log (actor_id, action, subject_type, subject_id, before, after, reason, request_id)"
        " values (:actor, :action, :type, :id, cast(:before as jsonb), cast(:after as jsonb), :reason, :request)",
        actor=actor,
        action=action,
        type=subject_type,
        id=str(subject_id),
        before=None if before is None else json(before),
        after=None if after is None else json(after),
        reason=reason,
        request=log.request_id.get(),
    )
