"""The local stack's administrator."""

from common.db import transaction

EMAIL, PASSWORD = "admin@mamastoria.local", "local-admin-password"


def administrator() -> None:
    """Make the administrator's account unless it is there."""
    from common import passwords

    with transaction() as db:
        if not db.value("select true from users where lower(email) = :email and is_verified", email=EMAIL):
            db.run(
                "insert into users (full_name, email, password, referral_code_id, is_verified, role) values ('Administrator', :email, :password, 'ADMIN', true, 'admin')",
                email=EMAIL,
                password=passwords.hashed(PASSWORD),
            )
