"""The fields of a webhook, its signatures, and what follows from an attempt."""

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Checking

from marketplace.domain.change import MessageKind
from marketplace.domain.network_targets import networks
from marketplace.domain.webhook import KINDS, Follows, read_webhook
from marketplace.domain.webhook_attempts import (
    MAX_RETRY_AFTER,
    PAUSES,
    OffReason,
    Outcome,
    next_step,
    retry_after,
)
from marketplace.errors import InvalidInput
from marketplace.notify.webhook_signing import new_secret, signature, signed_headers

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAYS = timedelta(days=5)
FIELDS = {"url": "https://example.org/hook?key=1", "follows": "everything"}


def broken(**fields: object) -> set[tuple[str, str]]:
    with pytest.raises(InvalidInput) as error:
        read_webhook({**FIELDS, **fields})
    return {(one.field, one.rule) for one in error.value.errors}


def test_without_kinds_an_address_is_told_of_all_that_addresses_can_be_told() -> None:
    read = read_webhook(FIELDS)
    assert (read.url, read.note, read.follows) == (FIELDS["url"], None, Follows.EVERYTHING)
    assert read.kinds == KINDS
    assert not any(kind.startswith("figure.") for kind in KINDS)
    chosen = read_webhook({**FIELDS, "kinds": ["claim.rejected", "service.published"], "note": "Abgleich"})
    assert chosen.kinds == (MessageKind.SERVICE_PUBLISHED, MessageKind.CLAIM_REJECTED)
    assert chosen.note == "Abgleich"


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("http://example.org/hook", "https"),
        ("ftp://example.org/hook", "https"),
        ("https://127.0.0.1/hook", "target"),
        ("https://localhost/hook", "target"),
        ("https://[::1]/hook", "target"),
        ("https://[::ffff:127.0.0.1]/", "target"),
        ("https://2130706433/", "target"),
        ("https://169.254.169.254/latest/meta-data", "target"),
        ("https://user:word@example.org/", "login"),
        ("https://user@example.org/", "login"),
        ("https://example.org/#part", "format"),
        ("https://example.org:0/", "format"),
        ("https://example.org:99999/", "format"),
        ("https:///hook", "format"),
        ("https://[::1/hook", "format"),
        ("https://exa mple.org/", "format"),
        ("https://bücher.example/", "format"),
        ("example.org", "format"),
        ("https://example.org/\r\nX: y", "characters"),
        ("https://example.org/" + "x" * 500, "length"),
        ("", "required"),
        (None, "required"),
        (7, "type"),
    ],
)
def test_an_address_that_must_not_or_cannot_be_called_is_refused(url: object, rule: str) -> None:
    assert broken(url=url) == {("url", rule)}


def test_settings_let_private_networks_and_http_pass() -> None:
    url = "http://127.0.0.1:8080/hook"
    read = read_webhook({**FIELDS, "url": url}, plain_http=True, allowed=networks("127.0.0.0/8"))
    assert read.url == url


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kinds": []}, ("kinds", "required")),
        ({"kinds": ["service.gone"]}, ("kinds", "choice")),
        ({"kinds": [["a"]]}, ("kinds", "choice")),
        ({"kinds": ["figure.monthly"]}, ("kinds", "choice")),
        ({"kinds": "service.published"}, ("kinds", "type")),
        ({"kinds": ["x"] * 100}, ("kinds", "type")),
        ({"follows": "nothing"}, ("follows", "choice")),
        ({"follows": None}, ("follows", "required")),
        ({"note": "x" * 201}, ("note", "length")),
        ({"secret": "mine"}, ("secret", "unknown")),
    ],
)
def test_what_an_address_cannot_say_is_refused_by_name(
    fields: dict[str, object], wrong: tuple[str, str]
) -> None:
    assert broken(**fields) == {wrong}


def test_an_independent_library_takes_the_signatures_of_every_secret_that_is_good() -> None:
    old, new, other = new_secret(), new_secret(), new_secret()
    body = json.dumps({"type": "webhook.test", "data": {"name": "Straße"}}).encode()
    headers = signed_headers("chg_1_service.revised", datetime.now(UTC), body, [new, old])
    assert headers["webhook-signature"].count("v1,") == 2
    for secret in (old, new):
        assert Checking(secret).verify(body, headers)["type"] == "webhook.test"
    for changed in (body + b" ", body.replace(b"test", b"tost")):
        with pytest.raises(Exception, match="No matching signature"):
            Checking(new).verify(changed, headers)
    with pytest.raises(Exception, match="No matching signature"):
        Checking(other).verify(body, headers)


