"""What the auth endpoints take and give."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, ConfigDict, Field, model_validator

from common import contacts
from common.fields import Code, Email, FullName, KnownPassword, Password, Phone, ReferralCode
from common.intake import Id, Model, Query
from common.people import Account
from common.replies import Out

Jwt = Annotated[str, Field(min_length=1, max_length=8192)]


class Register(Model):
    """A new account, reachable by e-mail, phone, or both."""

    full_name: FullName
    email: Email | None = None
    phone_number: Phone | None = None
    password: Password
    referral_code: ReferralCode | None = None

    @model_validator(mode="after")
    def reachable(self) -> "Register":
        """At least one address, or nobody could ever be verified."""
        if self.email is None and self.phone_number is None:
            raise ValueError("Give an email or a phone_number")
        return self


class Addressed(Model):
    """Who is meant: an e-mail or a phone, in any of the fields that today's app uses for either."""

    email: Email | None = None
    identifier: Annotated[str, Field(min_length=1, max_length=254)] | None = None
    phone_number: Annotated[str, Field(min_length=1, max_length=254)] | None = None

    @model_validator(mode="after")
    def addressed(self) -> "Addressed":
        """One of them is needed."""
        if self.address is None:
            raise ValueError("Give an email, identifier or phone_number")
        return self

    @property
    def address(self) -> str | None:
        """The address in the form it is stored in; an identifier that is neither e-mail nor phone matches nobody."""
        given = self.email or self.identifier or self.phone_number
        if given is None:
            return None
        return contacts.email(given) if "@" in given else contacts.phone(given) or contacts.email(given)


class Resend(Addressed):
    """The address that waits for a code, which goes to the e-mail also when the phone number is given; `user_id`, what /register answered, says for which registration, else it is the latest."""

    user_id: Id | None = None


DeviceId = Annotated[str, Field(min_length=16, max_length=200)]


class Verify(Addressed):
    """The code of the mail with the address it was sent to or the phone number registered beside it, or the Firebase ID token that proves the phone.

    `user_id` is what /register answered. A proof that says so whose registration it is for keeps its password;
    one that does not gets none from a registration that a stranger may have written.
    """

    verification_code: Code | None = None
    firebase_id_token: Jwt | None = None
    user_id: Id | None = None
    device_id: DeviceId | None = None
    device_name: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def addressed(self) -> "Verify":
        """A code needs the address it was sent to; a token says its number itself."""
        if (self.verification_code is None) == (self.firebase_id_token is None):
            raise ValueError("Give a verification_code or a firebase_id_token")
        if self.verification_code is not None and self.address is None:
            raise ValueError("Give an email, identifier or phone_number")
        return self


class Login(Addressed):
    """An address and its password.

    `device_id` is a random word that the app made when it was installed. A device that signed in before
    gets in even while a stranger's guesses have the account wait.
    """

    password: KnownPassword
    device_id: DeviceId | None = None
    device_name: Annotated[str, Field(max_length=100)] | None = None


class GoogleToken(Model):
    """What Google's library gave the app: the ID token, or the server auth code, or both for the same person."""

    id_token: Jwt | None = None
    server_auth_code: Annotated[str, Field(min_length=1, max_length=2048)] | None = None
    referral_code: ReferralCode | None = None
    device_id: DeviceId | None = None
    device_name: Annotated[str, Field(max_length=100)] | None = None

    @model_validator(mode="after")
    def given(self) -> "GoogleToken":
        """One of them is needed."""
        if self.id_token is None and self.server_auth_code is None:
            raise ValueError("Give an id_token or a server_auth_code")
        return self


class ToGoogle(Query):
    """Where Google is to send the person back to; one of the configured addresses."""

    redirect_uri: Annotated[str, Field(max_length=2048)] | None = None


class FromGoogle(Query):
    """What Google adds to the address it sends people back to; what it may add beside does not matter."""

    model_config = ConfigDict(extra="ignore")

    state: Annotated[str, Field(max_length=2048)]
    code: Annotated[str, Field(max_length=2048)] | None = None
    error: Annotated[str, Field(max_length=200)] | None = None


class Refresh(Model):
    """The refresh token, in either spelling that apps use."""

    refresh_token: Annotated[str, Field(min_length=1, max_length=4096, validation_alias=AliasChoices("refresh_token", "refreshToken"))]


class Registered(Out):
    """The new account's id; whether a code was sent says nothing about other accounts."""

    user_id: int
    email: str | None
    phone_number: str | None
    verification_code_sent: bool


class Tokens(Out):
    """An access token for `expires_in` seconds and the refresh token that gets the next pair."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105 - not a password, the name of the scheme.
    expires_in: int


class SignedIn(Out):
    """Who signed in, and the tokens."""

    user: Account
    tokens: Tokens


class GoogleSignedIn(SignedIn):
    """Who signed in with Google; `is_new_user` when that made the account."""

    is_new_user: bool


class SignedOut(Out):
    """How many other devices were signed in."""

    signed_out: int


# Addresses are unique by an index, whose entries have 2,704 bytes at most; FCM's have about two hundred.
ADDRESS_BYTES = 2048


def _indexed(address: str) -> str:
    if len(address.encode()) > ADDRESS_BYTES:
        raise ValueError(f"At most {ADDRESS_BYTES} bytes")
    return address


class FcmToken(Model):
    """A device's push address."""

    fcm_token: Annotated[str, Field(min_length=1, max_length=ADDRESS_BYTES), AfterValidator(_indexed)]
    platform: Annotated[str, Field(max_length=20)] | None = None
    app_version: Annotated[str, Field(max_length=40)] | None = None


class Session(Out):
    """A signed-in device; `current` is the one that asks."""

    id: str
    device_name: str | None
    user_agent: str | None
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool

    @model_validator(mode="before")
    @classmethod
    def plain_id(cls, row: Any) -> Any:
        """UUIDs go out as text."""
        return {**row._asdict(), "id": str(row.id)} if hasattr(row, "_asdict") else row
