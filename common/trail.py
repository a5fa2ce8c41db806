"""The audit log: who changed somebody else's money or content, what it was before and after, and why."""

from typing import Any

from common import log
from common.db import Db, json


def note(
    db: Db,
    actor: int | None,
    action: str,
    subject: tuple[str, int | str],
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Write what `actor` did (None: the system) to `subject`, a kind and an id, in the transaction that does it.

    `before` and `after` hold the fields that changed, and never what is a secret elsewhere.
    """
    db.run(
        "insert into audit_log (actor_id, action, subject_type, subject_id, before, after, reason, request_id)"
        " values (:actor, :action, :kind, :id, cast(:before as jsonb), cast(:after as jsonb), :reason, :request)",
        actor=actor,
        action=action,
        kind=subject[0],
        id=str(subject[1]),
        before=None if before is None else json(before),
        after=None if after is None else json(after),
        reason=reason,
        request=log.request_id.get(),
    )
