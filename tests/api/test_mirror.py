"""A mirror that begins from the export and follows the feed holds what the public catalogue holds."""

from typing import Any

import orjson
from flask.testing import FlaskClient

from marketplace.actions.context import Context
from marketplace.actions.merging import merge_services
from marketplace.actions.recording import record_events
from marketplace.actions.service_writing import ANY_VERSION, patch_service
from marketplace.actions.withdrawing import withdraw
from tests import land
from tests.conftest import Clock

API = "/api/v1"


class Mirror:
    """A copy of the public catalogue, kept by nothing but the API."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        first, *lines = [orjson.loads(line) for line in client.get(f"{API}/changes/export").data.splitlines()]
        self.position: int = first["position"]
        self.entries: dict[str, Any] = {line["id"]: line for line in lines}

    def follow(self, limit: int = 2) -> None:
        """Take in what came since."""
        while True:
            page = self.client.get(f"{API}/changes?after={self.position}&limit={limit}").get_json()
            for change in page["items"]:
                if change["object_kind"] == "service" and change["kind"].startswith("service."):
                    self.take(change["object_id"])
            self.position = page["next_after"]
            if self.position == page["newest"]:
                return

    def take(self, service_id: str) -> None:
        answer = self.client.get(f"{API}/services/{service_id}")
        if answer.status_code == 200:
            self.entries[service_id] = answer.get_json()
        else:
            assert answer.status_code == 410
            self.entries.pop(service_id, None)


def catalogue(client: FlaskClient) -> dict[str, Any]:
    """What the public reads, asked entry by entry."""
    listed = client.get(f"{API}/services?page_size=200").get_json()["items"]
    return {one["id"]: client.get(f"{API}/services/{one['id']}").get_json() for one in listed}


def test_a_mirror_ends_with_what_is_published(small: Context, client: FlaskClient, clock: Clock) -> None:
    land.add_service(small, "hundesteuer-zwei", authority_set="municipalities", lead_state=land.HAMBURG)
    land.add_service(small, "portal", requires=["hundesteuer-zwei"])
    land.add_service(small, "alter-dienst")
    mirror = Mirror(client)
    assert mirror.entries == catalogue(client)
    clock.tick(hours=1)
    land.add_service(small, "neuer-dienst", requires=["wohnsitz"])
    land.add_service(small, "entwurf", status="draft")
    revise(small, "wohnsitz", summary="Neu gefasst.", offers=[{"id": "direkt", "route": "direct"}])
    revise(small, "wohnsitz", contacts=[{"name": "Frau Muster"}])
    event = {
        "service_id": "hundesteuer-zwei",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-02-01",
    }
    assert record_events(small, land.clerk_of(land.SEEDORF), [event]).written
    mirror.follow()
    assert set(mirror.entries) == {
        "wohnsitz",
        "hundesteuer",
        "hundesteuer-zwei",
        "portal",
        "alter-dienst",
        "neuer-dienst",
    }
    assert mirror.entries == catalogue(client)
    clock.tick(hours=1)
    today = clock.now.date()
    withdraw(small, land.OPERATOR, "alter-dienst", today, "Abgelöst.", "neuer-dienst")
    withdraw(small, land.OPERATOR, "neuer-dienst", today.replace(year=2027), "Endet.", None)
    merge_services(
        small, land.OPERATOR, "hundesteuer", "hundesteuer-zwei", decisions={}, reason="Ein Dienst.", expected="*"
    )  # fmt: skip
    mirror.follow()
    assert set(mirror.entries) == {"wohnsitz", "hundesteuer", "portal", "neuer-dienst"}
    assert mirror.entries["portal"]["requires"] == ["hundesteuer"]
    assert mirror.entries["neuer-dienst"]["withdrawal"]["reason"] == "Endet."
    assert mirror.entries == catalogue(client)
    late = Mirror(client)
    assert (late.entries, late.position) == (mirror.entries, mirror.position)


def revise(ctx: Context, service_id: str, **fields: Any) -> None:
    patch_service(ctx, land.OPERATOR, service_id, fields, ANY_VERSION)
