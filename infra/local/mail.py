"""A mail server that delivers nowhere but into the outbox, where the stack's users can read."""

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, Literal, TypedDict

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Channel = Literal["mail", "push"]


class Entry(TypedDict):
    """One thing that was sent; `at` is UTC (`2026-01-31T23:59:59Z`)."""

    channel: Channel
    to: str
    subject: str
    text: str
    at: str


class Outbox:
    """What was mailed and pushed, the newest thousand; used by many threads."""

    def __init__(self) -> None:
        """Empty."""
        self._entries: deque[Entry] = deque(maxlen=1000)
        self._lock = threading.Lock()

    def add(self, channel: Channel, to: str, subject: str, text: str) -> None:
        """Keeps one message, with the time it is now."""
        with self._lock:
            at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            self._entries.appendleft({"channel": channel, "to": to, "subject": subject, "text": text, "at": at})

    def entries(self) -> list[Entry]:
        """Everything kept, newest first."""
        with self._lock:
            return list(self._entries)


class MailServer:
    """An SMTP server on 127.0.0.1; bound when made, it answers once `serve_forever` runs."""

    def __init__(self, make: Callable[[asyncio.AbstractEventLoop], SMTP], port: int, implicit_tls: ssl.SSLContext | None) -> None:
        """`make` gives the protocol for one connection; `implicit_tls` encrypts it from the first byte."""
        self._loop = asyncio.new_event_loop()
        binding = self._loop.create_server(lambda: make(self._loop), "127.0.0.1", port, ssl=implicit_tls)
        self._server = self._loop.run_until_complete(binding)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self._stopped = threading.Event()

    def serve_forever(self) -> None:
        """Answers until `stop`."""
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._server.close()
            for task in asyncio.all_tasks(self._loop):
                task.cancel()
            self._loop.run_until_complete(asyncio.sleep(0))
        finally:
            self._loop.close()
            self._stopped.set()

    def stop(self) -> None:
        """Stops answering and waits until it has; a started server only."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._stopped.wait(5)


def serve(
    outbox: Outbox,
    *,
    port: int = 0,
    login: tuple[str, str] | None = None,
    starttls: ssl.SSLContext | None = None,
    implicit_tls: ssl.SSLContext | None = None,
) -> MailServer:
    """A mail server into `outbox`; it runs once the caller starts it. Port 0 takes a free port.

    With `login` (user, password) it takes mail from those who log in alone, and with `starttls` on
    encrypted connections alone; `implicit_tls` encrypts from the first byte.
    """

    def make(loop: asyncio.AbstractEventLoop) -> SMTP:
        options: dict[str, Any] = {"hostname": "mail.local", "ident": "MamaStoria local mail", "enable_SMTPUTF8": True, "loop": loop}
        if login:
            options |= {"authenticator": _Login(*login), "auth_required": True, "auth_require_tls": starttls is not None}
        return SMTP(_Mailbox(outbox), tls_context=starttls, require_starttls=starttls is not None, **options)

    return MailServer(make, port, implicit_tls)


class _Login:
    def __init__(self, user: str, password: str) -> None:
        self._expected = LoginPassword(user.encode(), password.encode())

    def __call__(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data == self._expected, handled=False)


class _Mailbox:
    """Takes every address but those of `refused.test` and `busy.test`, with which failures can be tried out."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if address.endswith("@refused.test"):
            return "550 5.1.1 No such user here"
        if address.endswith("@busy.test"):
            return "450 4.2.1 The mailbox is busy, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(envelope.content or b"", _class=EmailMessage, policy=policy.default)  # type: ignore[arg-type]
        body = message.get_body(("plain", "html"))
        text = str(body.get_content()) if body else ""
        for address in envelope.rcpt_tos:
            self._outbox.add("mail", address, str(message["Subject"] or ""), text.replace("\r\n", "\n").rstrip("\n"))
        return "250 Message accepted"
