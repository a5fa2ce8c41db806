"""Mail through a real SMTP server on 127.0.0.1."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from common import settings
from common.clients import mail
from common.clients.errors import Refused, Unavailable
from infra.local import httpd
from infra.local import mail as stand_in


@pytest.fixture
def outbox() -> stand_in.Outbox:
    return stand_in.Outbox()


@pytest.fixture
def server(outbox: stand_in.Outbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[stand_in.MailServer]:
    yield from running(stand_in.serve(outbox), monkeypatch, "none")


def running(server: stand_in.MailServer, monkeypatch: pytest.MonkeyPatch, security: str) -> Iterator[stand_in.MailServer]:
    monkeypatch.setenv("SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SMTP_PORT", str(server.port))
    monkeypatch.setenv("SMTP_TLS", security)
    monkeypatch.setenv("MAIL_FROM", "MamaStoria <noreply@stories.example>")
    httpd.start(server)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of 127.0.0.1: the file for those who trust it, the context for the server that shows it."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name, now = x509.Name([]), datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), 1, now - datetime.timedelta(days=1), now + datetime.timedelta(days=1))
    addresses = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = builder.add_extension(addresses, critical=True).sign(key, hashes.SHA256())
    folder = tmp_path_factory.mktemp("tls")
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "key.pem").write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return folder / "cert.pem", context


def scripted(replies: Callable[[socket.socket], None]) -> int:
    """The port of a server that does `replies` with one connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        with listener, listener.accept()[0] as connection, suppress(ConnectionError):
            replies(connection)

    threading.Thread(target=talk, daemon=True).start()
    port: int = listener.getsockname()[1]
    return port


def test_a_mail_arrives_with_its_subject_and_text(server: stand_in.MailServer, outbox: stand_in.Outbox) -> None:
    mail.send("ibu@example.com", "Kode Anda: 123456 – selamat datang", "Halo Ibu,\n\nkode: 123456\n", "<p>kode: <b>123456</b></p>")
    [entry] = outbox.entries()
    assert (entry["channel"], entry["to"]) == ("mail", "ibu@example.com")
    assert entry["subject"] == "Kode Anda: 123456 – selamat datang"
    assert entry["text"] == "Halo Ibu,\n\nkode: 123456"
    assert datetime.datetime.fromisoformat(entry["at"]).tzinfo is not None


def test_long_lines_and_lone_dots_arrive_as_they_were_written(server: stand_in.MailServer, outbox: stand_in.Outbox) -> None:
    text = "x" * 3000 + "\n.\n..\nselesai é"
    mail.send("ibu@example.com", "Panjang", text)
    assert outbox.entries()[0]["text"] == text


@pytest.mark.parametrize(
    "to",
    [
        "ibu@example.com\r\nBcc: spy@example.com",
        "ibu@example.com, spy@example.com",
        "Ibu <ibu@example.com>",
        "ibu@example.com\n",
        "<ibu@example.com> SIZE=1",
        "ibú@example.com",
        "ibu",
        "",
    ],
)
def test_nothing_but_one_address_can_be_written_to(server: stand_in.MailServer, outbox: stand_in.Outbox, to: str) -> None:
    with pytest.raises(Refused):
        mail.send(to, "Halo", "Isi")
    assert outbox.entries() == []


@pytest.mark.parametrize("subject", ["Halo\r\nBcc: spy@example.com", "Halo\nX: y", "Halo\rX: y"])
def test_a_subject_cannot_smuggle_in_a_header(server: stand_in.MailServer, outbox: stand_in.Outbox, subject: str) -> None:
    with pytest.raises(Refused):
        mail.send("ibu@example.com", subject, "Isi")
    assert outbox.entries() == []


def test_an_address_that_the_server_refuses_is_refused_and_a_busy_one_is_unavailable(server: stand_in.MailServer) -> None:
    with pytest.raises(Refused) as caught:
        mail.send("nobody@refused.test", "Halo", "Isi")
    assert caught.value.reason.id and "No such user" in str(caught.value)
    with pytest.raises(Unavailable):
        mail.send("somebody@busy.test", "Halo", "Isi")


def test_a_mail_server_that_is_down_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("SMTP_PORT", str(free.getsockname()[1]))
        with pytest.raises(Unavailable):
            mail.send("ibu@example.com", "Halo", "Isi")


@pytest.mark.parametrize("answers", [2, 20])
def test_a_server_that_answers_ever_so_slowly_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch, answers: int) -> None:
    def dawdle(connection: socket.socket) -> None:
        connection.sendall(b"220 slow\r\n")
        for _ in range(answers):
            connection.recv(1000)
            time.sleep(0.3)
            connection.sendall(b"250 slow\r\n")
        while connection.recv(1000):
            continue

    monkeypatch.setenv("SMTP_TLS", "none")
    monkeypatch.setenv("SMTP_PORT", str(scripted(dawdle)))
    monkeypatch.setattr(mail, "DEADLINE", 0.8)
    began = time.monotonic()
    with pytest.raises(Unavailable):
        mail.send("ibu@example.com", "Halo", "Isi")
    assert time.monotonic() - began < 6


