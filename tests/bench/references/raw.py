"""Reference B, the ceiling: no framework to speak of, no ORM, the fastest driver and the fastest JSON writer.

One statement by asyncpg's binary protocol; pictures go out as the text they came in as. Its pool
resets a connection after each use, which is a second round trip, as it does for everybody who uses it.
"""

import asyncio
import base64
import os
from typing import Any

import asyncpg  # type: ignore[import-untyped]
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

MEDIA = os.environ["PUBLIC_MEDIA_URL"] + "/"

LIST = """
select c.id, c.user_id, c.title, c.cover_url, c.cover, c.synopsis, c.tags, c.genre, c.total_views, c.total_likes, c.total_comments,
       c.created_at, c.updated_at, c.published_at, u.id_users, u.full_name, u.username, u.profile_photo_path, u.previous_rating,
       u.previous_rating_name, (select value from counters where name = 'public_comics') as total
from comics c join users u on u.id_users = c.user_id
where c.is_public {after}
order by c.total_views desc, c.id desc limit $1 offset $2
"""
FROM_PAGE = LIST.format(after="")
FROM_CURSOR = LIST.format(after="and (c.total_views, c.id) < ($3, $4)")

_pools: list[asyncpg.Pool] = []
_lock = asyncio.Lock()


async def _pool() -> asyncpg.Pool:
    async with _lock:
        if not _pools:
            _pools.append(await asyncpg.create_pool(os.environ["DATABASE_URL"].replace("+pg8000", ""), min_size=1, max_size=16))
    return _pools[0]


def _item(row: Any) -> dict[str, Any]:
    return {
        "id": row[0],
        "user_id": row[1],
        "title": row[2],
        "cover_url": row[3] and row[3].replace("@/", MEDIA),
        "cover": row[4] and orjson.Fragment(row[4].replace("@/", MEDIA)),
        "synopsis": row[5],
        "tags": row[6],
        "genre": orjson.Fragment(row[7]),
        "total_views": row[8],
        "total_likes": row[9],
        "total_comments": row[10],
        "created_at": row[11],
        "updated_at": row[12],
        "published_at": row[13],
        "user": {
            "id_users": row[14],
            "full_name": row[15],
            "username": row[16],
            "profile_photo_path": row[17] and row[17].replace("@/", MEDIA),
            "previous_rating": row[18],
            "previous_rating_name": row[19],
        },
    }


async def list_comics(request: Request) -> Response:
    """The most popular comics."""
    asked = request.query_params
    page, size, cursor = int(asked.get("page", 1)), int(asked.get("per_page", 20)), asked.get("cursor")
    pool = _pools[0] if _pools else await _pool()
    if cursor:
        _, *after = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        rows = await pool.fetch(FROM_CURSOR, size + 1, 0, *after)
    else:
        rows = await pool.fetch(FROM_PAGE, size + 1, (page - 1) * size)
    shown, more, total = rows[:size], len(rows) > size, rows[0]["total"] if rows else 0
    meta = {
        "current_page": page,
        "per_page": size,
        "total": total,
        "total_pages": -(-total // size),
        "has_next": more,
        "has_prev": page > 1 or cursor is not None,
        "next_cursor": None,
    }
    if more:
        place = orjson.dumps(["popularity", shown[-1]["total_views"], shown[-1]["id"]])
        meta["next_cursor"] = base64.urlsafe_b64encode(place).decode().rstrip("=")
    return Response(orjson.dumps({"ok": True, "meta": meta, "data": [_item(row) for row in shown]}), media_type="application/json")


app = Starlette(routes=[Route("/v1/comics", list_comics)])
