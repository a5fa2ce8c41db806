"""What the video function does."""

from common.work import Kind

KINDS: dict[str, Kind] = {}
