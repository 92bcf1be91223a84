"""Handing mails to a real server on loopback: encrypted, signed in, refused, dropped."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

from marketplace.actions.mailing import mail_server
from marketplace.domain.mail import Attempt, Outcome
from marketplace.notify.smtp import Connection
from marketplace.settings import Settings
from tests.mail_server import (
    FULL,
    LOST,
    RELAY,
    SENDER,
    SPAM,
    UNKNOWN,
    Post,
    free_port,
    mail_settings,
    serving,
    with_login,
)

MAIL = b"Subject: Gru\xc3\x9f\r\n\r\nHallo\r\n.\r\nEnde\r\n"
READER = "amt@example.org"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def trusted(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tls") / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@pytest.fixture(scope="module")
def certificate(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    return context


@pytest.fixture(scope="module")
def plain() -> Iterator[tuple[Post, int]]:
    with serving() as served:
        yield served


def send(settings: Settings, *addresses: str) -> list[Attempt]:
    server = mail_server(settings)
    assert server is not None
    with Connection(server) as connection:
        return [connection.send(one, MAIL) for one in addresses]


def way(first_byte: bool) -> dict[str, Any]:
    return {"smtp_tls": first_byte, "smtp_starttls": not first_byte}


@pytest.mark.parametrize("first_byte", [False, True], ids=["starttls", "first byte"])
def test_mails_go_encrypted_and_signed_in(
    certificate: ssl.SSLContext, trusted: Path, first_byte: bool
) -> None:
    with serving(certificate, login=True, from_first_byte=first_byte) as (post, port):
        settings = mail_settings(port, **with_login(trusted), **way(first_byte))
        attempts = send(settings, READER, "zwei@example.org")
        assert [one.outcome for one in attempts] == [Outcome.TAKEN, Outcome.TAKEN]
        assert post.logins == 1
        assert [one.mail_from for one in post.envelopes] == [SENDER, SENDER]
        assert post.envelopes[0].content == MAIL


@pytest.mark.parametrize("first_byte", [False, True], ids=["starttls", "first byte"])
@pytest.mark.parametrize("wrong", ["password", "authority"])
def test_a_wrong_password_or_certificate_sends_nothing(
    certificate: ssl.SSLContext, trusted: Path, wrong: str, first_byte: bool
) -> None:
    given: dict[str, Any] = with_login(trusted, "falsch") if wrong == "password" else with_login(None)
    with serving(certificate, login=True, from_first_byte=first_byte) as (post, port):
        (attempt,) = send(mail_settings(port, **given, **way(first_byte)), READER)
        assert attempt.outcome is Outcome.DOWN
        assert ("535" if wrong == "password" else "CERTIFICATE_VERIFY_FAILED") in (attempt.error or "")
        assert post.envelopes == []


def test_nothing_goes_to_a_server_that_cannot_encrypt_where_it_should(plain: tuple[Post, int]) -> None:
    (attempt,) = send(mail_settings(plain[1], smtp_starttls=True), READER)
    assert attempt.outcome is Outcome.DOWN
    assert "STARTTLS" in (attempt.error or "")


def test_nothing_goes_to_a_server_that_does_not_speak_tls_at_once_where_it_should(
    plain: tuple[Post, int],
) -> None:
    before = len(plain[0].envelopes)
    (attempt,) = send(mail_settings(plain[1], **way(first_byte=True)), READER)
    assert attempt.outcome is Outcome.DOWN
    assert "SSL" in (attempt.error or "")
    assert len(plain[0].envelopes) == before


@pytest.mark.parametrize(
    ("address", "outcome", "said"),
    [
        (UNKNOWN, Outcome.ADDRESS_REFUSED, "550 5.1.1 no such user here"),
        (FULL, Outcome.LATER, "450 4.2.2 mailbox full"),
        (RELAY, Outcome.LATER, "554 5.7.1 relay access denied"),
        (SPAM, Outcome.MAIL_REFUSED, "554 5.6.0 looks like spam"),
    ],
)
def test_what_a_server_says_is_heard_and_the_next_mail_goes_over_the_same_connection(
    plain: tuple[Post, int], address: str, outcome: Outcome, said: str
) -> None:
    refused, taken = send(mail_settings(plain[1]), address, READER)
    assert refused == Attempt(outcome, said)
    assert taken.outcome is Outcome.TAKEN


def test_a_connection_that_drops_is_opened_anew_for_the_next_mail(plain: tuple[Post, int]) -> None:
    lost, taken = send(mail_settings(plain[1]), LOST, READER)
    assert lost.outcome is Outcome.DOWN
    assert taken.outcome is Outcome.TAKEN


def test_a_server_that_is_not_there_says_so() -> None:
    (attempt,) = send(mail_settings(free_port()), READER)
    assert attempt.outcome is Outcome.DOWN
    assert "refused" in (attempt.error or "")
