"""A real mail server on loopback that keeps what it takes, and answers some addresses as real servers do."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from marketplace.settings import Settings

USER, PASSWORD = "marktplatz", "ein geheimes Wort"
SENDER = "marktplatz@marktplatz.example"
BASE_URL = "https://marktplatz.example"
UNKNOWN, FULL, LOST, RELAY = (
    "unbekannt@example.org",
    "voll@example.org",
    "weg@example.org",
    "fremd@example.org",
)
SPAM = "streng@example.org"
ANSWERS = {
    UNKNOWN: "550 5.1.1 no such user here",
    FULL: "450 4.2.2 mailbox full",
    RELAY: "554 5.7.1 relay access denied",
}


class Post:
    """What arrived, and which addresses the server answers in its own way."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answers = dict(ANSWERS)
        self.logins = 0

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if LOST in envelope.rcpt_tos:
            assert server.transport is not None
            server.transport.abort()  # type: ignore[attr-defined]  # a socket's transport, which has it
            return "451 gone"
        if SPAM in envelope.rcpt_tos:
            return "554 5.6.0 looks like spam"
        self.envelopes.append(envelope)
        return "250 taken"

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        self.logins += 1
        good = data.login == USER.encode() and data.password == PASSWORD.encode()
        return AuthResult(success=good, handled=good)

    @property
    def mails(self) -> list[EmailMessage]:
        """The mails as a mail program reads them."""
        return [message_from_bytes(one.content, policy=default) for one in self.envelopes]  # type: ignore[arg-type]  # bytes unless asked for SMTPUTF8; the policy makes EmailMessages

    def to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        sent = zip(self.envelopes, self.mails, strict=True)
        return [mail for envelope, mail in sent if address in envelope.rcpt_tos]


def body(mail: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail, or its HTML."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@contextmanager
def serving(
    certificate: ssl.SSLContext | None = None, *, login: bool = False, from_first_byte: bool = False
) -> Iterator[tuple[Post, int]]:
    """Run a server, with TLS (``from_first_byte``, else by STARTTLS) and login where wanted.

    Gives what arrives and its port.
    """
    post, port = Post(), free_port()
    asked = None if from_first_byte else certificate
    controller = Controller(
        post, hostname="127.0.0.1", port=port, tls_context=asked, require_starttls=asked is not None,
        ssl_context=certificate if from_first_byte else None,
        # The server takes only what STARTTLS began for encrypted: elsewhere it can offer a login, but not require it.
        authenticator=post.authenticate if login else None, auth_required=login and not from_first_byte,
        auth_require_tls=not from_first_byte,
    )  # fmt: skip
    controller.start()
    try:
        yield post, port
    finally:
        controller.stop()


def free_port() -> int:
    """A port of loopback that nobody listens at."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def mail_settings(port: int, **others: Any) -> Settings:
    """Settings of a marketplace that sends through such a server, unencrypted unless ``others`` say so."""
    given = {
        "demo": True, "base_url": BASE_URL, "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_sender": SENDER,
        "smtp_starttls": False,
    }  # fmt: skip
    return Settings(_env_file=None, **{**given, **others})


def with_login(ca_certs: Path | None, password: str = PASSWORD) -> dict[str, Any]:
    """The settings of a login over a connection that has to be encrypted, in one way or the other."""
    return {"smtp_ca_certs": ca_certs, "smtp_user": USER, "smtp_password": password}


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Post, int]]:
    """The server of a file's tests and its port."""
    with serving() as served:
        yield served


@pytest.fixture
def post(served: tuple[Post, int]) -> Post:
    """What arrives in one test."""
    served[0].envelopes.clear()
    return served[0]
