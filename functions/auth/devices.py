"""The device that a request comes from, as far as it says."""

from typing import Any, Literal, NamedTuple

from common import addresses, hashes
from common.db import Db
from common.intake import Request


class Device(NamedTuple):
    """`id` is a hash of what the app calls itself, `name` is for people, `agent` the User-Agent, `address` the IP address."""

    id: bytes | None
    name: str | None
    agent: str
    address: str


def of(request: Request, body: Any) -> Device:
    """The device behind a request whose body may hold a `device_id` and a `device_name`."""
    given, name = getattr(body, "device_id", None), getattr(body, "device_name", None)
    # A server that lets NUL through in a header would have the database refuse the session.
    agent = "".join(letter for letter in request.user_agent.string[:500] if letter.isprintable())
    return Device(hashes.keyed("device", given) if given else None, name, agent, addresses.client(request))


# How an account knows a device: by the id that it sent, or by the place (IP address and User-Agent) of an earlier session.
Known = Literal["id", "place"]

# A device that lost its session to a thief is no proof of anything any more.
KNOWN = """
with kept as (select device_hash, ip_address, user_agent from sessions where user_id = :user and revoked_reason is distinct from 'reuse')
select case when exists (select from kept where device_hash = cast(:id as bytea)) then 'id'
            when exists (select from kept where ip_address = :address and user_agent = :agent) then 'place' end
"""


def known(db: Db, user: int, device: Device) -> Known | None:
    """How `user`'s earlier sessions know this device, or None where none does."""
    by: Known | None = db.value(KNOWN, user=user, id=device.id, address=device.address, agent=device.agent)
    return by


# A carrier's network has thousands of phones at one address, with one app's User-Agent. So a place is one throttle,
# whatever ids are sent there: a guesser who makes up an id for each guess would else begin anew with each.
def fingerprint(device: Device, by: Known) -> str:
    """A name for the throttle of the device that is known `by` its id or its place."""
    named = device.id if by == "id" and device.id else hashes.keyed("place", f"{device.address} {device.agent}")
    return named.hex()[:32]


def familiar(db: Db, user: int, device: Device) -> bool:
    """Whether a sign-in on this device is no news to `user`; an id that was never seen is, also at a place that is known."""
    by = known(db, user, device)
    return by == "id" or (by == "place" and device.id is None)
