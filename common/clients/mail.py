"""Mail over SMTP, one message to one person."""

import re
import smtplib
import ssl
import time
from typing import TYPE_CHECKING, Any

from common import deadlines, settings
from common.clients.errors import Refused, Unavailable
from common.i18n import Text

if TYPE_CHECKING:
    from email.headerregistry import Address
    from email.message import EmailMessage

# Seconds: a message that is not handed over by then counts as not sent.
DEADLINE = 10.0


class Lost(Unavailable):
    """The connection broke off once the server was being told the message, so that it may have taken it."""


BAD_SUBJECT = Text(
    en="This message cannot be sent: its subject is not one line of text.",
    id="Pesan ini tidak dapat dikirim: subjeknya bukan satu baris teks.",
)
BAD_ADDRESS = Text(en="Mail cannot be delivered to this address.", id="Email tidak dapat dikirim ke alamat ini.")


def send(to: str, subject: str, text: str, html: str | None = None) -> None:
    """Hands a message to the mail server; tried once, since a second try may be a second mail.

    `to` is one bare address, `html` another form of `text`. Raises `Refused` when there is no such
    address, or the mail server will have nothing to do with it for good (5xx), or when `to` or
    `subject` hold what no header may hold; and `Unavailable` when the server cannot be reached, is
    busy (4xx) or does not take our login. Of these, `Lost` alone may have been sent.
    """
    message = _message(to, subject, text, html)
    try:
        server = _connected(message["From"].addresses[0].domain)
        try:
            _hand_over(server, message, to)
        finally:
            _leave(server)
    except (smtplib.SMTPException, OSError) as error:
        raise Unavailable("mail", f"{type(error).__name__}: {error}") from error


def _message(to: str, subject: str, text: str, html: str | None) -> "EmailMessage":
    """The message; the policy refuses line breaks in headers, and `to` must be one address and nothing else."""
    from email.message import EmailMessage
    from email.policy import SMTP
    from email.utils import localtime, make_msgid

    message = EmailMessage(SMTP)
    message["From"] = settings.MAIL_FROM()
    message["To"] = _address(to)
    try:
        message["Subject"] = subject
    except ValueError as error:
        raise Refused(BAD_SUBJECT, str(error)) from None
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=message["From"].addresses[0].domain)
    # Without it, people's "I am away" replies come back to the sender's mailbox.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    if html is not None:
        message.add_alternative(html, subtype="html")
    return message


def _address(to: str) -> "Address":
    from email.errors import MessageError
    from email.headerregistry import Address

    try:
        return Address(addr_spec=to)
    except (ValueError, IndexError, MessageError) as error:  # The parser fails in each of these ways.
        raise Refused(BAD_ADDRESS, str(error)) from None


def _connected(our_name: str) -> "_Conversation":
    """A connection to the mail server, encrypted and logged in as the settings say."""
    host, port, security = settings.SMTP_HOST(), settings.SMTP_PORT(), settings.SMTP_TLS()
    if security not in ("starttls", "tls", "none"):
        raise settings.Misconfigured("SMTP_TLS is starttls, tls or none")
    # Our name is said outright: smtplib would ask the DNS for it, and wait.
    if security == "tls":
        server: _Conversation = _TlsConversation(host, port, our_name, timeout=DEADLINE, context=ssl.create_default_context())
    else:
        server = _Conversation(host, port, our_name, timeout=DEADLINE)
    try:
        if security == "starttls":
            server.starttls(context=ssl.create_default_context())
        if settings.SMTP_USER():
            server.login(settings.SMTP_USER(), settings.SMTP_PASSWORD())
    except BaseException:
        server.close()
        raise
    return server


class _Conversation(smtplib.SMTP):
    """SMTP with one deadline for all of it.

    smtplib's timeout starts anew with every read, and a server that slows down senders it does not
    know can answer each of ten commands just in time.
    """

    telling = False

    def __init__(self, *args: Any, **options: Any) -> None:
        self._end = time.monotonic() + DEADLINE
        super().__init__(*args, **options)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Tell the server the message; until now it has taken nothing."""
        self.telling = True
        return super().data(msg)

    def getreply(self) -> tuple[int, bytes]:
        """The server's next reply; raises TimeoutError once the deadline has passed."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"no end within {DEADLINE:.0f} s")
        if self.sock:
            self.sock.settimeout(left)
            # Else smtplib makes a file of it for which the time begins anew with every byte.
            file: Any = self.file or deadlines.reader(self.sock)
            file.raw.start()
            self.file = file
        return super().getreply()


class _TlsConversation(_Conversation, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


def _hand_over(server: _Conversation, message: "EmailMessage", to: str) -> None:
    try:
        server.send_message(message, from_addr=message["From"].addresses[0].addr_spec, to_addrs=[to])
    except smtplib.SMTPRecipientsRefused as error:
        raise _failure(*next(iter(error.recipients.values()))) from None
    # "Log in first" is for operations to set right, like a wrong password: the mail waits.
    except smtplib.SMTPSenderRefused as error:
        raise _failure(450 if error.smtp_code == 530 else error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPDataError as error:
        raise _failure(error.smtp_code, error.smtp_error) from None
    except smtplib.SMTPNotSupportedError as error:  # An address beyond ASCII, and a server that knows none such.
        raise Refused(BAD_ADDRESS, str(error)) from None
    except OSError as error:
        if not server.telling:
            raise
        raise Lost("mail", f"{type(error).__name__}: {error}") from error


def _leave(server: smtplib.SMTP) -> None:
    # The message has been taken by now; a quarrel over the good-bye must not have it sent again.
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()


def _failure(code: int, why: bytes | str) -> Exception:
    words = why.decode(errors="replace") if isinstance(why, bytes) else why
    # Servers like to quote whom they refuse, and this is for the log.
    said = f"{code} " + re.sub(r"[^\s<>]*@[^\s<>]*", "…", words)
    return Refused(BAD_ADDRESS, said) if code >= 500 else Unavailable("mail", said)
