"""Users: one's profile and photo, password, kredit, rating, and the codes that prove an address."""

from typing import Annotated, Any

from common import auth, images, newcomers, pictures
from common.api import Api
from common.auth import User
from common.codes import InvalidCode
from common.db import Db
from common.i18n import Language, Text
from common.intake import File
from common.needs import Needs
from common.people import Account, account
from common.problems import Forbidden, InsufficientCredits, TooManyRequests
from common.replies import Answer

from . import age, password, photos, profile, proofs, rights, spending, standing, watermark
from .schemas import (
    Addressed,
    Age,
    AgeTold,
    Balance,
    ChangePassword,
    Deletion,
    Details,
    Erasure,
    Export,
    Kredit,
    Photo,
    Proven,
    Quota,
    Rating,
    Referral,
    Reset,
    ResetToken,
    Updated,
    VerificationCode,
    Waiting,
    Watermark,
    WatermarkSet,
)

api = Api("users", bare=["/api/v1"], needs=Needs(memory="1Gi", max=3, secrets=("CODE_SECRET", "JWT_SECRET"), uses=("enqueue", "publish")))

PICTURE = Annotated[bytes, File("photo", images.MAX_BYTES)]

CHECK_NEW_ADDRESS = Text("Enter the code that was sent to your new address", "Masukkan kode yang dikirim ke alamat email barumu")


@api.get("/profile", caller=auth.user, gives=Account)
def show_profile(db: Db, user: User) -> Any:
    """Show one's own profile."""
    return account(db, user.id)


@api.post(
    "/profile/update-details",
    caller=auth.user,
    gives=Updated,
    message=Text("Profile updated successfully", "Profil berhasil diperbarui"),
    raises=[newcomers.InvalidPhoneProof, profile.UsernameTaken, profile.PhoneTaken, profile.UpdatesUsedUp, TooManyRequests],
)
def update_details(db: Db, user: User, body: Details) -> Any:
    """Change name, username, e-mail or phone, a few times a month, or the language; a new e-mail counts once its code is entered."""
    updated = profile.update(db, user.id, body, profile.proven_phone(body))
    return Answer(updated, CHECK_NEW_ADDRESS if updated["pending_email"] else None)


@api.post(
    "/profile/update-photo",
    caller=auth.user,
    gives=Photo,
    message=Text("Profile photo updated successfully", "Foto profil berhasil diperbarui"),
    raises=[pictures.NotAPicture, pictures.TooManyPixels],
)
def update_photo(user: User, file: PICTURE) -> Any:
    """Set one's photo: a JPEG, PNG or WebP of up to 8 MB and 40 megapixels."""
    return photos.update(user.id, file)


@api.post(
    "/profile/update-kredit",
    caller=auth.user,
    gives=Balance,
    message=Text("Credits subtracted successfully", "Kredit berhasil digunakan"),
    raises=[InsufficientCredits, Forbidden],
    once=True,
)
def update_kredit(db: Db, user: User, body: Kredit) -> Any:
    """Spend one's own kredit; only an administrator may add."""
    added = Text("Credits added successfully", "Kredit berhasil ditambahkan") if body.operation == "add" else None
    return Answer(spending.update(db, user, body), added)


@api.get("/profile/referral-code", caller=auth.user, gives=Referral)
def show_referral_code(db: Db, user: User) -> Any:
    """Show one's referral code, how many people came with it, and what that earned."""
    return standing.referral(db, user.id)


@api.get("/profile/rating", caller=auth.user, gives=Rating)
def show_rating(db: Db, user: User, language: Language) -> Any:
    """Show the rating that readers gave one's comics, and their totals."""
    return standing.rating(db, user.id, language)


@api.get("/profile/update-quota", caller=auth.user, gives=Quota)
def show_update_quota(db: Db, user: User) -> Any:
    """Show how often one may still change the profile this month."""
    return profile.quota(db, user.id)


