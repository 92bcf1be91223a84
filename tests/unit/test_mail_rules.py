"""What becomes of mails and addresses after each answer of a server; addresses; tokens in links."""

from datetime import timedelta

import pytest

from marketplace.domain.link_tokens import EVERYTHING, MAX_TOKEN, is_genuine, make_token, read_token
from marketplace.domain.mail import (
    MOST_FAILURES,
    PAUSES,
    Attempt,
    Outcome,
    Reach,
    answer_to_address,
    answer_to_mail,
    reach_after,
    standing_after,
)
from marketplace.domain.mail_address import address_or_none, read_address
from marketplace.errors import InvalidInput
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("code", "text", "outcome"),
    [
        (550, "5.1.1 no such user", Outcome.ADDRESS_REFUSED),
        (550, "no such user", Outcome.ADDRESS_REFUSED),
        (553, "5.1.3 bad address", Outcome.ADDRESS_REFUSED),
        (552, "5.2.2 mailbox full", Outcome.ADDRESS_REFUSED),
        (450, "4.2.1 greylisted", Outcome.LATER),
        (451, "try again", Outcome.LATER),
        (554, "5.7.1 relay access denied", Outcome.LATER),
        (530, "authentication required", Outcome.LATER),
        (503, "5.5.1 bad sequence", Outcome.LATER),
    ],
)
def test_only_what_is_said_of_the_address_counts_against_it(code: int, text: str, outcome: Outcome) -> None:
    assert answer_to_address(code, text) is outcome


def test_a_server_may_refuse_one_mail_without_a_word_on_the_address() -> None:
    assert answer_to_mail(554) is Outcome.MAIL_REFUSED
    assert answer_to_mail(452) is Outcome.LATER


def test_what_is_put_off_is_tried_for_a_day_with_growing_pauses_then_parked() -> None:
    assert sum(PAUSES, timedelta()) > timedelta(hours=23)
    assert list(PAUSES) == sorted(PAUSES)
    later, now = Attempt(Outcome.LATER, "450 full"), NOW
    for attempts, pause in enumerate(PAUSES):
        standing = standing_after(attempts, later, now)
        assert (standing.due_at, standing.parked_at, standing.error) == (now + pause, None, "450 full")
    last = standing_after(len(PAUSES), later, now)
    assert (last.due_at, last.parked_at, last.sent_at) == (None, now, None)


def test_a_refused_address_is_paused_at_once_one_that_never_answers_after_some_mails() -> None:
    refused = Attempt(Outcome.ADDRESS_REFUSED, "550 5.1.1 no such user")
    assert reach_after(0, refused, is_parked=True) == Reach(1, "550 5.1.1 no such user")
    full = Attempt(Outcome.LATER, "450 full")
    assert reach_after(0, full, is_parked=False) == Reach(0, None)
    assert reach_after(0, full, is_parked=True) == Reach(1, None)
    assert reach_after(MOST_FAILURES - 1, full, is_parked=True) == Reach(MOST_FAILURES, "450 full")


def test_a_mail_that_was_taken_clears_the_address_and_an_outage_says_nothing_of_it() -> None:
    assert reach_after(2, Attempt(Outcome.TAKEN), is_parked=False) == Reach(0, None)
    assert reach_after(2, Attempt(Outcome.DOWN, "no answer"), is_parked=True) == Reach(2, None)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("  Max.Muster+abo@Example.ORG ", "max.muster+abo@example.org"),
        ("amt@münchen.de", "amt@xn--mnchen-3ya.de"),
        ("amt@BÜCHER.example", "amt@xn--bcher-kva.example"),
        ("amt@xn--bcher-kva.example", "amt@xn--bcher-kva.example"),
        (
            "amt@straße.example",
            "amt@xn--strae-oqa.example",
        ),  # another domain than strasse.example since IDNA 2008
        ("a@b.co", "a@b.co"),
    ],
)
def test_addresses_are_read_kindly(given: str, read: str) -> None:
    assert read_address(given) == read


@pytest.mark.parametrize(
    "given",
    [
        "amt", "amt@", "@example.org", "amt@localhost", "a b@example.org", "a@exa mple.org", "a@@example.org",
        "a..b@example.org", ".a@example.org", '"a b"@example.org', "a@[127.0.0.1]", "a@-example.org",
        "a@example.org\r\nBcc: b@example.org", "a@example.org\nRCPT TO:<b@example.org>", "a,b@example.org",
        "<a@example.org>", "ü b@example.org", "a@example.org.", "a@" + "b" * 64 + ".org", "a" * 65 + "@example.org",
        "a@" + ".".join(["b" * 60] * 5) + ".org", "a\x00@example.org", "=?utf-8?b?YQ==?=@example.org", "a@\ud800.org",
        "ü..b@example.org", "ü@example", "a@♥.example", "a@xn--a.example", "a@" + "ü" * 5000 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(given: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_address(given)
    assert (refused.value.errors[0].field, refused.value.errors[0].rule) == ("email", "format")
    assert address_or_none(given) is None


@pytest.mark.parametrize(
    "given",
    ["müller@bücher.example", "müller@example.org", "ſ@example.org", "ı@example.org", "İ@example.org"],
)
def test_letters_before_the_at_that_no_mail_can_be_written_to_are_named(given: str) -> None:
    with pytest.raises(InvalidInput, match="only the letters a to z") as refused:
        read_address(given)
    assert (refused.value.errors[0].field, refused.value.errors[0].rule) == ("email", "ascii")


@pytest.mark.parametrize("given", ["", "   ", None, 7])
def test_an_address_is_needed(given: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_address(given)
    assert refused.value.errors[0].rule == "required"


def test_a_token_is_good_for_what_it_names_and_nothing_else() -> None:
    secret, other = "s" * 43, "t" * 43
    token = make_token("follower-1", "subscription-1", secret)
    named = read_token(token)
    assert named is not None
    assert (named.follower_id, named.what, named.is_everything) == ("follower-1", "subscription-1", False)
    assert is_genuine(named, secret)
    assert not is_genuine(named, other)
    forged = read_token(token.replace("subscription-1", EVERYTHING))
    assert forged is not None
    assert forged.is_everything
    assert not is_genuine(forged, secret)
    foreign = read_token(token.replace("follower-1", "follower-2"))
    assert foreign is not None
    assert not is_genuine(foreign, secret)


@pytest.mark.parametrize(
    "token", ["", "a.b", "a.b.c", "a.b." + "c" * 42, "a.b." + "ü" * 43, "." * MAX_TOKEN, "a" * 5000]
)
def test_what_has_not_the_form_of_a_token_is_none(token: str) -> None:
    assert read_token(token) is None
