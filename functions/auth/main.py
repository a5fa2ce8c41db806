"""Auth: registering, proving an address, signing in and out, and the devices that are signed in."""

from typing import Any
from uuid import UUID

from common import addresses, auth, codes, people
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Language, Text
from common.intake import Request
from common.problems import NotFound, TooManyRequests, Unauthenticated

from . import accounts, sessions
from .schemas import Addressed, FcmToken, Login, Refresh, Register, Registered, Session, SignedIn, Tokens, Verify

api = Api("auth", bare=["/api/v1/auth"])


@api.post(
    "/register",
    caller=auth.public,
    gives=Registered,
    status=201,
    message=Text("Check your e-mail for the verification code", "Periksa email Anda untuk kode verifikasi"),
    raises=[TooManyRequests],
    aliases=["/api/register"],
)
def register(db: Db, body: Register, language: Language) -> Any:
    """Register with e-mail, phone or both; the account is unverified until /verify."""
    return accounts.register(db, body, language)


@api.post("/verify", caller=auth.public, gives=SignedIn, message=Text("Account verified", "Akun terverifikasi"), raises=[codes.InvalidCode])
def verify(db: Db, body: Verify, request: Request) -> Any:
    """Verify an account with the code that was sent, and sign in."""
    user = accounts.verify(db, body)
    return user if isinstance(user, codes.InvalidCode) else _signed_in(db, user, None, request)


@api.post(
    "/resend-verification",
    caller=auth.public,
    message=Text(
        "If this address is waiting for verification, a code is on its way", "Jika alamat ini menunggu verifikasi, kode sedang dikirim"
    ),
    raises=[TooManyRequests],
)
def resend_verification(db: Db, body: Addressed) -> None:
    """Send another verification code; the answer is the same for every address."""
    accounts.resend(db, body.address or "")


@api.post(
    "/login",
    caller=auth.public,
    gives=SignedIn,
    message=Text("Login successful", "Berhasil masuk"),
    raises=[sessions.InvalidCredentials, sessions.NotVerified, TooManyRequests],
    aliases=["/api/login"],
)
def login(db: Db, body: Login, request: Request) -> Any:
    """Sign in with an e-mail or phone number and a password."""
    user = sessions.login(db, body, request.user_agent.string, addresses.client(request))
    return _signed_in(db, user, body.device_name, request) if isinstance(user, int) else user


@api.post("/refresh", caller=auth.public, gives=Tokens, raises=[Unauthenticated], aliases=["/api/refresh"])
def refresh(db: Db, body: Refresh) -> Any:
    """Get the next pair of tokens; asking again after a lost answer gives the same pair."""
    return sessions.refresh(db, body.refresh_token)


@api.post("/logout", caller=auth.user, message=Text("Logged out", "Berhasil keluar"), aliases=["/api/logout"])
def logout(db: Db, user: User) -> None:
    """End this session at once."""
    sessions.end(db, user.session, "logout")


@api.post(
    "/user/update-fcm-token",
    caller=auth.user,
    message=Text("Device registered", "Perangkat terdaftar"),
    aliases=["/api/user/update-fcm-token"],
)
def update_fcm_token(db: Db, user: User, body: FcmToken) -> None:
    """Register this device for push messages."""
    sessions.register_device(db, user, body.fcm_token, body.platform, body.app_version)


@api.get("/v1/auth/sessions", caller=auth.user, gives=list[Session])
def list_sessions(db: Db, user: User) -> Any:
    """List the devices that are signed in."""
    return sessions.all_of(db, user)


@api.delete(
    "/v1/auth/sessions/{session_id}", caller=auth.user, message=Text("Device signed out", "Perangkat dikeluarkan"), raises=[NotFound]
)
def delete_session(db: Db, user: User, session_id: UUID) -> None:
    """Sign one device out."""
    sessions.sign_out(db, user, session_id)


def _signed_in(db: Db, user: int, device: str | None, request: Request) -> dict[str, Any]:
    tokens = sessions.start(db, user, device, request.user_agent.string, addresses.client(request))
    return {"user": people.account(db, user), "tokens": tokens}


main = api.main()
