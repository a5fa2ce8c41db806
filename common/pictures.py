"""Pictures that people send: checked and made anew, or refused with a sentence that helps."""

import threading
from typing import Any

from common import images, media
from common.i18n import Text
from common.images import NotAnImage, Variant
from common.problems import Problem, TooLarge

# A picture of 40 megapixels takes half a gigabyte while it is made anew, and an instance serves eight
# requests at once: they take turns.
_turn = threading.Lock()


class NotAPicture(Problem):
    """The bytes are not one still, undamaged JPEG, PNG or WebP."""

    status = 415
    detail = Text("Please choose a JPEG, PNG or WebP picture.", "Silakan pilih gambar JPEG, PNG, atau WebP.")


class TooManyPixels(TooLarge):
    """The picture is larger than is taken, in pixels or bytes."""

    detail = Text("The picture is too large.", "Gambar terlalu besar.")


def renewed(data: bytes, stem: str) -> tuple[dict[str, Any], dict[str, Variant]]:
    """The picture in `data` in three sizes without its metadata: the row value, and the files to store by name.

    `stem` is the files' common name. Raises `NotAPicture` or `TooManyPixels`; nothing in `data` can
    make it fail otherwise.
    """
    try:
        with _turn:
            made = images.variants(data)
    except NotAnImage as refused:
        kind = TooManyPixels if refused.reason in ("too_large", "too_many_pixels") else NotAPicture
        raise kind(refused.text) from None
    return media.described(made, stem)
