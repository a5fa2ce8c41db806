"""Password hashes: argon2id for new ones, and the bcrypt hashes of today's accounts until their next login."""

from functools import cache
from typing import Any


@cache
def _hasher() -> Any:
    from argon2 import PasswordHasher

    # OWASP's first choice for argon2id: 19 MiB, two passes, one lane; about 40 ms.
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


def hashed(password: str) -> str:
    """An argon2id hash of `password`."""
    result: str = _hasher().hash(password)
    return result


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the one behind `stored`.

    Without a stored hash (no account, or one that only signs in with Google) the same work is done
    on a hash that nothing matches, so that the time does not tell.
    """
    if stored is None:
        _argon2(password, _nobodys())
        return False
    return _bcrypt(password, stored) if stored.startswith("$2") else _argon2(password, stored)


def outdated(stored: str) -> bool:
    """Whether `stored` should be hashed anew now that the password is at hand."""
    return stored.startswith("$2") or bool(_hasher().check_needs_rehash(stored))


@cache
def _nobodys() -> str:
    return hashed("no account has this password")


def _argon2(password: str, stored: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return bool(_hasher().verify(stored, password))
    except (VerificationError, InvalidHashError):
        return False


def _bcrypt(password: str, stored: str) -> bool:
    import bcrypt

    # Laravel writes $2y$ for the same algorithm; bcrypt has only ever looked at the first 72 bytes,
    # and the library now refuses longer ones instead of cutting them.
    try:
        return bcrypt.checkpw(password.encode()[:72], stored.replace("$2y$", "$2b$", 1).encode())
    except ValueError:
        return False
