"""Bank account numbers at rest: AES-256-GCM under a key that is named beside each text.

BANK_KEYS holds `name:key` pairs (32 bytes each, base64), separated by commas; the first one seals, all
of them open. To rotate, put a new one in front, run `python -m infra.reseal`, and drop the old one.
"""

import os
from base64 import b64decode
from binascii import Error
from typing import TYPE_CHECKING

from common import settings

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def seal(text: str, *, owner: int) -> bytes:
    """`text` sealed for the account `owner`; moved to another account's row it does not open."""
    name, key = next(iter(_keys().items()))
    nonce = os.urandom(NONCE_BYTES)
    return name.encode() + b":" + nonce + _cipher(key).encrypt(nonce, text.encode(), _bound(name, owner))


def unseal(sealed: bytes, *, owner: int) -> str:
    """The text that was sealed for `owner`; raises `Misconfigured` when its key is gone, `InvalidTag` when it was tampered with."""
    name, rest = key_name(sealed), bytes(sealed).partition(b":")[2]
    if name not in _keys():
        raise settings.Misconfigured(f"BANK_KEYS has no key named {name}")
    opened: bytes = _cipher(_keys()[name]).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(name, owner))
    return opened.decode()


def key_name(sealed: bytes) -> str:
    """Which key `sealed` needs."""
    return bytes(sealed).partition(b":")[0].decode()


def stale(sealed: bytes) -> bool:
    """Whether `sealed` needs another key than the one that seals now."""
    return key_name(sealed) != next(iter(_keys()))


def masked(number: str) -> str:
    """An account number of which only the last four digits can be read."""
    return "*" * (len(number) - 4) + number[-4:]


def _bound(name: str, owner: int) -> bytes:
    return f"bank account|{name}|{owner}".encode()


def _cipher(key: bytes) -> "AESGCM":
    # Imported here because loading OpenSSL's bindings costs a cold start that almost no request needs.
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _keys() -> dict[str, bytes]:
    """The keys by name, the sealing one first; raises `Misconfigured` and never shows one."""
    found: dict[str, bytes] = {}
    for pair in settings.BANK_KEYS().split(","):
        name, _, text = pair.strip().partition(":")
        try:
            found[name] = b64decode(text, validate=True)
        except Error:
            found[name] = b""
        if not name or len(found[name]) != 32:
            raise settings.Misconfigured("BANK_KEYS must be name:key pairs, each key 32 bytes in base64")
    return found
