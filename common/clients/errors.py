"""How an outside service fails, in our own words: every client raises one of these two and nothing else."""

from common.i18n import Text


class Unavailable(Exception):
    """The service did not answer in its deadline, or said it is down; another attempt may succeed."""

    def __init__(self, service: str, why: str = "") -> None:
        """`service` is a name for operations ("storage"); `why` goes to the log, never to a caller."""
        super().__init__(f"{service}: {why}" if why else service)
        self.service = service


class Refused(Exception):
    """The service answered and will not do it; another attempt with the same input fails again."""

    def __init__(self, reason: Text, why: str = "") -> None:
        """`reason` is a sentence a person can act on; `why` goes to the log."""
        super().__init__(f"{reason.en} ({why})" if why else reason.en)
        self.reason = reason
