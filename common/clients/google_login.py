"""Google's token endpoint: the code of a sign-in becomes an ID token.

Shape of request and answer: https://developers.google.com/identity/openid-connect/openid-connect#exchangecode.
"""

from typing import Any

from common import deadlines, log, settings
from common.clients.errors import Refused, Unavailable
from common.i18n import Text

# Seconds to connect and to read. A code works once, so nothing is tried twice: the person starts anew.
CONNECT, READ = 3.0, 7.0

# Bytes of an answer; a real one has about three thousand.
LARGEST = 64_000

NOT_ACCEPTED = Text(
    "Google did not accept this sign-in; please start it again", "Google tidak menerima proses masuk ini; silakan mulai lagi dari awal"
)


def exchange(code: str, redirect_uri: str, verifier: str | None = None) -> str:
    """The ID token that Google gives for `code`; it still has to be verified.

    `redirect_uri` is the one of the consent page, or empty for a code that the app's own library got
    (`serverAuthCode`); `verifier` is PKCE's (RFC 7636). Raises `Refused` for a code that is wrong,
    used, expired or somebody else's, and `Unavailable` when Google does not answer in ten seconds.
    """
    import requests

    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": settings.GOOGLE_CLIENT_IDS().split(",")[0].strip(),
        "client_secret": settings.GOOGLE_CLIENT_SECRET(),
        "redirect_uri": redirect_uri,
        **({"code_verifier": verifier} if verifier else {}),
    }
    try:
        with deadlines.bounded(requests.Session()) as session:
            response = session.post(settings.GOOGLE_TOKEN_URL(), data=asked, timeout=(CONNECT, READ), allow_redirects=False)
    except requests.RequestException as error:
        # The error's text may quote the request, and the request holds our secret.
        raise Unavailable("google sign-in", type(error).__name__) from None
    return _id_token(response.status_code, _json(response))


def _json(response: Any) -> dict[str, Any]:
    try:
        value = response.json() if len(response.content) <= LARGEST else None
    except ValueError:
        value = None
    return value if isinstance(value, dict) else {}


def _id_token(status: int, answer: dict[str, Any]) -> str:
    token = answer.get("id_token")
    if status == 200 and isinstance(token, str):
        return token
    why = str(answer.get("error", ""))
    if why == "invalid_grant":
        raise Refused(NOT_ACCEPTED, why)
    # Anything else is ours or Google's fault (a wrong secret, a quota): nothing that the person could do better.
    log.error("google did not exchange a code", status=status, why=why[:100])
    raise Unavailable("google sign-in", f"HTTP {status} {why[:100]}")
