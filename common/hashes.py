"""Keyed hashes for what must be compared and never read back: one-time codes, readers' addresses."""

import hashlib
import hmac

from common import settings


def keyed(purpose: str, text: str) -> bytes:
    """HMAC-SHA-256 of `text` under CODE_SECRET, bound to `purpose` so that one use's hashes tell nothing about another's.

    Six digits have only a million values, so a plain hash of a code could be searched in a moment.
    """
    return hmac.new(settings.CODE_SECRET().encode(), f"{purpose}\0{text}".encode(), hashlib.sha256).digest()


def same(one: bytes, other: bytes) -> bool:
    """Whether two hashes are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one, other)
