"""``/notifications``: the inbox of who made the token, its filters and languages, marking as read, what is refused."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.tokens import create_token
from marketplace.domain.access import Role
from marketplace.domain.change import MessageKind
from marketplace.domain.followed import FollowedKind
from tests.api.conftest import Headers, bearer, broken_rules
from tests.api.test_shapes import assert_fits
from tests.following import follow
from tests.inboxes import tell
from tests.members import acting_as, add_person

ADDRESS, READ = "/api/v1/notifications", "/api/v1/notifications/read"


@pytest.fixture
def anna(small: Context) -> Headers:
    """A token that Anna made for the machines of her organisation."""
    add_person(small, "anna", "provider", Role.ADMIN)
    admin = acting_as(small, "anna", "provider")
    return bearer(create_token(small, "provider", Role.ADMIN, by=admin, name="Abruf", named=True).secret)


def listed(client: FlaskClient, headers: Headers, query: str = "") -> dict[str, Any]:
    answer = client.get(f"{ADDRESS}?{query}", headers=headers)
    assert answer.status_code == 200, answer.get_json()
    body: dict[str, Any] = answer.get_json()
    return body


def test_the_inbox_is_listed_in_words_and_as_facts(
    app: Flask, small: Context, client: FlaskClient, anna: Headers
) -> None:
    number = tell(
        small, "anna", MessageKind.SERVICE_REVISED, content={"fields": ["summary"], "version": 2, "before": 1}
    )
    body = listed(client, anna)
    assert_fits(app, "list_notifications", body)
    (one,) = body["items"]
    assert one["id"] == number
    assert one["title"] == "Geändert: Wohnsitz"
    assert one["lines"] == ["Geändert: Kurzbeschreibung"]
    assert one["link"] == f"{small.settings.base_url}/dienste/wohnsitz/verlauf?version=2&mit=1"
    assert one["content"]["fields"] == ["summary"]
    assert (one["subscription_title"], one["subscription_link"], one["own_matter"]) == (None, None, False)
    assert one["read_at"] is None
    assert (body["total"], body["unread"]) == (1, 1)


def test_a_message_leads_to_the_subscription_that_asked_for_it(
    app: Flask, small: Context, client: FlaskClient, anna: Headers
) -> None:
    asked = follow(small, FollowedKind.SERVICE, "wohnsitz", person="anna")
    tell(small, "anna", subscription_id=asked)
    tell(small, "anna", MessageKind.CLAIM_REJECTED, organisation_id="provider")
    body = listed(client, anna)
    assert_fits(app, "list_notifications", body)
    own, by_subscription = body["items"]
    assert (own["subscription"], own["subscription_link"], own["own_matter"]) == (None, None, True)
    assert by_subscription["subscription_title"] == "Wohnsitz"
    assert by_subscription["subscription_link"] == f"{small.settings.base_url}/abonnements/{asked}"


def test_a_list_is_filtered_paged_and_not_public(small: Context, client: FlaskClient, anna: Headers) -> None:
    for _ in range(3):
        tell(small, "anna")
    need = tell(small, "anna", MessageKind.NEED_REPORTED, object_kind="theme_field", object_id="bauen")
    client.post(READ, json={"ids": [need]}, headers=anna)
    assert listed(client, anna, "unread=true")["total"] == 3
    both = listed(client, anna, "kind=need.reported&kind=service.published&page_size=1&page=2")
    assert (both["total"], len(both["items"]), both["unread"]) == (4, 1, 3)
    answer = client.get(f"{ADDRESS}?kind=service.published&page_size=2", headers=anna)
    assert 'kind=service.published&page_size=2&page=2>; rel="next"' in answer.headers["Link"]
    assert answer.headers["Cache-Control"] == "private, no-cache"
    again = client.get(
        ADDRESS, headers={**anna, "If-None-Match": client.get(ADDRESS, headers=anna).headers["ETag"]}
    )
    assert again.status_code == 304


def test_some_are_marked_as_read_and_then_all(small: Context, client: FlaskClient, anna: Headers) -> None:
    first, _second, third = (tell(small, "anna") for _ in range(3))
    some = client.post(READ, json={"ids": [first, 999_999]}, headers=anna)
    assert (some.status_code, some.get_json()) == (200, {"marked": 1, "unread": 2})
    top = listed(client, anna)["items"][0]
    assert top["id"] == third
    rest = client.post(READ, json={"until_position": top["position"]}, headers=anna)
    assert rest.get_json() == {"marked": 2, "unread": 0}
    assert all(one["read_at"] for one in listed(client, anna)["items"])


def test_a_token_that_only_reads_marks_nothing(small: Context, client: FlaskClient, anna: Headers) -> None:
    del anna
    admin = acting_as(small, "anna", "provider")
    made = create_token(small, "provider", Role.ADMIN, by=admin, name="Lesen", named=True, scopes=["read"])
    tell(small, "anna")
    assert listed(client, bearer(made.secret))["unread"] == 1
    assert client.post(READ, json={"ids": [1]}, headers=bearer(made.secret)).status_code == 403
    assert listed(client, bearer(made.secret))["unread"] == 1


def test_nobody_reads_the_inbox_of_others(small: Context, client: FlaskClient, anna: Headers) -> None:
    number = tell(small, "anna")
    add_person(small, "bert", "rival", Role.ADMIN)
    made = create_token(
        small, "rival", Role.ADMIN, by=acting_as(small, "bert", "rival"), name="Abruf", named=True
    )
    bert = bearer(made.secret)
    assert listed(client, bert)["total"] == 0
    assert client.post(READ, json={"ids": [number]}, headers=bert).get_json() == {"marked": 0, "unread": 0}
    assert client.post(READ, json={"until_position": 10}, headers=bert).get_json()["marked"] == 0
    assert listed(client, anna)["unread"] == 1


def test_without_a_person_behind_it_a_token_has_no_inbox(client: FlaskClient, publisher: Headers) -> None:
    for answer in (
        client.get(ADDRESS, headers=publisher),
        client.post(READ, json={"ids": [1]}, headers=publisher),
    ):
        assert answer.status_code == 403
        assert "no inbox" in answer.get_json()["detail"]
    assert client.get(ADDRESS).status_code == 401
    assert client.post(READ, json={"ids": [1]}).status_code == 401


@pytest.mark.parametrize(
    ("query", "field", "rule"),
    [
        ("unread=yes", "unread", "type"),
        ("unread=true&unread=true", "unread", "repeated"),
        ("kind=service.exploded", "kind.0", "choice"),
        ("&".join(["kind=need.reported"] * 51), "kind", "length"),
        ("lang=fr", "lang", "choice"),
        ("page=0", "page", "range"),
        ("page_size=201", "page_size", "range"),
        ("follower=bert", "follower", "unknown"),
    ],
)
def test_a_bad_parameter_is_named(
    client: FlaskClient, anna: Headers, query: str, field: str, rule: str
) -> None:
    answer = client.get(f"{ADDRESS}?{query}", headers=anna)
    assert answer.status_code == 422
    assert (field, rule) in broken_rules(answer.get_json())


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (b'{"ids": []}', 422, "ids"),
        (b'{"ids": ["1"]}', 422, "ids.0"),
        (b'{"ids": [1], "until_position": 1}', 422, "ids"),
        (b'{"until_position": 9223372036854775808}', 422, "until_position"),
        (b'{"until_position": 1e400}', 400, None),
        (b'{"all": true}', 422, "all"),
        (b"[1]", 422, "body"),
        (b"{}", 422, "ids"),
        (b"{", 400, None),
        (b"", 400, None),
    ],
)
def test_a_bad_body_marks_nothing_and_says_why(
    small: Context, client: FlaskClient, anna: Headers, body: bytes, status: int, field: str | None
) -> None:
    tell(small, "anna", position=1)
    answer = client.post(READ, data=body, content_type="application/json", headers=anna)
    assert answer.status_code == status, answer.get_json()
    if field is not None:
        assert field in {name for name, _rule in broken_rules(answer.get_json())}
    assert listed(client, anna)["unread"] == 1
