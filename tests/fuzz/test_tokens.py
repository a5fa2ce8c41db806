"""Tokens that we did not write open nothing, whatever is in them, and those we wrote open nothing once a bit is another."""

import base64
import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st

from common import clock, tokens
from tests.fuzz.parsing import ANY_TEXT, HEADER, JSON, fuzzed


@pytest.fixture(autouse=True)
def keys(services):
    """The settings that tokens are signed with."""


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def written(value: object) -> bytes:
    return json.dumps(value).encode("utf-8", "replace")


PARTS = (
    st.builds(written, JSON)
    | st.binary(max_size=100)
    | st.integers(1, 30_000).map(lambda depth: b"[" * depth)
    | st.integers(1, 30_000).map(lambda depth: b'{"a":' * depth)
    | st.sampled_from(
        [
            b'{"alg":"none"}',
            b'{"alg":"HS256","typ":"JWT"}',
            b'{"alg":"RS256","kid":"1"}',
            b'{"alg":["HS256"]}',
            b"9" * 5000,
            b"NaN",
            b"null",
        ]
    )
)
JWTS = st.lists(PARTS.map(encoded) | HEADER, min_size=1, max_size=6).map(".".join)
TEXTS = HEADER | JWTS | st.builds(lambda text, times: text * times, HEADER, st.integers(1, 200))


@fuzzed(token=TEXTS)
def test_a_token_that_we_did_not_write_is_nobodys(token):
    assert tokens.read(token, "access") is None
    assert tokens.read(token, "refresh") is None
    assert tokens.ours(token) in (True, False)


USERS = st.integers(1, 2**63 - 1)
MOMENTS = st.integers(0, 600).map(lambda ago: clock.now().replace(microsecond=0) - timedelta(seconds=ago))


@fuzzed(user=USERS, session=st.uuids(), pair=st.uuids(), kind=st.sampled_from(["access", "refresh"]), issued=MOMENTS)
def test_a_token_is_read_as_it_was_written(user, session, pair, kind, issued):
    token = tokens.write(kind, user=user, session=str(session), pair=str(pair), issued_at=issued)
    claims = tokens.read(token, kind)
    assert claims == tokens.Claims(user, str(session), str(pair), issued)
    assert tokens.read(token, "refresh" if kind == "access" else "access") is None
    assert tokens.ours(token)


@fuzzed(place=st.integers(0, 10_000), bit=st.integers(0, 7), user=USERS)
def test_a_token_with_one_bit_changed_is_nobodys(place, bit, user):
    token = tokens.write("access", user=user, session=str(uuid.UUID(int=1)), pair=str(uuid.UUID(int=2)), issued_at=datetime.now(UTC))
    letters = bytearray(token.encode())
    letters[place % len(letters)] ^= 1 << bit
    changed = letters.decode("latin-1")
    # Four bits of a signature's last letter are not part of it, as base64 has it: that is the same signature, spelled otherwise.
    if _bytes(changed) == _bytes(token):
        return
    assert tokens.read(changed, "access") is None


def _bytes(token: str) -> list[bytes] | None:
    try:
        return [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")]
    except ValueError:
        return None


@fuzzed(cut=st.integers(0, 10_000))
def test_a_token_that_was_cut_is_nobodys(cut):
    token = tokens.write("access", user=1, session=str(uuid.UUID(int=1)), pair=str(uuid.UUID(int=2)), issued_at=datetime.now(UTC))
    assert tokens.read(token[: cut % len(token)], "access") is None


@fuzzed(token=TEXTS)
def test_a_google_token_that_google_did_not_sign_is_nobodys(token):
    from common import oidc

    assert oidc.verify(token, "somebody") is None


@fuzzed(token=TEXTS)
def test_a_firebase_token_that_firebase_did_not_sign_proves_no_phone(token):
    from common import oidc

    assert oidc.phone(token) is None


@fuzzed(state=TEXTS | ANY_TEXT)
def test_a_state_of_a_google_sign_in_that_we_did_not_sign_is_none(state):
    from functions.auth import google_redirects

    assert google_redirects._read(state) is None
