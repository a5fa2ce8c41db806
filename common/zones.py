"""Indonesia's three time zones; none of them has daylight saving."""

ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def of(column: str) -> str:
    """The SQL of the zone that `column` names; whoever lives in none of the three is taken for Jakarta's."""
    return f"case when {column} in ('{ZONES['WITA']}', '{ZONES['WIT']}') then {column} else '{ZONES['WIB']}' end"
