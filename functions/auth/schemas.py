"""What the auth endpoints take and give."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, EmailStr, Field, model_validator

from common import contacts
from common.intake import Model
from common.people import Account
from common.replies import Out


def _phone(text: str) -> str:
    number = contacts.phone(text)
    if number is None:
        raise ValueError("Not a phone number")
    return number


# 8 to 128 characters and nothing else demanded: length is what counts, and the cap keeps hashing cheap.
Password = Annotated[str, Field(min_length=8, max_length=128)]
# Old passwords may be shorter than new ones have to be.
KnownPassword = Annotated[str, Field(min_length=1, max_length=128)]
Phone = Annotated[str, Field(min_length=4, max_length=30), AfterValidator(_phone)]
Email = Annotated[EmailStr, Field(max_length=254), AfterValidator(contacts.email)]
Code = Annotated[str, Field(pattern=r"^\d{6}$")]


class Register(Model):
    """A new account, reachable by e-mail, phone, or both."""

    full_name: Annotated[str, Field(min_length=2, max_length=100)]
    email: Email | None = None
    phone_number: Phone | None = None
    password: Password
    referral_code: Annotated[str, Field(max_length=32)] | None = None

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


class Verify(Addressed):
    """The code of the mail, with the address it was sent to."""

    verification_code: Code


class Login(Addressed):
    """An address and its password."""

    password: KnownPassword
    device_name: Annotated[str, Field(max_length=100)] | None = None


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


class FcmToken(Model):
    """A device's push address."""

    fcm_token: Annotated[str, Field(min_length=1, max_length=4096)]
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
