"""What the video function does."""

from common import exports
from common.work import Kind

from . import making

KINDS: dict[str, Kind] = {"video": Kind(making.make, exports.failed)}
