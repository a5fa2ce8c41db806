"""The device that a request comes from, as far as it says."""

from typing import Any, NamedTuple

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


# A device that lost its session to a thief is no proof of anything any more. Without an id, the same
# app at the same address is taken for the same device, which is true at home and harmless elsewhere:
# all that a known device gets is a throttle of its own.
KNOWN = """
select exists (select from sessions where user_id = :user and revoked_reason is distinct from 'reuse'
                and (device_hash = cast(:id as bytea) or (ip_address = :address and user_agent = :agent)))
"""


def known(db: Db, user: int, device: Device) -> bool:
    """Whether `user` was signed in on this device before."""
    return bool(db.value(KNOWN, user=user, id=device.id, address=device.address, agent=device.agent))


def fingerprint(device: Device) -> str:
    """A name for the device's own throttle."""
    return (device.id or hashes.keyed("device", f"{device.address} {device.agent}")).hex()[:32]
