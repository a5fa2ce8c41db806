"""A comic's words as a vector: which words, when it is made, and whether the database can find the nearest ones.

Vectors are kept as `real[]`, which every PostgreSQL has. pgvector's own type is only in an index over
them, so that a database without the extension has the same tables.
"""

import time
from hashlib import sha256
from typing import Any

from common import clock, jobs, settings
from common.db import Db

# How many neighbours are asked for: as many as pgvector's index finds without being told otherwise (hnsw.ef_search).
NEIGHBOURS = 40

# Seconds in which a process asks once whether the index is there: it is made, and dropped, by operations.
REMEMBERED = 300.0

# What is embedded, and what is kept of the last time.
TOLD = """
select c.id, c.title, c.synopsis, c.tags, c.genre, c.is_public, e.model, e.text_hash
from comics c left join comic_embeddings e on e.comic_id = c.id
"""

SAVE = """
insert into comic_embeddings (comic_id, model, text_hash, embedding, created_at)
select c.id, :model, decode(made.hash, 'hex'), cast(made.embedding as real[]), :now
from unnest(cast(:comics as bigint[]), cast(:hashes as text[]), cast(:embeddings as text[])) as made (id, hash, embedding) join comics c using (id)
order by c.id
on conflict (comic_id) do update
set model = excluded.model, text_hash = excluded.text_hash, embedding = excluded.embedding, created_at = excluded.created_at
"""

# By address of the database and length of a vector: when it was asked (of `time.monotonic`), and the answer.
_known: dict[tuple[str, int], tuple[float, bool]] = {}


def text(told: Any) -> str:
    """The words of a row of TOLD that stand for the comic."""
    parts = (told.title, told.synopsis, told.tags, ", ".join(str(name) for name in told.genre or []))
    return "\n".join(part.strip() for part in parts if part and part.strip())


def digest(words: str) -> bytes:
    """By what a text is recognized that was embedded before."""
    return sha256(words.encode()).digest()


def wanting(told: Any, model: str) -> bool:
    """Whether the comic of a row of TOLD (None: it is gone) is public, has words, and has no vector of them by `model`."""
    if told is None or not told.is_public:
        return False
    words = text(told)
    return bool(words) and (told.model, told.text_hash) != (model, digest(words))


def enqueue(db: Db, comic: int) -> None:
    """Have a comic embedded that the caller has locked; a job that has not ended looks at it again before it ends."""
    subject = f"comic:{comic}:embedding"
    if jobs.live(db, subject) is None:
        jobs.enqueue(db, "embed", subject, comic=comic)


def save(db: Db, model: str, made: list[tuple[int, str, list[float]]]) -> None:
    """Keep the vectors that `model` made: of each comic its words and their vector; of a comic that is gone nothing is kept."""
    db.run(
        SAVE,
        model=model,
        comics=[comic for comic, _, _ in made],
        hashes=[digest(words).hex() for _, words, _ in made],
        embeddings=["{" + ",".join(map(repr, vector)) + "}" for _, _, vector in made],
        now=clock.now(),
    )


def index(dimensions: int) -> str:
    """The name of the index over vectors of this length."""
    return f"ix_comic_embeddings_nearest_{dimensions}"


def indexed(db: Db, dimensions: int) -> bool:
    """Whether the nearest vectors of this length are found by an index; asked of the database once in REMEMBERED seconds."""
    key, now = (settings.DATABASE_URL(), dimensions), time.monotonic()
    asked, answer = _known.get(key, (float("-inf"), False))
    if now - asked > REMEMBERED:
        answer = db.value(
            "select exists (select from pg_index where indexrelid = to_regclass(:name) and indisvalid)", name=index(dimensions)
        )
        _known[key] = (now, answer)
    return answer
