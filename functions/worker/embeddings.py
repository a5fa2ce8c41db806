"""Embedding a comic that was published; without its vector it is similar by what it shares, so nothing waits for this."""

from typing import Any

from common import jobs
from common.clients import embedder
from common.comics import embeddings
from common.db import Db, reading, transaction
from common.jobs import Job

ONE = f"{embeddings.TOLD} where c.id = :comic"


class Changed(Exception):
    """The comic's words became others while they were embedded."""


def embed(job: Job) -> None:
    """Make the vector of the job's comic, unless it has that of these words by this model, or is not public any more.

    Raises `Changed`, by which the job is tried again, and `Unavailable`.
    """
    model = embedder.model()
    with reading() as db:
        told = db.maybe(ONE, comic=job.comic)
    made = embedder.embed(embeddings.text(told)) if embeddings.wanting(told, model) else None
    with transaction() as db:
        # Whoever publishes locks the comic too: they find this job ended and start another, or we find their words.
        now = db.maybe(f"{ONE} for update of c", comic=job.comic)
        if embeddings.wanting(now, model):
            _save(db, model, now, told, made)
        jobs.finish(db, job)


def _save(db: Db, model: str, now: Any, told: Any, made: list[float] | None) -> None:
    words = embeddings.text(now)
    if made is None or words != embeddings.text(told):
        raise Changed
    embeddings.save(db, model, [(now.id, words, made)])
