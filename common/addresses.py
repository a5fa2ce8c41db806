"""Where a request really comes from."""

from common import settings
from common.intake import Request


def client(request: Request) -> str:
    """The caller's IP address.

    Each proxy appends the address it saw to X-Forwarded-For, so only the last TRUSTED_PROXIES
    entries are true; whatever stands before them a caller may have made up.
    """
    proxies = settings.TRUSTED_PROXIES()
    if proxies == 0:
        return request.remote_addr or ""
    seen = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",") if each.strip()]
    return seen[-proxies] if len(seen) >= proxies else request.remote_addr or ""
