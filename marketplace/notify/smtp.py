"""Handing mails to the mail server (RFC 5321), over one connection as long as it lasts."""

import ipaddress
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from marketplace.domain.mail import Attempt, Outcome, answer_to_address, answer_to_mail

MAX_ERROR = 300
_TRANSACTION_ENDS = 421


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mails are handed in.

    ``starttls``: the connection is encrypted once the server has greeted, ``tls``: from its first byte (RFC 8314).
    ``name`` is how we introduce ourselves; ``timeout_s`` counts for each answer.
    """

    host: str
    port: int
    starttls: bool
    tls: bool
    user: str | None
    password: str | None = field(repr=False)
    ca_certs: Path | None
    sender: str
    name: str
    timeout_s: float


class Connection:
    """A connection that is opened with the first mail and closed at the end of the ``with`` block."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._smtp: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is None:
            return
        # What was sent is settled by now; a server that hangs up first changes nothing of it.
        with suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self._close()

    def send(self, to: str, mail: bytes) -> Attempt:
        """Hand in one mail and say what the server answered; ``DOWN``: it did not, or not as one for us."""
        try:
            smtp = self._smtp or self._open()
            smtp.sendmail(self._server.sender, [to], mail)
        except smtplib.SMTPRecipientsRefused as error:
            code, text = error.recipients[to]
            return self._judged(code, text, answer_to_address(code, _words(text)))
        except smtplib.SMTPDataError as error:
            return self._judged(error.smtp_code, error.smtp_error, answer_to_mail(error.smtp_code))
        except smtplib.SMTPResponseException as error:
            self._close()
            return Attempt(Outcome.DOWN, _said(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            self._close()
            return Attempt(Outcome.DOWN, f"{type(error).__name__}: {error}"[:MAX_ERROR])
        return Attempt(Outcome.TAKEN)

    def _judged(self, code: int, text: bytes | str, outcome: Outcome) -> Attempt:
        if code == _TRANSACTION_ENDS:
            self._close()
            return Attempt(Outcome.DOWN, _said(code, text))
        return Attempt(outcome, _said(code, text))

    def _open(self) -> smtplib.SMTP:
        server = self._server
        name = _greeting(server.name)
        smtp: smtplib.SMTP
        if server.tls:
            smtp = smtplib.SMTP_SSL(
                server.host, server.port, name, timeout=server.timeout_s, context=_trusting(server)
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, name, server.timeout_s)
        self._smtp = smtp
        if server.starttls:
            smtp.starttls(context=_trusting(server))
        if server.user is not None:
            smtp.login(server.user, server.password or "")
        return smtp

    def _close(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _trusting(server: MailServer) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=server.ca_certs)


def _said(code: int, text: bytes | str) -> str:
    return f"{code} {_words(text)}"[:MAX_ERROR]


def _words(text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return " ".join("".join(mark if mark.isprintable() else " " for mark in words).split())


def _greeting(name: str) -> str:
    """Return the name as HELO wants it: addresses in brackets (RFC 5321, 4.1.3)."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    return f"[IPv6:{address}]" if address.version == 6 else f"[{address}]"
