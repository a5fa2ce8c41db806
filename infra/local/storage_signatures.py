"""V4 signed URLs, checked as Cloud Storage checks them (GOOG4-RSA-SHA256)."""

import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from infra.local.httpd import Request
from infra.local.storage_objects import Problem, invalid, not_here

ALGORITHM = "GOOG4-RSA-SHA256"
WEEK = 7 * 24 * 3600
# How far a signer's clock may be ahead of the storage's.
SKEW = timedelta(minutes=15)
PARAMETERS = ("X-Goog-Algorithm", "X-Goog-Credential", "X-Goog-Date", "X-Goog-Expires", "X-Goog-SignedHeaders", "X-Goog-Signature")


def signed(request: Request) -> bool:
    """Whether the URL claims a signature; one of another version than V4 is a 501."""
    if "GoogleAccessId" in request.query or "X-Amz-Signature" in request.query:
        raise not_here("it checks V4 signatures made with a service account's key, no others.")
    return "X-Goog-Signature" in request.query


def verify(request: Request, email: str, key: rsa.RSAPublicKey) -> None:
    """Lets a request pass that `email` signed with `key` for this method, path, query and headers, and not too long ago.

    Raises the problem that Cloud Storage answers: 403 for a signature that does not fit, 400 for
    one that is out of its time or malformed.
    """
    query = request.query
    for name in PARAMETERS:
        if not query.get(name):
            raise invalid(f"The request is missing the query parameter {name}.", "MissingSecurityElement")
    if query["X-Goog-Algorithm"] != ALGORITHM:
        raise not_here(f"it checks {ALGORITHM} alone.")
    scope = _scope(query["X-Goog-Credential"], email)
    start, seconds = _time(query["X-Goog-Date"], scope), _seconds(query["X-Goog-Expires"])
    _check_headers(request)
    canonical = canonical_request(request)
    text = "\n".join([ALGORITHM, query["X-Goog-Date"], scope, hashlib.sha256(canonical.encode()).hexdigest()])
    _check_signature(key, query["X-Goog-Signature"], text, canonical)
    _check_time(start, seconds)
    _check_payload(request)


def canonical_request(request: Request) -> str:
    """The request as the signer had to write it down before signing.

    Path and query are decoded and encoded anew: how a client on the way escapes `(` or a space
    does not change what was asked for.
    """
    pairs = sorted((_quote(name), _quote(value)) for name, value in request.query.items() if name != "X-Goog-Signature")
    names = request.query["X-Goog-SignedHeaders"].split(";")
    headers = "".join(f"{name}:{' '.join(request.header(name).split())}\n" for name in names)
    payload = request.header("x-goog-content-sha256") if "x-goog-content-sha256" in names else "UNSIGNED-PAYLOAD"
    path = quote(unquote(request.path), safe="/~")
    return "\n".join([request.method, path, "&".join(f"{name}={value}" for name, value in pairs), headers, ";".join(names), payload])


def _quote(text: str) -> str:
    return quote(text, safe="~")


def _scope(credential: str, email: str) -> str:
    signer, _, scope = credential.partition("/")
    parts = scope.split("/")
    if len(parts) != 4 or parts[2:] != ["storage", "goog4_request"]:
        raise invalid("Credential must be EMAIL/DATE/LOCATION/storage/goog4_request.", "InvalidCredential")
    if signer != email:
        raise Problem(403, "forbidden", "InvalidSecurity", f"The signer {signer} is not known here.")
    return scope


def _time(text: str, scope: str) -> datetime:
    try:
        moment = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise invalid("X-Goog-Date must look like 20260131T235959Z.", "InvalidDate") from None
    if not scope.startswith(f"{text[:8]}/"):
        raise invalid("The date of X-Goog-Credential is not the one of X-Goog-Date.", "InvalidDate")
    return moment


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= WEEK:
        raise invalid(f"X-Goog-Expires must be 1 to {WEEK} seconds.", "AuthorizationQueryParametersError")
    return int(text)


def _check_headers(request: Request) -> None:
    names = request.query["X-Goog-SignedHeaders"].split(";")
    if "host" not in names:
        raise invalid("The Host header must be signed.", "MalformedSecurityHeader")
    for name in names:
        if name not in request.headers:
            raise invalid(f"Header {name} was included in signedheaders, but not in the request.", "MalformedSecurityHeader")
    for name in request.headers:
        if name.lower().startswith("x-goog-") and name.lower() not in names:
            raise invalid(f"Header {name.lower()} was in the request, but not in signedheaders.", "MalformedSecurityHeader")


def _check_signature(key: rsa.RSAPublicKey, signature: str, text: str, canonical: str) -> None:
    try:
        key.verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        message = "Access denied: the signature does not fit this request. Check the key, the method, the headers and what was signed."
        raise Problem(403, "forbidden", "SignatureDoesNotMatch", message, StringToSign=text, CanonicalRequest=canonical) from None


def _check_time(start: datetime, seconds: int) -> None:
    now, end = datetime.now(UTC), start + timedelta(seconds=seconds)
    if start > now + SKEW:
        raise Problem(403, "forbidden", "RequestNotYetValid", f"The signature is valid from {start.isoformat()}.")
    if now > end:
        raise invalid(f"The provided token has expired: {end.isoformat()}.", "ExpiredToken")


def _check_payload(request: Request) -> None:
    wanted = request.header("x-goog-content-sha256")
    if wanted not in ("", "UNSIGNED-PAYLOAD", hashlib.sha256(request.body).hexdigest()):
        raise invalid("The body is not the one whose SHA-256 was signed.", "ContentSHA256Mismatch")
