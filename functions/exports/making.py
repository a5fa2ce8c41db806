"""Having an export made, and stopping that."""

from typing import Any

from common import exports
from common.db import Db
from common.exports import Content, Kind
from common.i18n import Text
from common.problems import Conflict, NotFound


class NothingToCancel(Conflict):
    """No such export is being made."""

    detail = Text("This export is not being made", "Ekspor ini tidak sedang dibuat")


def start(db: Db, comic: int, kind: Kind) -> dict[str, Any]:
    """Have an export made, unless it is there or being made; raises what `exports.start` raises."""
    content, state = exports.start(db, comic, kind)
    count, features = len(content.panels), _features(content, kind)
    return {
        "comic_id": comic,
        "kind": kind,
        "status": state.status,
        "progress": state.progress,
        "panels_count": count,
        "features": features,
    }


def _features(content: Content, kind: Kind) -> list[str]:
    """What is in the file, in the words that apps compare."""
    video = {
        "pan_and_zoom": True,
        "narration": any(panel.narration.strip() for panel in content.panels),
        "music": content.music is not None,
    }
    return [name for name, there in (video if kind == "video" else {"cover": True}).items() if there] + ["watermark"] * content.watermark


def cancel(db: Db, comic: int, kind: str) -> dict[str, Any]:
    """Stop making an export and give its price back; raises `NothingToCancel`, and `NotFound` for a kind that does not exist."""
    found = next((each for each in exports.KINDS if each == kind), None)
    if found is None:
        raise NotFound
    if not exports.cancel(db, comic, found):
        raise NothingToCancel
    state = exports.states_of(db, exports.content(db, comic), [found])[found]
    return {"comic_id": comic, "kind": found, "status": state.status}
