"""System: who we are, whether we are well, and the documentation."""

from typing import Any

from common import auth, settings
from common.api import Api
from common.db import Db
from common.i18n import Text
from common.needs import Needs
from common.problems import NotFound
from common.replies import Answer, Reply

from . import documents, health
from .schemas import Alive, Ready, Welcome

api = Api("system", needs=Needs(max=1, secrets=(), uses=("list", "look")))


@api.get("/", caller=auth.public, gives=Welcome, max_age=60)
def welcome() -> Any:
    """Say which API this is."""
    return Answer(
        documents.about(), Text("Welcome to the MamaStoria Comics API", "Selamat datang di API MamaStoria Comics"), beside=documents.about()
    )


@api.get("/health", caller=auth.public, gives=Alive)
def alive() -> Any:
    """Say that this instance answers."""
    # Monitors of today's backend read these beside the envelope.
    return Answer({"status": "healthy"}, beside={"status": "healthy", "app": "MamaStoria Comics", "environment": settings.APP_ENV()})


@api.get("/health/ready", caller=auth.public, gives=Ready, raises=[health.NotReady])
def ready(db: Db) -> Any:
    """Say whether database, storage and queue can be reached; a 503 names the one that cannot."""
    return health.ready(db)


@api.get("/openapi.json", caller=auth.public, gives="application/json", raises=[NotFound], max_age=300)
def openapi() -> Reply:
    """Give the API's OpenAPI 3.1 document."""
    return documents.openapi()


@api.get("/postman.json", caller=auth.public, gives="application/json", raises=[NotFound], max_age=300)
def postman() -> Reply:
    """Give the API as a Postman collection, to be imported by its address."""
    return documents.collection()


@api.get("/docs/errors", caller=auth.public, gives="text/html; charset=utf-8", raises=[NotFound], max_age=300)
def errors() -> Reply:
    """Show every error, what it means and what an app does about it."""
    return documents.catalogue()


@api.get("/docs", caller=auth.public, gives="text/html; charset=utf-8", max_age=3600)
def docs() -> Reply:
    """Show the document as a page to read and try."""
    return documents.page()


main = api.main()
