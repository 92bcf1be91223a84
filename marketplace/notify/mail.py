"""A mail as it goes over the wire (RFC 5322, MIME): headers that nobody can add to, text and HTML side by side."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from hashlib import sha256

from marketplace.notify.letter import Letter, html_of, text_of
from marketplace.notify.letters import SITE
from marketplace.notify.plain import MAX_TITLE, plain

MAX_NAME = 100
_WHOLE = frozenset({"list-unsubscribe", "list-unsubscribe-post", "message-id"})


class _Policy(EmailPolicy):
    """SMTP's, with addresses left on one line: Python would write long ones as encoded words, which no program reads."""

    def fold_binary(self, name: str, value: str) -> bytes:
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


_POLICY = _Policy(linesep=SMTP.linesep)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a mail is for; ``name`` None: only the address is known."""

    address: str
    name: str | None = None


def write_mail(letter: Letter, to: Recipient, sender: str, key: str, now: datetime) -> bytes:
    """Return the mail. ``key`` names it for good: sent twice, it has the same Message-ID, and programs show it once.

    Raises:
        ValueError: an address that is none.
    """
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = Address(SITE, addr_spec=sender)
    mail["To"] = Address(_words(to.name, MAX_NAME), addr_spec=to.address)
    mail["Subject"] = _words(letter.subject, MAX_TITLE)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{sha256(key.encode()).hexdigest()[:32]}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    if letter.one_click is not None:
        mail["List-Unsubscribe"] = f"<{letter.one_click}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(text_of(letter), cte="quoted-printable")
    mail.add_alternative(html_of(letter), subtype="html", cte="quoted-printable")
    mail["Content-Language"] = letter.language
    return mail.as_bytes()


def _words(text: str | None, limit: int) -> str:
    """Return a text as a header holds it: on one line, and nothing in it that Python would decode as an encoded word.

    What is decoded may hold line breaks, and with them headers of whoever wrote the text (RFC 2047, 5).
    """
    return plain(text, limit).replace("=?", "= ?")
