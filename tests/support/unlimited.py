"""Settings for tests that ask a thousand times at once."""

# Limits that a person never reaches, and a test that asks a thousand times does at once: behind them nothing would be reached.
UNLIMITED = {
    "SCRIPTS_PER_HOUR": "1000000",
    "PROFILE_UPDATES_PER_MONTH": "1000000",
    "CODES_PER_HOUR": "1000000",
    "CODES_PER_DAY": "1000000",
    "CODE_COOLDOWN_SECONDS": "0",
    "TRANSCRIPTIONS_PER_HOUR": "1000000",
    "SPOKEN_CHARACTERS_PER_DAY": "100000000",
    "DOCUMENTS_PER_DAY": "1000000",
    "VIDEOS_PER_DAY": "1000000",
}
