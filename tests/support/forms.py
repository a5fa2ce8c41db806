"""Forms with a file in them, as apps send them."""

from typing import Any

EDGE = b"batas-yang-tidak-ada-di-dalam-berkas"


def send(
    caller: Any, path: str, data: bytes, *, field: str, name: str, kind: str, fields: dict[str, str] | None = None, **more: Any
) -> Any:
    """POST `data` as the file `field` of a form, with `fields` beside it."""
    parts = [f'Content-Disposition: form-data; name="{each}"\r\n\r\n{value}'.encode() for each, value in (fields or {}).items()]
    parts.append(f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}\r\n\r\n'.encode() + data)
    body = b"".join(b"--" + EDGE + b"\r\n" + part + b"\r\n" for part in parts) + b"--" + EDGE + b"--\r\n"
    return caller.post(path, body, headers={"Content-Type": f"multipart/form-data; boundary={EDGE.decode()}"}, **more)
