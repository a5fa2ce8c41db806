"""The stack's own RSA keys: one signs storage URLs, the other signs tokens the way Google does."""

import base64
import hashlib
import json
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

from infra.local import httpd

ISSUER = "https://accounts.google.com"
CERTS_PATH = "/oauth2/v1/certs"
JWKS_PATH = "/oauth2/v3/certs"


@dataclass(frozen=True)
class Keys:
    """The keys of one data folder; `account_file` is what STORAGE_SIGNING_KEY_FILE names."""

    account_file: Path
    token_key: rsa.RSAPrivateKey

    @cached_property
    def account(self) -> dict[str, str]:
        """The service-account file's fields, as Google writes them."""
        fields: dict[str, str] = json.loads(self.account_file.read_text())
        return fields

    @cached_property
    def account_key(self) -> rsa.RSAPublicKey:
        """The public half of the service account's key."""
        return _private_key(self.account["private_key"].encode()).public_key()

    @cached_property
    def token_key_id(self) -> str:
        """The `kid` of the tokens: a thumbprint, so that it changes with the key."""
        public = self.token_key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        return hashlib.sha256(public).hexdigest()[:40]

    @cached_property
    def signer(self) -> crypt.RSASigner:
        """Signs tokens with `token_key`; kept, because reading a key checks its primes, tens of milliseconds each time."""
        signer: crypt.RSASigner = crypt.RSASigner.from_string(_pem(self.token_key), self.token_key_id)
        return signer

    @cached_property
    def certificate(self) -> str:
        """The token key's certificate, self-signed, PEM."""
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "federated-signon.local")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=self.token_key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=3650))
        return builder.sign(self.token_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def load(folder: Path, project: str = "mamastoria-local") -> Keys:
    """The keys in `folder`, made there on first use (about 0.1 s each) and kept for ever after."""
    folder.mkdir(parents=True, exist_ok=True)
    account_file = folder / "service-account.json"
    _keep(account_file, lambda: _service_account(project))
    token_file = folder / "token-key.pem"
    _keep(token_file, lambda: _pem(_new_key()))
    return Keys(account_file, _private_key(token_file.read_bytes()))


def id_token(keys: Keys, audience: str, email: str, *, seconds: int = 3600, **claims: Any) -> str:
    """An ID token (RS256) as Google issues them: `email` proves itself to `audience` for `seconds`.

    `claims` are added to Google's usual ones and win over them (`name`, `picture`, `nonce`,
    `email_verified`, `iss`, `exp`, …). The subject is a number made of `email` unless given.
    """
    now = int(time.time())
    subject = str(int(hashlib.sha256(email.lower().encode()).hexdigest()[:16], 16))
    usual = {"iss": ISSUER, "aud": audience, "azp": audience, "sub": subject, "email": email, "email_verified": True}
    token: bytes = jwt.encode(keys.signer, {**usual, "iat": now, "exp": now + seconds, **claims})
    return token.decode()


def answer(keys: Keys, request: httpd.Request) -> httpd.Response:
    """Google's two documents of public keys: certificates by key id (v1) and a JWK set (v3); else 404."""
    documents = {CERTS_PATH: _certificates, JWKS_PATH: _key_set}
    document = documents.get(request.path)
    if document is None or request.method not in ("GET", "HEAD"):
        return httpd.json_response({"error": {"code": 404, "message": "Only the public keys are here.", "status": "NOT_FOUND"}}, 404)
    response = httpd.json_response(document(keys))
    response.headers["Cache-Control"] = "public, max-age=19000, must-revalidate, no-transform"
    return response


def serve(keys: Keys, port: int = 0) -> httpd.Server:
    """A server of `answer`; it runs once the caller starts it."""
    return httpd.Server(lambda request: answer(keys, request), port)


def _certificates(keys: Keys) -> dict[str, str]:
    return {keys.token_key_id: keys.certificate}


def _key_set(keys: Keys) -> dict[str, list[dict[str, str]]]:
    numbers = keys.token_key.public_key().public_numbers()
    key = {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keys.token_key_id}
    return {"keys": [{**key, "n": _base64url(numbers.n), "e": _base64url(numbers.e)}]}


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


def _new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _private_key(pem: bytes) -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _service_account(project: str) -> bytes:
    email = f"backend@{project}.iam.gserviceaccount.com"
    pem = _pem(_new_key())
    account = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": hashlib.sha256(pem).hexdigest()[:40],
        "private_key": pem.decode(),
        "client_email": email,
        "client_id": str(int(hashlib.sha256(email.encode()).hexdigest()[:16], 16)),
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
        "universe_domain": "googleapis.com",
    }
    return json.dumps(account, indent=2).encode()


def _keep(path: Path, make: Any) -> None:
    """Writes `make()` to `path` unless something is there; readable by this user alone.

    Two processes may start the stack at once: a link, unlike a rename, fails when the other was
    first, so both go on with the same key.
    """
    if path.exists():
        return
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(make())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
