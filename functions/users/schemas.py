"""What the users endpoints take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, Field, StringConstraints, model_validator

from common.comics import ages
from common.fields import Code, Email, FullName, KnownPassword, Password
from common.i18n import Language
from common.intake import Id, Model
from common.media import Image
from common.people import Account
from common.replies import Out

Username = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=50)]
# No account ever has as much; the bound keeps sums within BIGINT.
Amount = Annotated[int, Field(ge=1, le=1_000_000_000)]


class Details(Model):
    """What to change; a field that is left out stays.

    A new username has letters of a to z in either case, digits, dots, hyphens and underscores; one that is there already may be sent along as it is. A name has something that can be seen.

    `language` is the one of mails, pushes and notices; changing it is no change of the profile and is not counted. A new phone number comes as the Firebase ID token of whoever has just proven it by an SMS code.
    """

    full_name: FullName | None = None
    username: Username | None = None
    email: Email | None = None
    firebase_id_token: Annotated[str, Field(min_length=1, max_length=8192)] | None = None
    language: Language | None = None


class Updated(Account):
    """The account, and the new e-mail address that waits for its code."""

    pending_email: str | None


class Photo(Out):
    """The new photo: its address as today's app reads it, and its three sizes."""

    profile_photo_url: str
    photo: Image


class Kredit(Model):
    """How much kredit to spend; `type` is what today's app calls `operation`."""

    amount: Amount
    operation: Annotated[Literal["add", "subtract"], Field(validation_alias=AliasChoices("operation", "type"))]
    description: Annotated[str, Field(max_length=200)] | None = None


class Balance(Out):
    """The kredit after this movement."""

    current_kredit: int


class Referral(Out):
    """One's code, how many people came with it, and the rupiah this earned, pending commissions included."""

    referral_code: str
    total_referrals: int
    total_bonus_earned: int


class Rating(Out):
    """The average of 1 to 5 that readers gave one's comics, its name, and sums over these comics; null before the first rating."""

    rating: float | None
    rating_name: str
    total_ratings: int
    total_comics: int
    total_views: int
    total_likes: int


class Quota(Out):
    """Profile changes left this month, and when the next month begins in Jakarta."""

    remaining_quota: int
    monthly_quota: int
    quota_resets_at: datetime


class Watermark(Model):
    """Whether exports carry the watermark."""

    watermark: bool


class WatermarkSet(Out):
    """The preference as it is now."""

    watermark: bool


class ChangePassword(Model):
    """The password of now and the new one."""

    old_password: KnownPassword
    new_password: Password


class Addressed(Model):
    """An e-mail address."""

    email: Email


class Waiting(Addressed):
    """An e-mail address that waits for a code; `user_id`, what /register answered, says for which registration, else it is the latest."""

    user_id: Id | None = None


class ResetToken(Model):
    """The code of the mail, with the address it was sent to."""

    email: Email
    reset_token: Code


class Reset(ResetToken):
    """The code, and the password to have from now on."""

    new_password: Password


class VerificationCode(Model):
    """The code of a mail, with the address it was sent to; without a purpose either fits.

    With the `user_id` that /register answered the code verifies that registration alone, with its password.
    """

    email: Email
    verification_code: Code
    user_id: Id | None = None
    purpose: Literal["verify", "change_email"] | None = None


class Proven(Out):
    """Whose address it is."""

    user_id: int
    email: str
    full_name: str
    is_verified: bool


class Age(Model):
    """The year of birth; no more is asked for or kept."""

    birth_year: int


class AgeTold(Out):
    """What the account told (null: nothing yet), and the age ratings of the comics that it is shown."""

    birth_year: int | None
    age_ratings: list[ages.Rating]


class Deletion(Model):
    """The proof that it is the owner who asks: the password, or an ID token of a Google sign-in or a Firebase phone sign-in made just now."""

    password: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    google_id_token: Annotated[str, Field(min_length=1, max_length=8192)] | None = None
    firebase_id_token: Annotated[str, Field(min_length=1, max_length=8192)] | None = None

    @model_validator(mode="after")
    def proven(self) -> "Deletion":
        """One of the three is needed."""
        if self.password is None and self.google_id_token is None and self.firebase_id_token is None:
            raise ValueError("Give a password, a google_id_token or a firebase_id_token")
        return self


class Erasure(Out):
    """When the account is erased unless its owner comes back."""

    erased_after: datetime


class Export(Out):
    """Everything that is stored about an account: the rows of every table that refers to it."""

    exported_at: datetime
    account: int
    tables: dict[str, list[dict[str, Any]]]