def test_the_signature_is_that_of_the_conventions_example() -> None:
    """The example of the convention's libraries: this secret, id, time and body have this signature."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    assert signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body) == (
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    )


def test_pauses_grow_over_a_day_and_then_the_message_is_parked() -> None:
    spent = timedelta(0)
    for attempts in range(1, len(PAUSES) + 1):
        step = next_step(Outcome(500), attempts, NOW, 0.999, NOW, DAYS)
        assert step.due_at is not None
        assert (step.taken, step.rest_until, step.off_reason) == (False, None, None)
        pause = step.due_at - NOW
        assert PAUSES[attempts - 1] <= pause <= PAUSES[attempts - 1] * 1.1
        spent += pause
    assert timedelta(hours=20) < spent < timedelta(hours=24)
    assert next_step(Outcome(500), len(PAUSES) + 1, NOW, 0.5, NOW, DAYS).due_at is None


def test_what_was_taken_is_owed_no_more() -> None:
    for status in (200, 204, 299):
        assert next_step(Outcome(status), 1, NOW, 0.5, NOW - DAYS, DAYS) == next_step(
            Outcome(200), 9, NOW, 0, None, DAYS
        )
    for status in (100, 199, 300, 301, 307, 400, 404, 500):
        assert not next_step(Outcome(status), 1, NOW, 0.5, None, DAYS).taken


def test_an_address_that_is_gone_is_switched_off_at_once() -> None:
    step = next_step(Outcome(410), 1, NOW, 0.5, None, DAYS)
    assert step.due_at is None
    assert step.off_reason is OffReason.GONE


def test_an_address_that_failed_for_days_is_switched_off() -> None:
    almost = next_step(Outcome(500), 3, NOW, 0.5, NOW - DAYS + timedelta(seconds=1), DAYS)
    assert almost.off_reason is None
    over = next_step(Outcome(None), 3, NOW, 0.5, NOW - DAYS, DAYS)
    assert over.off_reason is OffReason.FAILING
    assert over.due_at is None


def test_where_nobody_answers_the_whole_address_rests() -> None:
    step = next_step(Outcome(None), 2, NOW, 0, NOW, DAYS)
    assert step.due_at == step.rest_until == NOW + PAUSES[1]


@pytest.mark.parametrize("status", [429, 503])
def test_who_asks_for_patience_is_left_alone_that_long(status: int) -> None:
    step = next_step(Outcome(status, "900"), 1, NOW, 0, None, DAYS)
    assert step.due_at == step.rest_until == NOW + timedelta(minutes=15)
    at = NOW + timedelta(hours=2)
    step = next_step(Outcome(status, format_datetime(at, usegmt=True)), 1, NOW, 0, None, DAYS)
    assert step.due_at == step.rest_until == at
    sooner = next_step(Outcome(status, "1"), 1, NOW, 0, None, DAYS)
    assert sooner.due_at == NOW + PAUSES[0]
    unclear = next_step(Outcome(status, "soon"), 1, NOW, 0, None, DAYS)
    assert (unclear.due_at, unclear.rest_until) == (NOW + PAUSES[0], None)
    assert next_step(Outcome(500, "900"), 1, NOW, 0, None, DAYS).due_at == NOW + PAUSES[0]


@pytest.mark.parametrize("header", ["99999999", "9" * 400, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_no_patience_is_longer_than_six_hours(header: str) -> None:
    assert retry_after(header, NOW) == NOW + MAX_RETRY_AFTER


def test_a_date_that_has_passed_asks_for_none() -> None:
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT", NOW) == NOW


@given(st.text(max_size=40) | st.from_regex(r"[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ .{0,8}"))
def test_whatever_stands_in_the_header_is_read_or_left(header: str) -> None:
    asked = retry_after(header, NOW)
    assert asked is None or NOW <= asked <= NOW + MAX_RETRY_AFTER