@api.post(
    "/profile/update-watermark",
    caller=auth.user,
    gives=WatermarkSet,
    message=Text("Watermark preference updated successfully", "Preferensi watermark berhasil diperbarui"),
    raises=[watermark.SubscriptionNeeded],
)
def update_watermark(db: Db, user: User, body: Watermark) -> Any:
    """Turn the watermark on exports on or off; off needs an active package."""
    return watermark.set_watermark(db, user.id, body.watermark)


@api.post(
    "/password/change-password",
    caller=auth.user,
    message=Text("Password changed successfully", "Kata sandi berhasil diubah"),
    raises=[password.WrongPassword, password.PasswordChanged, TooManyRequests],
)
def change_password(user: User, body: ChangePassword) -> None:
    """Change one's password; every other device is signed out."""
    password.change(user, body)


@api.post(
    "/password/send-reset-token",
    caller=auth.public,
    message=Text("If the e-mail is registered, a reset code is on its way", "Jika email ini terdaftar, kode sedang dikirim"),
    raises=[TooManyRequests],
)
def send_reset_token(db: Db, body: Addressed) -> None:
    """Have a code for a new password sent; the answer is the same for every address."""
    password.send_token(db, body.email)


@api.post(
    "/password/verify-reset-token",
    caller=auth.public,
    message=Text("Reset code verified. You can now reset your password.", "Kode benar. Sekarang kamu bisa membuat kata sandi baru."),
    raises=[InvalidCode],
)
def verify_reset_token(db: Db, body: ResetToken) -> Any:
    """Check a reset code without using it up; wrong tries are counted."""
    return password.verify_token(db, body)


@api.post(
    "/password/reset-password",
    caller=auth.public,
    message=Text("Password reset successfully", "Kata sandi baru berhasil disimpan"),
    raises=[InvalidCode],
)
def reset_password(body: Reset) -> None:
    """Set a new password with a reset code, once; every device is signed out."""
    password.reset(body)


@api.post("/users/send-otp", caller=auth.public, raises=[TooManyRequests])
def send_otp(db: Db, body: Waiting) -> None:
    """Have a verification code sent; the answer is the same for every address."""
    newcomers.send_code(db, body.email, body.user_id)


@api.post(
    "/users/check-verification-code",
    caller=auth.public,
    gives=Proven,
    message=Text("Verification code is valid", "Kode verifikasi benar"),
    raises=[InvalidCode, profile.UpdatesUsedUp],
)
def check_verification_code(db: Db, body: VerificationCode) -> Any:
    """Prove an address with its code: verifies a new account, or gives an account its new e-mail."""
    return proofs.check(db, body)


@api.get("/v1/me/age", caller=auth.user, gives=AgeTold)
def show_age(user: User) -> Any:
    """Show the year of birth that one told, and the age ratings of the comics that one is shown."""
    return age.told(user)


@api.put("/v1/me/age", caller=auth.user, gives=AgeTold, message=Text("Saved", "Disimpan"), raises=[TooManyRequests])
def tell_age(db: Db, user: User, body: Age) -> Any:
    """Tell one's year of birth; it can be put right a few times a year."""
    return age.tell(db, user, body.birth_year)


@api.get("/v1/me/export", caller=auth.user, gives=Export)
def export_account(db: Db, user: User) -> Any:
    """Give everything that is stored about the account."""
    return rights.export(db, user)


@api.delete(
    "/v1/me",
    caller=auth.user,
    gives=Erasure,
    message=Text("Your account will be deleted; sign in to keep it", "Akunmu akan dihapus; masuk kembali kalau ingin tetap memakainya"),
    raises=[rights.WrongProof, TooManyRequests],
)
def delete_account(user: User, body: Deletion) -> Any:
    """Delete the account, proven by its password or a fresh token of Google or Firebase; signing in within 30 days undoes it."""
    return rights.delete(user, body)


main = api.main()
