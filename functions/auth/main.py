"""Auth: registering, proving an address, signing in and out, and the devices that are signed in."""

from typing import Any
from uuid import UUID

from common import auth, codes, newcomers
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.intake import Request
from common.needs import Needs
from common.problems import Conflict, NotFound, TooManyRequests, Unauthenticated
from common.replies import Answer, Reply

from . import accounts, devices, google_accounts, google_redirects, logins, sessions
from .schemas import (
    FcmToken,
    FromGoogle,
    GoogleSignedIn,
    GoogleToken,
    Login,
    Refresh,
    Register,
    Registered,
    Resend,
    Session,
    SignedIn,
    SignedOut,
    ToGoogle,
    Tokens,
    Verify,
)

api = Api(
    "auth", bare=["/api/v1/auth"], needs=Needs(max=4, secrets=("CODE_SECRET", "GOOGLE_CLIENT_SECRET", "JWT_SECRET"), uses=("enqueue",))
)

PROVE_THE_PHONE = Text("Now verify your phone number", "Sekarang verifikasi nomor telepon Anda")

PRIVATE = {"Cache-Control": "private, no-store"}


@api.post(
    "/register",
    caller=auth.public,
    gives=Registered,
    status=201,
    message=Text("Check your e-mail for the verification code", "Periksa email Anda untuk kode verifikasi"),
    raises=[TooManyRequests],
    aliases=["/api/register"],
)
def register(db: Db, body: Register, request: Request) -> Any:
    """Register with e-mail, phone or both; the account is unverified until /verify."""
    made = accounts.register(db, body, accounts.language(request))
    return Answer(made, message=None if body.email else PROVE_THE_PHONE)


@api.post(
    "/verify",
    caller=auth.public,
    gives=SignedIn,
    message=Text("Account verified", "Akun terverifikasi"),
    raises=[codes.InvalidCode, newcomers.InvalidPhoneProof, accounts.NotRegistered, auth.Suspended],
)
def verify(body: Verify, request: Request) -> Any:
    """Verify an account by the code that was mailed or by Firebase's proof of the phone, and sign in."""
    return accounts.verify(body, devices.of(request, body))


@api.post(
    "/resend-verification",
    caller=auth.public,
    message=Text(
        "If this address is waiting for verification, a code is on its way", "Jika alamat ini menunggu verifikasi, kode sedang dikirim"
    ),
    raises=[TooManyRequests],
)
def resend_verification(db: Db, body: Resend) -> None:
    """Send another verification code; the answer is the same for every address."""
    newcomers.send_code(db, body.address or "", body.user_id)


@api.post(
    "/login",
    caller=auth.public,
    gives=SignedIn,
    message=Text("Login successful", "Berhasil masuk"),
    raises=[logins.InvalidCredentials, logins.NotVerified, auth.Suspended, TooManyRequests],
    aliases=["/api/login"],
)
def login(body: Login, request: Request) -> Any:
    """Sign in with an e-mail or phone number and a password."""
    return logins.login(body, devices.of(request, body))


@api.get(
    "/v1/auth/google/redirect",
    caller=auth.public,
    status=302,
    gives="text/plain",
    message=Text("To Google", "Ke Google"),
    raises=[google_redirects.UnknownRedirect],
)
def google_redirect(query: ToGoogle) -> Any:
    """Send the browser to Google's consent page; it comes back to the callback with the cookie that this sets."""
    started = google_redirects.start(query.redirect_uri)
    return Reply(302, b"", "text/plain", {"Location": started.location, "Set-Cookie": started.cookie, **PRIVATE})


@api.get(
    "/v1/auth/google/callback",
    caller=auth.public,
    gives=GoogleSignedIn,
    message=Text("Google login successful", "Berhasil masuk dengan Google"),
    raises=[
        google_redirects.InvalidState,
        google_redirects.Canceled,
        google_accounts.InvalidGoogleToken,
        google_accounts.OtherGoogleAccount,
        auth.Suspended,
    ],
)
def google_callback(query: FromGoogle, request: Request) -> Any:
    """Sign in whoever comes back from Google's consent page."""
    browser = request.cookies.get(google_redirects.COOKIE)
    result = google_redirects.finish(query, browser, devices.of(request, None), accounts.language(request))
    headers = {"Set-Cookie": google_redirects.cookie("", 0), **PRIVATE}
    return Answer(result, headers=headers) if isinstance(result, dict) else result


@api.post(
    "/v1/auth/google/verify-token",
    caller=auth.public,
    gives=GoogleSignedIn,
    message=Text("Google login successful", "Berhasil masuk dengan Google"),
    raises=[google_accounts.InvalidGoogleToken, google_accounts.OtherGoogleAccount, auth.Suspended, Conflict],
)
def google_verify_token(body: GoogleToken, request: Request) -> Any:
    """Sign in with the ID token, or the server auth code, that Google's library gave the app."""
    return google_accounts.sign_in(body, devices.of(request, body), accounts.language(request))


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
    message=Text("FCM token updated successfully", "Perangkat terdaftar"),
    aliases=["/api/user/update-fcm-token"],
)
def update_fcm_token(db: Db, user: User, body: FcmToken) -> None:
    """Register this device for push messages."""
    sessions.register_device(db, user, body.fcm_token, body.platform, body.app_version)


@api.get("/v1/auth/sessions", caller=auth.user, gives=list[Session])
def list_sessions(db: Db, user: User) -> Any:
    """List the devices that are signed in."""
    return sessions.all_of(db, user)


@api.delete("/v1/auth/sessions", caller=auth.user, gives=SignedOut, message=Text("Other devices signed out", "Perangkat lain dikeluarkan"))
def delete_other_sessions(db: Db, user: User) -> Any:
    """Sign every other device out."""
    return {"signed_out": sessions.sign_out_others(db, user)}


@api.delete(
    "/v1/auth/sessions/{session_id}", caller=auth.user, message=Text("Device signed out", "Perangkat dikeluarkan"), raises=[NotFound]
)
def delete_session(db: Db, user: User, session_id: UUID) -> None:
    """Sign one device out."""
    sessions.sign_out(db, user, session_id)


main = api.main()