def test_a_mail_that_was_taken_counts_as_sent_even_without_a_good_bye(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang_up(connection: socket.socket) -> None:
        connection.sendall(b"220 curt\r\n")
        for reply in (b"250 curt\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n"):
            connection.recv(1000)
            connection.sendall(reply)
        while not connection.recv(5000).endswith(b"\r\n.\r\n"):
            continue
        connection.sendall(b"250 taken\r\n")

    monkeypatch.setenv("SMTP_TLS", "none")
    monkeypatch.setenv("SMTP_PORT", str(scripted(hang_up)))
    mail.send("ibu@example.com", "Halo", "Isi")


def replies(monkeypatch: pytest.MonkeyPatch, *given: bytes) -> None:
    """A server that gives these replies, one for each command, and then hangs up."""

    def talk(connection: socket.socket) -> None:
        for reply in given:
            connection.sendall(reply + b"\r\n")
            connection.recv(5000)

    monkeypatch.setenv("SMTP_TLS", "none")
    monkeypatch.setenv("SMTP_PORT", str(scripted(talk)))


@pytest.mark.parametrize(("reply", "error"), [(b"550 5.7.1 sender not verified", Refused), (b"530 log in first", Unavailable)])
def test_a_sender_that_the_server_does_not_take_is_refused_unless_it_only_wants_a_login(
    monkeypatch: pytest.MonkeyPatch, reply: bytes, error: type[Exception]
) -> None:
    replies(monkeypatch, b"220 strict", b"250 strict", reply, b"250 ok", b"221 bye")
    with pytest.raises(error):
        mail.send("ibu@example.com", "Halo", "Isi")


@pytest.mark.parametrize(("taken", "may_be_there"), [((), False), ((b"250 ok",), False), ((b"250 ok", b"250 ok", b"354 go on"), True)])
def test_a_mail_may_be_there_only_once_the_server_was_being_told_it(
    monkeypatch: pytest.MonkeyPatch, taken: tuple[bytes, ...], may_be_there: bool
) -> None:
    replies(monkeypatch, b"220 shaky", b"250 shaky", *taken)
    with pytest.raises(Unavailable) as caught:
        mail.send("ibu@example.com", "Halo", "Isi")
    assert isinstance(caught.value, mail.Lost) is may_be_there


def test_a_login_over_starttls_sends_and_a_wrong_password_is_unavailable(
    outbox: stand_in.Outbox, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificate
    server = stand_in.serve(outbox, login=("backend", "rahasia"), starttls=context)
    for _ in running(server, monkeypatch, "starttls"):
        monkeypatch.setenv("SMTP_USER", "backend")
        monkeypatch.setenv("SMTP_PASSWORD", "rahasia")
        with pytest.raises(Unavailable):  # Nobody vouches for the certificate yet.
            mail.send("ibu@example.com", "Halo", "Isi")
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        mail.send("ibu@example.com", "Halo", "Isi")
        monkeypatch.setenv("SMTP_PASSWORD", "salah")
        with pytest.raises(Unavailable):
            mail.send("ibu@example.com", "Halo", "Isi")
        monkeypatch.setenv("SMTP_TLS", "none")
        with pytest.raises(Unavailable):
            mail.send("ibu@example.com", "Halo", "Isi")
    assert len(outbox.entries()) == 1


def test_a_connection_encrypted_from_the_first_byte_sends(
    outbox: stand_in.Outbox, certificate: tuple[Path, ssl.SSLContext], monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, context = certificate
    for _ in running(stand_in.serve(outbox, implicit_tls=context), monkeypatch, "tls"):
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        mail.send("ibu@example.com", "Halo", "Isi")
    assert len(outbox.entries()) == 1


def test_a_kind_of_encryption_that_does_not_exist_is_a_misconfiguration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_TLS", "ssl")
    with pytest.raises(settings.Misconfigured):
        mail.send("ibu@example.com", "Halo", "Isi")


def test_the_outbox_shows_the_newest_thousand_first_mails_and_pushes_alike() -> None:
    outbox = stand_in.Outbox()
    with ThreadPoolExecutor(8) as pool:
        for number in range(1200):
            pool.submit(outbox.add, "mail", "ibu@example.com", f"{number}", "Isi")
    outbox.add("push", "device-1", "Komik siap", "Komik Anda selesai")
    entries = outbox.entries()
    assert len(entries) == 1000 and entries[0]["channel"] == "push"
    assert [entry["at"] for entry in entries] == sorted((entry["at"] for entry in entries), reverse=True)
