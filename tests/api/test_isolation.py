"""A publisher of one organisation learns nothing of what another one has in work: not by address, not by list."""

from collections.abc import Callable
from itertools import product

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from marketplace.actions.context import Context
from marketplace.actions.service_writing import put_service
from marketplace.domain.access import Role
from tests import land
from tests.api.conftest import Headers

DRAFT, PUBLISHED = "/api/v1/services/geheimvorhaben", "/api/v1/services/wohnsitz"
WORD, SOUGHT = "Nixenvorhaben", "Quastel"
"""What must be told nowhere, and a word beside it by which a search would find it."""


@pytest.fixture
def hidden(small: Context, client: FlaskClient, publisher: Headers) -> FlaskClient:
    """A draft, and a revision with a remark on a published entry."""
    fields = {**land.fields_of("geheimvorhaben"), "name": f"{WORD} {SOUGHT}", "status": None}
    begun = client.put(DRAFT, json=fields, headers={**publisher, "If-None-Match": "*"})
    assert begun.status_code == 201
    revised = client.patch(
        PUBLISHED, json={"name": f"{WORD} {SOUGHT}"}, headers={**publisher, "If-Match": "*"}
    )
    assert revised.status_code == 200
    remark = {"field": "name", "text": WORD}
    assert client.post(f"{PUBLISHED}/comments", json=remark, headers=publisher).status_code == 200
    put_service(small, land.OPERATOR, "nachbar", land.fields_of("nachbar", publisher="rival"), None)
    return client


@pytest.fixture
def strangers(token: Callable[[str, Role], Headers]) -> dict[str, Headers]:
    """Who has no business with it; also somebody of the organisation whose role does not write or review."""
    return {
        "rival publisher": token("rival", Role.PUBLISHER),
        "rival reviewer": token("rival", Role.REVIEWER),
        "own analyst": token("provider", Role.ANALYST),
        "public": {},
    }


READ = (
    DRAFT, f"{DRAFT}?revision=working", f"{DRAFT}?as_of=2026-11-22", f"{DRAFT}/versions", f"{DRAFT}/versions/1",
    f"{DRAFT}/versions/1/changes", f"{DRAFT}/adoptions", f"{DRAFT}/adoption-events", f"{PUBLISHED}?revision=working",
)  # fmt: skip
FOR_AUTHORS = (f"{DRAFT}/comments", f"{DRAFT}/missing", f"{PUBLISHED}/comments", f"{PUBLISHED}/missing")
LISTS = (
    "/api/v1/services?status=draft", "/api/v1/services?status=in_review", "/api/v1/services?status=draft&format=csv",
    "/api/v1/services?publisher=provider&page_size=200", f"/api/v1/search?q={SOUGHT}", "/api/v1/search?q=",
    "/api/v1/search/suggest?q=quastel", "/api/v1/search/suggest?q=nixen", f"/suche?q={SOUGHT}", "/dienste",
    "/dienste.csv", "/dienste.atom", f"{PUBLISHED}/versions", PUBLISHED, "/dienste/wohnsitz",
)  # fmt: skip


def test_an_address_that_is_guessed_is_not_there(hidden: FlaskClient, strangers: dict[str, Headers]) -> None:
    for (who, headers), address in product(strangers.items(), READ):
        response = hidden.get(address, headers=headers)
        assert response.status_code == 404, (who, address)
        assert WORD not in response.get_data(as_text=True), (who, address)
    for (who, headers), address in product(strangers.items(), FOR_AUTHORS):
        assert hidden.get(address, headers=headers).status_code in (401, 403, 404), (who, address)


def test_no_list_no_export_and_no_feed_tells_of_it(
    hidden: FlaskClient, strangers: dict[str, Headers]
) -> None:
    for (who, headers), address in product(strangers.items(), LISTS):
        response = hidden.get(address, headers=headers)
        assert response.status_code == 200, (who, address)
        told = response.get_data(as_text=True)
        assert WORD not in told, (who, address)
        assert "geheimvorhaben" not in told, (who, address)


def test_a_rival_writes_nothing_and_is_told_the_same_as_of_nothing(
    hidden: FlaskClient, token: Callable[[str, Role], Headers]
) -> None:
    rival = {**token("rival", Role.PUBLISHER), "If-Match": "*"}
    nothing = "/api/v1/services/gibt-es-nicht"
    fields = {**land.fields_of("x", publisher="rival"), "status": None}
    writes: tuple[Callable[[str], TestResponse], ...] = (
        lambda address: hidden.put(address, json=fields, headers=rival),
        lambda address: hidden.patch(address, json={"name": "Fremd"}, headers=rival),
        lambda address: hidden.post(f"{address}/submit", json={}, headers=rival),
        lambda address: hidden.post(f"{address}/return", json={"reason": "x"}, headers=rival),
        lambda address: hidden.post(f"{address}/discard", json={}, headers=rival),
        lambda address: hidden.post(
            f"{address}/withdraw", json={"on": "2026-11-22", "reason": "x"}, headers=rival
        ),
        lambda address: hidden.delete(f"{address}/withdrawal", headers=rival),
        lambda address: hidden.post(f"{address}/versions/1/revert", headers=rival),
        lambda address: hidden.post(
            f"{address}/comments", json={"field": "name", "text": "x"}, headers=rival
        ),
        lambda address: hidden.post(f"{address}/comments/1/resolve", headers=rival),
    )
    for write in writes:
        guessed, unknown = write(DRAFT), write(nothing)
        assert guessed.status_code == unknown.status_code, guessed.get_json()
        assert guessed.status_code in (404, 412)
        told = guessed.get_json()["detail"].replace("geheimvorhaben", "gibt-es-nicht")
        assert told == unknown.get_json()["detail"]


def test_pointing_to_a_hidden_draft_tells_nothing_of_it(
    hidden: FlaskClient, token: Callable[[str, Role], Headers]
) -> None:
    rival = {**token("rival", Role.PUBLISHER), "If-Match": "*"}
    for field in ("requires", "part_of"):
        told = []
        for key in ("geheimvorhaben", "gibt-es-nicht"):
            value = [key] if field == "requires" else key
            answer = hidden.patch("/api/v1/services/nachbar", json={field: value}, headers=rival)
            assert answer.status_code == 422, (field, key)
            told.append(str(answer.get_json()["errors"]).replace(key, ""))
        assert told[0] == told[1]


def test_a_rival_reviewer_approves_nothing(
    hidden: FlaskClient, token: Callable[[str, Role], Headers]
) -> None:
    rival = {**token("rival", Role.REVIEWER), "If-Match": "*"}
    assert hidden.post(f"{DRAFT}/approve", json={}, headers=rival).status_code == 404
    assert hidden.post(f"{PUBLISHED}/approve", json={}, headers=rival).status_code == 404
