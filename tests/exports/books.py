"""Finished comics without the drawing: rows with small pictures of their own in storage."""

import io
import secrets
from functools import cache
from typing import Any

from common import db, images, media
from common.clients import storage


@cache
def picture(number: int, size: tuple[int, int] = (256, 384)) -> bytes:
    """A JPEG as the artist's are stored, another for each number."""
    from PIL import Image, ImageDraw

    page = Image.new("RGB", size, (40 * number % 256, 90, 160))
    ImageDraw.Draw(page).ellipse((20, 150, 200, 330), fill=(240, 200 - number, 60))
    saved = io.BytesIO()
    page.save(saved, "JPEG")
    return saved.getvalue()


def comic(person: Any, *, panels: int = 3, **facts: Any) -> int:
    """A comic of `person`, an Indonesian, that is drawn but not published; `facts` are columns."""
    with db.transaction() as making:
        making.run("update users set language = 'id' where id_users = :user", user=person.user["id_users"])
        made: int = making.value(
            "insert into comics (user_id, title, synopsis, draft_job_status, page_count) values (:user, :title, :synopsis, 'COMPLETED', 1) returning id",
            user=person.user["id_users"],
            title=facts.pop("title", "Kancil dan Para Buaya"),
            synopsis=facts.pop("synopsis", "Kancil menipu buaya."),
        )
        for number in range(1, panels + 1):
            panel = making.value(
                "insert into comic_panels (comic_id, page_number, panel_number, narration) values (:comic, 1, :number, :words) returning id",
                comic=made,
                number=number,
                words=f"Panel {number}",
            )
            paint(making, made, panel, picture(number))
        making.run(
            "update comics set cover = (select image from comic_panels where comic_id = :comic order by id limit 1) where id = :comic",
            comic=made,
        )
        for column, value in facts.items():
            making.run(f"update comics set {column} = :value where id = :comic", comic=made, value=value)
    return made


def paint(changing: Any, comic: int, panel: int, jpeg: bytes) -> None:
    """Give a panel another picture."""
    image, files = media.described(images.variants(jpeg), f"comics/{comic}/{panel}-{secrets.token_urlsafe(6)}")
    for name, variant in files.items():
        storage.put(name, variant.data, variant.content_type)
    changing.run("update comic_panels set image = cast(:image as jsonb) where id = :panel", image=db.json(image), panel=panel)


def publish(comic: int, *, allow_download: bool) -> None:
    """Make it public, as publishing does to its row."""
    with db.transaction() as changing:
        changing.run("update comics set published_at = now(), allow_download = :allow where id = :comic", comic=comic, allow=allow_download)


def subscribe(person: Any, *, days: int = 30) -> None:
    """An active package, without the shop."""
    with db.transaction() as giving:
        giving.run(
            "insert into subscription_packages (name, price, duration_days, publish_quota) select 'Uji', 1000, 30, 1"
            " where not exists (select from subscription_packages)"
        )
        giving.run(
            "insert into subscriptions (user_id, package_id, status, start_date, end_date)"
            " select :user, min(id), 'active', now(), now() + cast(:span as interval) from subscription_packages"
            " on conflict (user_id) do update set end_date = excluded.end_date",
            user=person.user["id_users"],
            span=f"{days} days",
        )
