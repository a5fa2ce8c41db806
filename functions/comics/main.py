"""Comics: the public lists and the reader, and a story's way from an idea to a published comic."""

import json
from typing import Any

from common import addresses, auth, jobs
from common.api import Api
from common.auth import User
from common.comics import ages, copies, shown, states
from common.comics.shapes import ComicDetail, ComicItem
from common.db import Db
from common.i18n import Language, Text
from common.intake import Id, Request
from common.needs import Needs
from common.pages import PageQuery
from common.problems import InsufficientCredits, NotFound, TooManyRequests
from common.replies import Reply

from . import creators, discovery, listing, publishing, reader, reading, stories
from .schemas import AgeRating, Backgrounds, Characters, ComicQuery, Limit, Publish, Read, ShelfQuery, StoryIdea, Summary

api = Api("comics", needs=Needs(max=8, min=1, secrets=("CODE_SECRET", "JWT_SECRET"), uses=("enqueue", "publish", "read", "sign")))

CHANGES = [states.IsPublished]
READS = [NotFound, ages.AgeRestricted]


@api.get("/v1/comics", caller=auth.maybe_user, gives=list[ComicItem], max_age=5, fresh=1)
def list_comics(db: Db, user: User | None, query: ComicQuery) -> Any:
    """List published comics."""
    return listing.page(db, query, user)


@api.get(
    "/v1/comics/show/{comic_id}",
    caller=auth.maybe_user,
    gives=ComicDetail,
    raises=READS,
    aliases=["/v1/comics/{comic_id}"],
    max_age=5,
)
def show_comic(db: Db, user: User | None, comic_id: Id) -> Any:
    """Show a comic with its panels; a draft only to its owner."""
    return shown.read(db, comic_id, user)


@api.post(
    "/v1/comics/story-idea",
    caller=auth.user,
    gives=ComicDetail,
    status=201,
    message=Text("Your story is being turned into a script", "Ceritamu sedang dijadikan naskah"),
    raises=[InsufficientCredits, TooManyRequests],
    once=True,
)
def create_story(db: Db, user: User, body: StoryIdea) -> Any:
    """Start a comic from a story idea; its script is written at once."""
    return stories.create(db, user, body)


@api.put(
    "/v1/{comic}/summary",
    caller=auth.owner,
    gives=ComicDetail,
    message=Text("Summary updated", "Ringkasan diperbarui"),
    raises=CHANGES,
    aliases=["/v1/comics/{comic}/summary"],
)
def update_summary(db: Db, user: User, comic: Id, body: Summary) -> Any:
    """Edit the summary; the next script is written from it."""
    stories.set_summary(db, comic, body.summary)
    return shown.detail(db, comic, user.id)


@api.put(
    "/v1/comics/{comic}/characters",
    caller=auth.owner,
    gives=ComicDetail,
    message=Text("Characters updated", "Tokoh diperbarui"),
    raises=CHANGES,
    aliases=["/api/v1/comics/{comic}/character"],
)
def update_characters(db: Db, user: User, comic: Id, body: Characters) -> Any:
    """Choose the characters."""
    stories.set_characters(db, comic, body)
    return shown.detail(db, comic, user.id)


@api.put(
    "/v1/comics/{comic}/backgrounds",
    caller=auth.owner,
    gives=ComicDetail,
    message=Text("Backgrounds updated", "Latar diperbarui"),
    raises=CHANGES,
)
def update_backgrounds(db: Db, user: User, comic: Id, body: Backgrounds) -> Any:
    """Choose the backgrounds."""
    stories.set_backgrounds(db, comic, body)
    return shown.detail(db, comic, user.id)


@api.put(
    "/v1/comics/{comic}/age-rating",
    caller=auth.owner,
    gives=ComicDetail,
    message=Text("Age rating set", "Batas usia disimpan"),
    raises=[stories.RatedByModerators],
)
def update_age_rating(db: Db, user: User, comic: Id, body: AgeRating) -> Any:
    """Say from what age on the comic is to be read, also of a published one; not below what moderators have said."""
    stories.set_age_rating(db, comic, body.age_rating)
    return shown.detail(db, comic, user.id)


