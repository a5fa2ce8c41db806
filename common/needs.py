"""What a function's instances need from the platform, declared where its routes are; deploy.sh gives exactly that."""

from typing import Literal, NamedTuple

# What a function may do beyond its own memory and the database:
# reading and writing private files, listing them (names alone), writing public ones, signing URLs, putting jobs
# into the queues, looking at a queue, calling Vertex AI, Speech-to-Text or Text-to-Speech, and pushing to phones.
Use = Literal["read", "write", "list", "publish", "sign", "enqueue", "look", "vertex", "speech", "push"]


class Needs(NamedTuple):
    """One function's share of the platform; whoever leaves something out gets the usual.

    `memory` as Cloud Functions spells it; `cpu` in cores (several requests at once need at least one);
    `threads` is how many requests an instance serves at once and the size of its connection pool;
    `timeout` in seconds; `min` and `max` count instances (`max` times `threads` is what the function may
    take of the database's connections). `secrets` are the secret settings it reads and `uses` what its
    service account may do; tests/infra/test_deploy_needs.py finds both in the code and compares.
    """

    memory: str = "512Mi"
    cpu: int = 1
    threads: int = 8
    timeout: int = 60
    min: int = 0
    max: int = 2
    secrets: tuple[str, ...] = ("JWT_SECRET",)
    uses: tuple[Use, ...] = ()


USUAL = Needs()
