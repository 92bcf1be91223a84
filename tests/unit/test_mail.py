"""A mail as programs read it: headers that nobody can add to, HTML that says what the text says and loads nothing."""

import re
from datetime import date
from email import message_from_bytes
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from marketplace.domain.mail_address import MAX_LOCAL, address_or_none
from marketplace.notify.catalogues import translator
from marketplace.notify.letter import Letter
from marketplace.notify.letters import MAX_SUBJECT, Begins, NewsGroup, confirmation, news
from marketplace.notify.mail import Recipient, write_mail
from marketplace.notify.sentence import Wording
from tests.conftest import NOW
from tests.mail_server import BASE_URL, SENDER, body

GERMAN = translator("de")
END, END_ALL = f"{BASE_URL}/abbestellen/{'a' * 36}.{'b' * 36}.{'c' * 43}", f"{BASE_URL}/abbestellen/all"
DAY = date(2026, 3, 2)
ITEM = Wording(
    "Neuer Dienst: Wohnsitz", ("Der Eintrag ist veröffentlicht.",), f"{BASE_URL}/dienste/w", "Eintrag"
)
LURE = '<img src=https://evil.example/pixel.gif><script>alert(1)</script> & "Söhne"'


def read(letter: Letter, to: Recipient | None = None) -> EmailMessage:
    """The mail, written and read again."""
    written = write_mail(letter, to or Recipient("amt@example.org"), SENDER, "news:1", NOW)
    assert written.isascii()
    assert all(len(line) <= 998 for line in written.split(b"\r\n"))
    mail = message_from_bytes(written, policy=default)
    assert not mail.defects
    return mail


def about(*items: Wording, title: str | None = "Wohnsitz") -> Letter:
    return news([NewsGroup(title, items, END)], (DAY, DAY), END_ALL, None, GERMAN)


def test_a_mail_has_two_bodies_and_ends_with_one_click() -> None:
    mail = read(about(ITEM))
    assert mail["Subject"] == ITEM.title
    assert mail["From"] == f"OZG Marketplace <{SENDER}>"
    assert mail["To"] == "amt@example.org"
    assert mail["List-Unsubscribe"] == f"<{END}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    for kind in ("plain", "html"):
        for said in (ITEM.title, ITEM.lines[0], ITEM.address, ITEM.label, END, END_ALL):
            assert said in body(mail, kind)


def test_the_address_that_ends_it_stands_whole_on_one_line_whatever_its_length() -> None:
    written = write_mail(about(ITEM), Recipient("amt@example.org"), SENDER, "news:1", NOW)
    assert f"List-Unsubscribe: <{END}>\r\n".encode() in written


def test_a_mail_keeps_its_id_when_it_is_sent_again() -> None:
    first = write_mail(about(ITEM), Recipient("amt@example.org"), SENDER, "news:1", NOW)
    again = write_mail(about(ITEM, ITEM), Recipient("amt@example.org"), SENDER, "news:1", NOW)
    other = write_mail(about(ITEM), Recipient("amt@example.org"), SENDER, "news:2", NOW)
    ids = [message_from_bytes(one)["Message-ID"] for one in (first, again, other)]
    assert ids[0] == ids[1] != ids[2]
    assert re.fullmatch(r"<[0-9a-f]{32}@marktplatz\.example>", ids[0])


def test_one_click_ends_everything_where_a_mail_tells_of_several_things_or_of_what_the_reader_cannot_end() -> (
    None
):
    several = news(
        [NewsGroup("A", [ITEM], END), NewsGroup("B", [ITEM], END_ALL + "2")],
        (DAY, DAY),
        END_ALL,
        None,
        GERMAN,
    )
    assert read(several)["List-Unsubscribe"] == f"<{END_ALL}>"
    of_organisation = news(
        [NewsGroup(None, [ITEM], None)], (DAY, DAY), END_ALL, f"{BASE_URL}/abonnements", GERMAN
    )
    mail = read(of_organisation)
    assert mail["List-Unsubscribe"] == f"<{END_ALL}>"
    assert "Aus Ihrer Organisation" in body(mail)
    assert f"{BASE_URL}/abonnements" in body(mail)


@pytest.mark.parametrize(
    ("last", "language", "subject"),
    [
        (DAY, "de", "12 Nachrichten vom 02.03.2026"),
        (date(2026, 3, 8), "de", "12 Nachrichten vom 02.03.2026 bis 08.03.2026"),
    ],
)
def test_a_digest_says_how_much_happened_and_when(last: date, language: str, subject: str) -> None:
    groups = [NewsGroup("A", [ITEM] * 5, END), NewsGroup(None, [ITEM] * 7, None)]
    assert news(groups, (DAY, last), END_ALL, None, translator(language)).subject == subject


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x00"])
def test_no_name_adds_a_header(break_: str) -> None:
    evil = f"Wohnsitz{break_}Bcc: opfer@example.org{break_}{break_}<h1>Gewonnen</h1>"
    item = ITEM._replace(title=evil)
    mail = read(about(item, title=evil), Recipient("amt@example.org", f"Rosa{break_}Bcc: opfer@example.org"))
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert mail["Subject"] == "Wohnsitz Bcc: opfer@example.org <h1>Gewonnen</h1>"
    to = mail["To"]
    assert isinstance(to, AddressHeader)
    assert [(one.display_name, one.addr_spec) for one in to.addresses] == [
        ("Rosa Bcc: opfer@example.org", "amt@example.org")
    ]


