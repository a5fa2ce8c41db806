"""How the whole API bears load: `python -m tests.load`.

    python -m tests.load                          ten minutes at half of the capacity, two at three times it
    python -m tests.load --seconds 20 --over 10   the same, shorter

A process sends what an app sends, 95 % reads and 5 % writes of four hundred signed-in people, at times that are
fixed before: a late answer delays no request (open loop). It first finds the capacity out. Then its own journal of
what was acknowledged is compared with the database, and the books are audited. Exits 1 when a statement fails.

What serves is what `infra/local.sh` starts: every public function in one process behind the local gateway, on gunicorn's
threads, as functions-framework serves each function in production, with Cloud Run's concurrency limit before
it (infra/local/front.py). Beside it on the same machine: PostgreSQL, which writes to disk before a commit returns,
the worker function and the scheduler, the stand-ins of Google and DOKU, and the sender itself.
"""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

RESULTS = Path(__file__).resolve().parent / "results"
