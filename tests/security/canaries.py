"""Secrets and personal data in what the code says of itself: every log line and every error reply of every test is searched.

Looked for are patterns that no line of ours has a reason to hold (tokens, keys, addresses, numbers of
phones), the values of secret settings, and every password, one-time code and bank account that any
test uses: they are learned where the code hashes or seals them, so no test has to say them.
What is found fails the test during which it was written.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from common import hashes, log, passwords, replies, settings
from common.wallet import vault

# For each a word without which it cannot be there: most lines hold none of these, and are read past.
PATTERNS = {
    "a token": ("eyJ", r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"),
    "an Authorization header": ("Bearer", r"Bearer\s+[\w.~+/-]{16,}"),
    # Accounts of services are no person's.
    "an e-mail address": ("@", r"[\w+-]@(?!(?:[\w-]+\.)*(?:gserviceaccount|googleapis)\.com\b)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}"),
    "a phone number": ("8", r"(?<![\w.+-])(?:\+62|62|0)8[1-9]\d{7,10}(?![\w.-])"),
    "a hash of a password": ("$", r"\$argon2id?\$|\$2[aby]\$\d\d\$"),
    "a private key": ("PRIVATE", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "an address with a password": ("://", r"://[^\s/:@\"]+:[^\s/@\"]+@"),
    "a signature": ("=", r"X-Goog-Signature=[0-9a-f]{16,}|HMACSHA256=[\w+/=]{20,}"),
}
LOOKED_FOR = [(what, marker, re.compile(pattern)) for what, (marker, pattern) in PATTERNS.items()]

# Shorter words would be found in innocent lines.
SHORTEST = 8

# Six digits that stand alone, and not behind a point, where they are a fraction of a second.
CODE = re.compile(r"(?<![\w.-])\d{6}(?![\w-])")


class Leaked(AssertionError):
    """What was written holds what it may not."""


class Watch:
    """What is known to be secret, and what of it was found since the last look."""

    def __init__(self) -> None:
        self.words: set[str] = set()
        self.codes: set[str] = set()
        self.looked = 0
        self._found: list[str] = []

    def secret(self, word: str) -> None:
        """From now on this may stand nowhere."""
        if len(word) >= SHORTEST:
            self.words.add(word)

    def settings(self) -> None:
        """The values that secret settings have now may stand nowhere; each of several."""
        given = [os.environ.get(each.name, "") for each in settings.SETTINGS if each.secret]
        self.words |= {part for value in given for part in value.split(",") if len(part) >= SHORTEST}

    def look(self, where: str, text: str) -> None:
        """Search what is written; what is found is remembered without being repeated."""
        self.looked += 1
        what = self._what(text)
        if what is not None:
            self._found.append(f"{what} in {where}, which begins with {text[:80]!r}")

    def _what(self, text: str) -> str | None:
        for what, marker, pattern in LOOKED_FOR:
            if marker in text and pattern.search(text):
                return what
        if any(word in text and _stands(word, text) for word in self.words):
            return "a secret"
        return "a one-time code" if self.codes and not self.codes.isdisjoint(CODE.findall(text)) else None

    def taken(self) -> list[str]:
        """What was found; the next look begins anew."""
        given, self._found = self._found, []
        return given


def _stands(word: str, text: str) -> bool:
    """Whether a word of digits is there by itself: an account number of zeros is part of the largest amount that we name."""
    return not word.isdigit() or re.search(rf"(?<!\d){word}(?!\d)", text) is not None


class _Listening:
    """`sys` as common/log.py uses it; each line is looked at before it is written."""

    def __init__(self, watch: Watch, sys: Any) -> None:
        self._watch, self._sys = watch, sys

    @property
    def stdout(self) -> "_Listening":
        return self

    def write(self, text: str) -> None:
        self._watch.look("the log", text)
        self._sys.stdout.write(text)

    def flush(self) -> None:
        self._sys.stdout.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sys, name)


@contextmanager
def watching() -> Iterator[Watch]:
    """Search everything that is logged and every error reply in the block."""
    watch = Watch()
    problem, keyed, hashed, seal = replies.problem, hashes.keyed, passwords.hashed, vault.seal

    def watched_problem(*given: Any) -> Any:
        reply = problem(*given)
        watch.look("an error reply", reply.body.decode("utf-8", "replace"))
        return reply

    def watched_keyed(purpose: str, text: str) -> bytes:
        if purpose.startswith("code:"):
            watch.codes.add(text)
        return keyed(purpose, text)

    def watched_hashed(password: str) -> str:
        watch.secret(password)
        return hashed(password)

    def watched_seal(text: str, *, owner: int) -> bytes:
        watch.secret(text)
        return seal(text, owner=owner)

    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(log, "sys", _Listening(watch, log.sys))  # type: ignore[attr-defined]
        patching.setattr(replies, "problem", watched_problem)
        patching.setattr(hashes, "keyed", watched_keyed)
        patching.setattr(passwords, "hashed", watched_hashed)
        patching.setattr(vault, "seal", watched_seal)
        yield watch


@pytest.fixture(scope="session", autouse=True)
def leaks() -> Iterator[Watch]:
    """What is searched in this run; a test that leaks on purpose takes it and asks for what was `taken`."""
    with watching() as watch:
        yield watch


@pytest.fixture(autouse=True)
def nothing_leaks(leaks: Watch) -> Iterator[None]:
    """No test writes a secret or somebody's address into the log or an error reply."""
    leaks.settings()
    yield
    found = leaks.taken()
    if found:
        raise Leaked("\n".join(found[:5]))
