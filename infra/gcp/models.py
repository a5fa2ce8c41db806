"""When Google retires the models that the settings name: `deploy.sh` says so before each run, while there is time to choose another.

Read on 2026-11-22 in stored copies of https://docs.cloud.google.com/gemini-enterprise-agent-platform/models/model-versions, which
also names the successors: of gemini-2.5-flash gemini-3.5-flash-lite, of gemini-2.5-flash-image gemini-3.1-flash-lite-image. A date may
be moved, but never to an earlier day. New projects lose a model a month before it goes.
"""

from collections.abc import Mapping
from datetime import date, timedelta

from common import settings

NAMED = (settings.VERTEX_TEXT_MODEL, settings.VERTEX_IMAGE_MODEL, settings.EMBEDDING_MODEL)

# The day from which a model may be gone; None: none was announced.
RETIRES: dict[str, date | None] = {
    "gemini-2.5-pro": date(2026, 10, 20),
    "gemini-2.5-flash": date(2026, 10, 20),
    "gemini-2.5-flash-lite": date(2026, 10, 20),
    "gemini-2.5-flash-image": date(2027, 3, 15),
    "gemini-3.1-flash-lite": date(2027, 5, 7),
    "gemini-3.5-flash": date(2027, 5, 19),
    "gemini-3-pro-image": date(2027, 5, 28),
    "gemini-3.1-flash-image": date(2027, 5, 28),
    "gemini-3.1-flash-lite-image": date(2027, 6, 28),
    "gemini-3.5-flash-lite": date(2027, 7, 21),
    "gemini-3.8-flash": date(2027, 9, 2),
    "gemini-embedding-001": None,
}

# Long enough to try another model's stories and pictures, and before new projects lose it.
NOTICE = timedelta(days=120)


def told(given: Mapping[str, str], today: date) -> list[str]:
    """What operations have to know of the models that an environment names: those that are gone, soon gone, or not known here."""
    models = {each.name: given.get(each.name, str(each.default)) for each in NAMED}
    return [sentence for name, model in models.items() if (sentence := _told(f"{name}={model}", model, today))]


def _told(what: str, model: str, today: date) -> str:
    if model not in RETIRES:
        return f"{what}: nobody has noted in infra/gcp/models.py until when Google serves it"
    last = RETIRES[model]
    if last is None or today + NOTICE < last:
        return ""
    return f"{what}: Google {'has retired' if last <= today else 'retires'} it on {last}; choose another model"
