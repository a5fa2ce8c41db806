"""Every way a request can end badly on purpose, as exceptions that know their status and their sentence.

A noun's own problems live beside its rule; here are the shared ones. Anything else that escapes a
handler is a bug: it is logged with its trace and answers a 500 that says nothing.
"""

from http import HTTPStatus
from typing import Any, ClassVar

from common.i18n import Language, Text

RESERVED = {"ok", "type", "title", "status", "detail", "error"}


class Problem(Exception):
    """An error reply (RFC 9457); the class name is the stable `error` that programs compare.

    `facts` are added to the reply and fill the places of `detail`; `retry_after` is in seconds.
    """

    status: ClassVar[int] = 500
    detail: ClassVar[Text] = Text("Something went wrong on our side; please try again", "Ada gangguan di sisi kami; silakan coba lagi")
    headers: dict[str, str]

    def __init__(self, detail: Text | None = None, *, retry_after: int | None = None, **facts: Any) -> None:
        assert not RESERVED & set(facts), "a fact would hide a member of every problem"
        self.sentence = detail or self.detail
        self.facts = facts
        self.headers = {} if retry_after is None else {"Retry-After": str(max(1, retry_after))}
        super().__init__(self.sentence.en)

    def to_json(self, language: Language) -> dict[str, Any]:
        """The reply's body; `title` is the status' own phrase, `detail` a sentence for a person."""
        name = type(self).__name__
        return {
            "ok": False,
            "type": f"urn:mamastoria:problem:{name}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.sentence.say(language, **{name: _spoken(fact) for name, fact in self.facts.items()}),
            "error": name,
            **self.facts,
        }


def _spoken(fact: Any) -> Any:
    return ", ".join(map(str, fact)) if isinstance(fact, list) else fact


class MalformedRequest(Problem):
    """The bytes are not what their content type says."""

    status = 400
    detail = Text("The request body is not valid JSON: {reason}", "Isi permintaan bukan JSON yang benar: {reason}")


class Unauthenticated(Problem):
    """There is no token, or it is not valid any more."""

    status = 401
    detail = Text("Please sign in", "Silakan masuk terlebih dahulu")

    def __init__(self, detail: Text | None = None, **facts: Any) -> None:
        super().__init__(detail, **facts)
        self.headers["WWW-Authenticate"] = "Bearer"


class InsufficientCredits(Problem):
    """There is less kredit than this costs."""

    status = 402
    detail = Text("This costs {need} kredit and you have {have}", "Ini membutuhkan {need} kredit, sedangkan kredit Anda {have}")


class Forbidden(Problem):
    """The token is valid and may not do this."""

    status = 403
    detail = Text("You may not do this", "Anda tidak berhak melakukan ini")


class NotFound(Problem):
    """It does not exist, or the caller may not know that it does."""

    status = 404
    detail = Text("Not found", "Tidak ditemukan")


class MethodNotAllowed(Problem):
    """The path exists with other methods."""

    status = 405
    detail = Text("This path does not take that method", "Alamat ini tidak menerima metode tersebut")


class Conflict(Problem):
    """What is asked does not fit the present state."""

    status = 409
    detail = Text("This does not fit the present state", "Ini tidak sesuai dengan keadaan saat ini")


class TooLarge(Problem):
    """The body is larger than is taken."""

    status = 413
    detail = Text("The request body is larger than {limit} bytes", "Isi permintaan lebih besar dari {limit} byte")


class UnsupportedMediaType(Problem):
    """The body has a content type that this route does not read."""

    status = 415
    detail = Text("Send the body as {expected}", "Kirim isi permintaan sebagai {expected}")


class InvalidRequest(Problem):
    """The request does not have the documented shape; `errors` says where, field by field."""

    status = 422
    detail = Text("Some fields are missing or not valid: {fields}", "Ada isian yang kurang atau tidak benar: {fields}")

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        self.errors = errors
        super().__init__()
        self.facts = {"errors": errors}

    def to_json(self, language: Language) -> dict[str, Any]:
        """The problem with its fields named in the sentence too, for apps that show only that."""
        fields = ", ".join(dict.fromkeys(".".join(str(step) for step in error["loc"]) for error in self.errors))
        self.facts = {"fields": fields, "errors": self.errors}
        body = super().to_json(language)
        del body["fields"]
        return body


def invalid(where: str, field: str, message: str, kind: str = "value_error") -> InvalidRequest:
    """A problem with one field: `where` is body, query or path."""
    return InvalidRequest([{"loc": [where, field], "msg": message, "type": kind}])


class TooManyRequests(Problem):
    """A limit is reached; `Retry-After` says when to come back."""

    status = 429
    detail = Text("Too many attempts; please wait a moment", "Terlalu banyak percobaan; mohon tunggu sebentar")


class ServiceUnavailable(Problem):
    """Something this needs is down for the moment."""

    status = 503
    detail = Text(
        "This is not available at the moment; please try again soon", "Layanan ini sedang tidak tersedia; silakan coba lagi sebentar"
    )

    def __init__(self, detail: Text | None = None, *, retry_after: int = 5, **facts: Any) -> None:
        super().__init__(detail, retry_after=retry_after, **facts)