@api.post(
    "/v1/comics/{comic}/publish",
    caller=auth.owner,
    gives=ComicDetail,
    message=Text("Comic published", "Komik diterbitkan"),
    raises=[NotFound, publishing.NotReady, publishing.QuotaUsedUp, publishing.HiddenByModerators, copies.StillRemoving],
    once=True,
)
def publish(user: User, comic: Id, body: Publish) -> Any:
    """Publish a finished comic; uses one of the publish quota."""
    return publishing.publish(user, comic, body)


@api.post(
    "/v1/comics/{comic}/unpublish",
    caller=auth.owner,
    gives=ComicDetail,
    message=Text("Comic taken back", "Komik ditarik dari publikasi"),
    raises=[jobs.AlreadyRunning],
)
def unpublish(db: Db, user: User, comic: Id) -> Any:
    """Take a published comic back."""
    return publishing.unpublish(db, user, comic)


@api.post("/v1/comics/{id}/track-read", caller=auth.maybe_user, message=Text("Read tracked", "Bacaan dicatat"), raises=READS)
def track_read(db: Db, user: User | None, id: Id, request: Request, body: Read) -> None:
    """Count a read, once per reader and day and never the author's own, and remember it in the history and how far it came."""
    reading.track(db, id, user, addresses.client(request), body.last_panel)


@api.post("/v1/comics/{comic}/share", caller=auth.maybe_user, message=Text("Share counted", "Bagikan dicatat"), raises=READS)
def share(db: Db, user: User | None, comic: Id, request: Request) -> None:
    """Count a share."""
    discovery.share(db, comic, user, addresses.client(request))


@api.get(
    "/v1/comics/{comic}/similar",
    caller=auth.public,
    gives=list[ComicItem],
    raises=[NotFound],
    aliases=["/v1/public/comics/{comic}/similar"],
    max_age=60,
)
def list_similar(db: Db, comic: Id, query: Limit) -> Any:
    """List comics of a similar kind: shared genres, style and words."""
    return discovery.similar(db, comic, query.limit)


@api.get("/v1/comics/my-published", caller=auth.user, gives=list[ComicItem])
def list_my_published(db: Db, user: User, query: PageQuery) -> Any:
    """List one's own published comics, newest first."""
    return creators.published(db, user, query)


@api.get("/v1/comics/last-read", caller=auth.user, gives=list[ComicItem])
def list_last_read(db: Db, user: User, query: PageQuery) -> Any:
    """List what one read, latest first."""
    return reading.last_read(db, user, query)


@api.get("/v1/public/comics", caller=auth.public, gives=list[ComicItem], max_age=30, fresh=1)
def list_public_comics(db: Db, query: ComicQuery) -> Any:
    """List published comics for the web site."""
    return listing.page(db, query)


@api.get("/v1/public/comics/new", caller=auth.public, gives=list[ComicItem], max_age=30, fresh=1)
def list_new_comics(db: Db, query: ShelfQuery) -> Any:
    """List the newest comics."""
    return listing.page(db, query.by("newest"))


@api.get("/v1/public/comics/trending", caller=auth.public, gives=list[ComicItem], max_age=30, fresh=1)
def list_trending_comics(db: Db, query: ShelfQuery) -> Any:
    """List what was read most lately."""
    return listing.page(db, query.by("trending"))


@api.get("/v1/public/comics/{comic_id}", caller=auth.public, gives=ComicDetail, raises=READS, max_age=30)
def show_public_comic(db: Db, comic_id: Id) -> Any:
    """Show a published comic with its panels."""
    return shown.read(db, comic_id, None)


@api.get("/c/{comic}", caller=auth.public, gives=reader.HTML, raises=READS, max_age=60, fresh=1)
def read_comic(db: Db, comic: Id, language: Language) -> Any:
    """Show a published comic as a page of the web."""
    return reader.page(db, comic, language)


@api.get("/.well-known/assetlinks.json", caller=auth.public, gives="application/json", max_age=3600)
def android_links() -> Reply:
    """Say which Android app opens our links."""
    return Reply(200, json.dumps(reader.android_links()).encode())


@api.get("/.well-known/apple-app-site-association", caller=auth.public, gives="application/json", max_age=3600)
def ios_links() -> Reply:
    """Say which iOS app opens our links."""
    return Reply(200, json.dumps(reader.ios_links()).encode())


main = api.main()
