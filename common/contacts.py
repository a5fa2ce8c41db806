"""E-mail addresses and phone numbers in the one form they are stored and compared in."""


def email(text: str) -> str:
    """An address as it is compared: nobody's mail server tells Budi@ from budi@."""
    return text.strip().lower()


def phone(text: str) -> str | None:
    """An E.164 number (`+628…`) for any Indonesian or international spelling, or None for what is no phone number.

    `0812…`, `62812…`, `+62 812-…` and `0062812…` are one phone.
    """
    digits = text.strip()
    if digits.startswith("62"):
        digits = f"+{digits}"
    elif digits.startswith("00"):
        digits = f"+{digits[2:]}"
    found = _spelled(digits)
    # What is mostly zeros is another number each time it is read: nobody could be found by it, or two by one.
    return found if found is not None and _spelled(found) == found else None


def _spelled(digits: str) -> str | None:
    import phonenumbers

    try:
        parsed = phonenumbers.parse(digits, "ID")
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_possible_number(parsed) else None


def masked(address: str) -> str:
    """An address as the owner recognises it and nobody else can use it: `bu***@gmail.com`, `+62812***45`."""
    name, at, host = address.partition("@")
    return f"{name[:2]}***@{host}" if at else f"{address[:6]}***{address[-2:]}"
