"""Which web sites may call from a browser: an allow-list, never a reflection of whoever asks."""

from collections.abc import Iterable
from typing import Any

from common import settings


def headers(environ: dict[str, Any]) -> list[tuple[str, str]]:
    """The headers that let an allowed site read this reply; nothing for other origins and for apps."""
    origin = environ.get("HTTP_ORIGIN")
    if origin is None or not allowed(origin):
        return []
    exposed = "X-Request-Id, ETag, Retry-After, Content-Disposition"
    return [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", exposed)]


def preflight(environ: dict[str, Any], methods: Iterable[str]) -> dict[str, str]:
    """What a preflight of an allowed site gets; API Gateway forwards OPTIONS, it does not answer it."""
    # Also a refusal is an answer to this origin alone.
    if not allowed(environ.get("HTTP_ORIGIN", "")):
        return {"Vary": "Origin"}
    return {
        "Access-Control-Allow-Methods": ", ".join(sorted(set(methods) - {"HEAD", "OPTIONS"})),
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Accept-Language, Idempotency-Key, If-None-Match, X-Request-Id",
        "Access-Control-Max-Age": "3600",
        "Vary": "Origin",
    }


def allowed(origin: str) -> bool:
    """Whether the setting CORS_ORIGINS names this very origin."""
    return origin != "" and origin in [each.strip() for each in settings.CORS_ORIGINS().split(",")]
