"""What the system endpoints give."""

from typing import Literal

from common.replies import Out


class Welcome(Out):
    """Name and version of the API."""

    name: str
    version: str
    environment: str
    docs: str


class Alive(Out):
    """An instance that answers."""

    status: Literal["healthy"]


class Ready(Out):
    """What was reached, all of it in time."""

    status: Literal["ready"]
    checked: list[str]
