"""Banners: what the app's first page shows on top, with the comics behind it."""

from typing import Annotated, Any

from pydantic import StringConstraints

from common import auth, images, pictures
from common.api import Api
from common.auth import User
from common.db import Db
from common.i18n import Text
from common.intake import File
from common.needs import Needs

from . import keeping, showing
from .schemas import Banner, BannerDetail, Changes, KeptBanner, NewBanner

api = Api("banners", needs=Needs(memory="1Gi", uses=("enqueue", "publish")))

# An id or a slug.
Named = Annotated[str, StringConstraints(min_length=1, max_length=200)]
PICTURE = Annotated[bytes, File("image", images.MAX_BYTES)]

# A banner comes and goes by the clock: a minute late is soon enough for readers, a second for whoever has just edited one.
KEPT = {"max_age": 60, "fresh": 1}


@api.get("/v1/banners", caller=auth.public, gives=list[Banner], **KEPT)
def list_banners(db: Db) -> Any:
    """List the banners to show now, in their order."""
    return showing.shown(db)


@api.get("/v1/banners/{banner}", caller=auth.public, gives=BannerDetail, raises=[showing.NoSuchBanner], **KEPT)
def show_banner(db: Db, banner: Named) -> Any:
    """Show one of them, by id or slug, with its public comics in their order."""
    return showing.detail(db, banner)


@api.get("/v1/admin/banners", caller=auth.admin, gives=list[KeptBanner])
def list_kept_banners(db: Db) -> Any:
    """List all banners in their order, those that readers do not see now too."""
    return showing.kept(db)


@api.post(
    "/v1/banners",
    caller=auth.admin,
    gives=KeptBanner,
    status=201,
    message=Text("Banner created", "Banner dibuat"),
    raises=[keeping.SlugTaken],
    once=True,
)
def create_banner(db: Db, user: User, body: NewBanner) -> Any:
    """Make a banner; readers see it once it has a picture."""
    return keeping.create(db, user, body)


@api.put(
    "/v1/banners/{banner}",
    caller=auth.admin,
    gives=KeptBanner,
    message=Text("Banner updated", "Banner diperbarui"),
    raises=[showing.NoSuchBanner, keeping.SlugTaken],
)
def update_banner(db: Db, user: User, banner: Named, body: Changes) -> Any:
    """Change what is given of a banner; what is left out stays, and null clears what may be missing."""
    return keeping.change(db, user, banner, body)


@api.post(
    "/v1/banners/{banner}/image",
    caller=auth.admin,
    gives=KeptBanner,
    message=Text("Banner picture updated", "Gambar banner diperbarui"),
    raises=[showing.NoSuchBanner, pictures.NotAPicture, pictures.TooManyPixels],
)
def set_banner_image(user: User, banner: Named, file: PICTURE) -> Any:
    """Set a banner's picture: a JPEG, PNG or WebP of up to 8 MB and 40 megapixels, in the form's field `image`."""
    return keeping.set_image(user, banner, file)


@api.delete(
    "/v1/banners/{banner}",
    caller=auth.admin,
    message=Text("Banner deleted", "Banner dihapus"),
    raises=[showing.NoSuchBanner],
)
def delete_banner(db: Db, user: User, banner: Named) -> None:
    """Delete a banner and its picture."""
    keeping.delete(db, user, banner)


main = api.main()