@pytest.mark.parametrize(
    "evil",
    [
        "=?utf-8?q?=0D=0ABcc:_opfer=40example.org?=",
        "=?utf-8?b?DQpCY2M6IG9wZmVyQGV4YW1wbGUub3Jn?=",
        "=?=?utf-8?q?=0D=0ABcc:_opfer=40example.org?=",
        "a =?utf-8?q?=0ABcc:_opfer=40example.org?= b",
    ],
)
def test_no_encoded_name_adds_a_header_when_it_is_decoded(evil: str) -> None:
    written = write_mail(
        about(ITEM._replace(title=evil)), Recipient("amt@example.org", evil), SENDER, "news:1", NOW
    )
    mail = message_from_bytes(written, policy=default)
    assert "Bcc" not in mail
    assert b"\nBcc" not in written.partition(b"\r\n\r\n")[0]
    assert mail["Subject"] == evil.replace("=?", "= ?")


def test_a_name_with_commas_and_brackets_stays_one_name() -> None:
    name = 'Muster, "Rosa" <chef@example.org>, Über'
    to = read(about(ITEM), Recipient("amt@example.org", name))["To"]
    assert isinstance(to, AddressHeader)
    assert [(one.display_name, one.addr_spec) for one in to.addresses] == [(name, "amt@example.org")]


@given(st.text("ab.=?_'*+-/{}|~^`!#$%&", min_size=1, max_size=MAX_LOCAL))
@settings(max_examples=60, deadline=None)
def test_whatever_is_taken_as_an_address_can_be_written_to(local: str) -> None:
    address = address_or_none(f"{local}@münchen.example")
    assume(address is not None)
    assert address is not None
    to = read(about(ITEM), Recipient(address, "Rosa Muster"))["To"]
    assert isinstance(to, AddressHeader)
    assert [one.addr_spec for one in to.addresses] == [address]


def test_html_in_a_name_is_text_in_both_bodies() -> None:
    item = Wording(LURE, (LURE,), f"{BASE_URL}/dienste/a?b=1&c=2", LURE)
    mail = read(about(item, title=LURE))
    html = body(mail, "html")
    assert "<img" not in html
    assert "<script" not in html
    assert html.count("&lt;img src=https://evil.example/pixel.gif&gt;") == 5
    assert 'href="https://marktplatz.example/dienste/a?b=1&amp;c=2"' in html
    assert LURE.split(">", maxsplit=1)[0] in " ".join(body(mail).split())


def test_nothing_in_a_mail_tells_that_it_was_read_and_every_link_is_our_own() -> None:
    html = body(read(about(ITEM)), "html")
    assert not re.search(r"<(img|link|script|iframe|object|video|audio|source)\b|url\(|@import|src=", html)
    assert {address.split("/")[2] for address in re.findall(r'href="([^"]+)"', html)} == {
        "marktplatz.example"
    }


def test_long_subjects_are_cut_and_umlauts_survive() -> None:
    mail = read(about(ITEM._replace(title="Übergrößenänderung " * 40)))
    assert mail["Subject"].startswith("Übergrößenänderung Übergrößenänderung")
    assert len(mail["Subject"]) <= MAX_SUBJECT


def test_who_is_asked_to_confirm_can_do_nothing_and_is_not_on_a_list_yet() -> None:
    letter = confirmation(
        Begins("Wohnsitz", ["Neuer Eintrag"], "täglich"),
        f"{BASE_URL}/abonnieren/bestaetigen/x",
        NOW,
        BASE_URL,
        GERMAN,
    )
    mail = read(letter)
    assert "List-Unsubscribe" not in mail
    assert f"{BASE_URL}/abonnieren/bestaetigen/x" in body(mail)
    assert "tun Sie nichts" in " ".join(body(mail).split())


@given(st.text(max_size=120))
@settings(max_examples=60, deadline=None)
def test_whatever_a_name_holds_the_mail_has_its_own_headers_only(name: str) -> None:
    mail = read(
        about(ITEM._replace(title=name or "x"), title=name or None), Recipient("amt@example.org", name)
    )
    to = mail["To"]
    assert isinstance(to, AddressHeader)
    assert [one.addr_spec for one in to.addresses] == ["amt@example.org"]
    assert len(mail.keys()) == 11
