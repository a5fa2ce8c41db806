"""The time: aware and UTC everywhere; Jakarta's calendar only where people count days and months."""

from datetime import UTC, date, datetime, timedelta, timezone

# Western Indonesian Time has no daylight saving, so a fixed offset is exact and needs no time-zone files.
WIB = timezone(timedelta(hours=7), "WIB")


def now() -> datetime:
    """This moment in UTC; rules take the time from here and pass it to SQL, so that a test can move it."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Jakarta."""
    return now().astimezone(WIB).date()


def midnight(day: date) -> datetime:
    """The first moment of a day in Jakarta."""
    return datetime(day.year, day.month, day.day, tzinfo=WIB)


def seconds(count: int) -> timedelta:
    """A span of `count` seconds."""
    return timedelta(seconds=count)
