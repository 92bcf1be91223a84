"""The feed of changes by position: whole, in order, without what is for members of public bodies."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import delete

from marketplace.actions.context import Context
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.api.schemas.change_feed import ChangeList, ExportLine
from marketplace.cli import changes as commands
from marketplace.store.tables import ChangeRow
from tests import land
from tests.api.conftest import Headers, broken_rules
from tests.conftest import Clock

CHANGES, EXPORT = "/api/v1/changes", "/api/v1/changes/export"
OFFER = {"id": "direkt", "route": "direct", "price": "1.000 Euro", "price_source": "Preisblatt"}


def revise(ctx: Context, service_id: str = "wohnsitz", **fields: Any) -> None:
    patch_service(ctx, land.OPERATOR, service_id, fields, ANY_VERSION)


def get(client: FlaskClient, **query: Any) -> dict[str, Any]:
    answer = client.get(CHANGES, query_string=query)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.get_json()
    assert ChangeList().validate(body) == {}
    return body


def followed(client: FlaskClient, after: int, limit: int) -> Iterator[dict[str, Any]]:
    """Follow the feed as a mirror does, to its end."""
    while True:
        body = get(client, after=after, limit=limit)
        yield from body["items"]
        if not body["items"]:
            return
        after = body["next_after"]


def test_the_feed_tells_what_changed_in_its_order(small: Context, client: FlaskClient, clock: Clock) -> None:
    at = clock.tick(hours=1)
    revise(small, summary="Neu gefasst.")
    body = get(client)
    assert [(one["position"], one["kind"], one["object_id"]) for one in body["items"]] == [
        (1, "service.published", "wohnsitz"),
        (2, "service.published", "hundesteuer"),
        (3, "service.revised", "wohnsitz"),
    ]
    told = body["items"][2]
    assert told["recorded_at"] == at.isoformat().replace("+00:00", "Z")
    assert (told["content"]["before"], told["content"]["version"], told["content"]["fields"]) == (
        1,
        2,
        ["summary"],
    )
    assert set(told) == {"position", "recorded_at", "kind", "object_kind", "object_id", "content"}
    assert (body["after"], body["next_after"], body["oldest"], body["newest"]) == (0, 3, 1, 3)


@pytest.mark.parametrize("limit", [1, 2, 500])
def test_who_follows_gets_every_change_once(small: Context, client: FlaskClient, limit: int) -> None:
    for number in range(4):
        revise(small, summary=f"Fassung {number}.")
    assert [one["position"] for one in followed(client, 0, limit)] == [1, 2, 3, 4, 5, 6]
    assert [one["position"] for one in followed(client, 4, limit)] == [5, 6]


def test_a_page_leads_to_the_next_until_the_newest(client: FlaskClient) -> None:
    assert client.get(f"{CHANGES}?limit=1").headers["Link"] == f'<{CHANGES}?limit=1&after=1>; rel="next"'
    assert "Link" not in client.get(f"{CHANGES}?limit=1&after=1").headers


def test_a_position_from_the_future_is_refused_by_name(client: FlaskClient) -> None:
    refused = client.get(f"{CHANGES}?after=3")
    assert refused.status_code == 422
    assert broken_rules(refused.get_json()) == {("after", "future")}
    assert "2" in refused.get_json()["errors"][0]["message"]
    assert get(client, after=2)["items"] == []


@pytest.mark.parametrize(
    "query", ["after=-1", "after=x", "after=1e3", "limit=0", "limit=501", "after=1" + "0" * 18, "since=1"]
)
def test_what_is_no_parameter_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"{CHANGES}?{query}").status_code == 422


def test_who_lags_behind_what_is_kept_begins_again(small: Context, client: FlaskClient) -> None:
    for number in range(3):
        revise(small, summary=f"Fassung {number}.")
    with small.database.writing() as session:
        session.execute(delete(ChangeRow).where(ChangeRow.position <= 3))
    gone = client.get(f"{CHANGES}?after=2")
    assert gone.status_code == 410
    assert "export" in gone.get_json()["detail"]
    assert client.get(CHANGES).status_code == 410
    assert [one["position"] for one in get(client, after=3)["items"]] == [4, 5]


def test_what_is_for_members_leaves_no_trace(small: Context, client: FlaskClient, publisher: Headers) -> None:
    revise(small, offers=[OFFER])
    revise(
        small,
        offers=[OFFER | {"price": "2.000 Euro"}],
        contacts=[{"name": "Frau Muster", "email": "m@example.org"}],
    )
    for headers in ({}, publisher):
        raised = client.get(f"{CHANGES}?after=3", headers=headers).get_json()["items"][0]
        assert raised["content"]["fields"] == []
        assert raised["content"]["weighty"] is False
        text = client.get(CHANGES, headers=headers).text + client.get(EXPORT, headers=headers).text
        for secret in ("restricted", "Euro", "Preisblatt", "Muster", "organisation_id", "person_id"):
            assert secret not in text


def test_who_holds_an_answer_is_told_that_nothing_came(small: Context, client: FlaskClient) -> None:
    tag = client.get(f"{CHANGES}?after=2").headers["ETag"]
    again = client.get(f"{CHANGES}?after=2", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    revise(small, summary="Neu gefasst.")
    fresh = client.get(f"{CHANGES}?after=2", headers={"If-None-Match": tag})
    assert (fresh.status_code, len(fresh.get_json()["items"])) == (200, 1)


def test_the_export_is_what_everybody_reads_entry_by_entry(small: Context, client: FlaskClient) -> None:
    revise(small, offers=[OFFER])
    land.add_service(small, "entwurf", status="draft")
    answer = client.get(EXPORT)
    assert answer.content_type == "application/x-ndjson"
    first, *lines = [orjson.loads(line) for line in answer.data.splitlines()]
    assert first == {"position": 3}
    assert [line["id"] for line in lines] == ["hundesteuer", "wohnsitz"]
    for line in lines:
        assert ExportLine().validate(line) == {}
        assert line == client.get(f"/api/v1/services/{line['id']}").get_json()


def test_asking_for_the_head_costs_no_export(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError("the entries were read")

    monkeypatch.setattr("marketplace.actions.change_feed.services.load", read)
    for address in (EXPORT, CHANGES):
        answer = client.head(address)
        assert (answer.status_code, answer.data) == (200, b"")


def test_an_entry_that_is_withdrawn_while_the_export_is_sent_is_told_of_afterwards(
    small: Context, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.actions.change_feed.EXPORTED_AT_ONCE", 1)
    chunks = client.get(EXPORT, buffered=False).iter_encoded()
    first, entry = orjson.loads(next(chunks)), orjson.loads(next(chunks))
    revise(small, "wohnsitz", status="withdrawn")
    assert (first, entry["id"], list(chunks)) == ({"position": 2}, "hundesteuer", [])
    assert [one["kind"] for one in get(client, after=2)["items"]] == ["service.withdrawn"]


def test_the_command_writes_the_same_export(
    small: Context, client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "get_context", lambda: small)
    file = tmp_path / "catalogue.ndjson"
    told = CliRunner().invoke(commands.changes, ["export", str(file)])
    assert told.exit_code == 0, told.output
    assert told.output == f"2 entries, to be followed from position 2: {file}\n"
    assert file.read_bytes() == client.get(EXPORT).data
    assert list(tmp_path.iterdir()) == [file]


def test_a_feed_is_told_at_the_time_of_the_change(small: Context, client: FlaskClient, clock: Clock) -> None:
    before = get(client)["items"][-1]["recorded_at"]
    clock.now += timedelta(days=3)
    revise(small, summary="Neu gefasst.")
    assert get(client)["items"][-1]["recorded_at"] > before
