"""Every route of the statistics agrees with the second count on a random ledger, on both databases."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask.testing import FlaskClient

from marketplace import create_app
from marketplace.actions.authority_attributes import import_attributes
from marketplace.actions.context import Context
from tests import land
from tests.conftest import NOW, Clock
from tests.random_ledger import settle_random_ledger
from tests.recount import ATTRIBUTES, LEAVES_OUT_DEVELOPING, Recount
from tests.recount_land import Export, Land, wholes
from tests.recount_states import counted_as, counted_in_state, counting_states
from tests.store.test_recount import SEEBERGEN

API = "/api/v1/statistics"
WHOLES = ("bezirke", "central", "hundesteuer", "kreise", "ohne-land", "wohnsitz")
OVER_STATES = ("joined-states", "area-wide-by-state", "at-least-one")
RULES = (*LEAVES_OUT_DEVELOPING, *OVER_STATES)
Cell = tuple[int, int]
SAID_OF_AUTHORITIES = [
    {"authority_key": key, "name": name, "value": value, "source": "Umfrage"}
    for key, name, value in (
        (land.NORDSTADT, "it_provider", "AKDB"), (SEEBERGEN, "it_provider", "AKDB"),
        (SEEBERGEN, "specialist_system", "OK.EWO"), (SEEBERGEN, "specialist_system", "AutiSta"),
        (land.HAMBURG, "specialist_system", "AutiSta"),
    )
]  # fmt: skip


class Second:
    """The second count of some services at two times."""

    def __init__(
        self, export: Export, as_of: date, known_at: datetime, services: tuple[str, ...] = (*WHOLES, "teil")
    ) -> None:
        self.land = Land(export, as_of, known_at)
        self.services = {one: Recount(export, self.land, one, as_of, known_at) for one in services}

    def cells(self, service_id: str, rule: str, by: str, unit: str = "authorities") -> dict[str, Cell]:
        """Numerator and denominator by group; the whole stands under ``total``."""
        one = self.services[service_id]
        if rule in OVER_STATES:
            states = counting_states(one, self.land, rule)
            return {state: (int(counts), 1) for state, counts in states.items()} | {
                "total": (sum(states.values()), len(states))
            }
        counts = one.counts(rule, by, unit)
        return {
            name: (group.classes["counted"], sum(group.classes.values())) for name, group in counts.items()
        }

    def is_defined(self, service_id: str, rule: str, unit: str = "authorities") -> bool:
        """Whether the service has a rate."""
        one = self.services[service_id]
        needs_lead = LEAVES_OUT_DEVELOPING.get(rule, False)
        known = one.bodies is not None and not (needs_lead and one.lead_state is None)
        return known and self.cells(service_id, rule, "state", unit)["total"][1] > 0


def summed(cells: Iterable[Cell]) -> Cell:
    listed = list(cells)
    return sum(part for part, _ in listed), sum(whole for _, whole in listed)


class Asked:
    """The routes, asked at two times, beside the second count."""

    def __init__(
        self, client: FlaskClient, export: Export, as_of: date, known_at: datetime, *services: str
    ) -> None:
        self.client, self.export, self.as_of, self.known_at = client, export, as_of, known_at
        self.wholes = wholes(export.entries, known_at)
        self.second = Second(export, as_of, known_at, services or (*WHOLES, "teil"))

    def get(self, path: str, **query: Any) -> Any:
        times = {
            "as_of": self.as_of.isoformat(),
            "known_at": self.known_at.isoformat().replace("+00:00", "Z"),
        }
        response = self.client.get(f"{API}{path}", query_string=times | query)
        assert response.status_code == 200, response.get_json()
        return response.get_json()

    def overview(self, rule: str) -> None:
        body = self.get("/overview", rule=rule)
        assert sorted(item["service"] for item in body["items"]) == list(self.wholes)
        for item in body["items"]:
            assert cell(item["figure"]) == self.second.cells(item["service"], rule, "state")["total"]
        defined = [one for one in self.wholes if self.second.is_defined(one, rule)]
        assert cell(body["total"]) == summed(self.second.cells(s, rule, "state")["total"] for s in defined)
        assert body["undefined"] == len(self.wholes) - len(defined)

    def matrix(self, rule: str, columns: str) -> None:
        body = self.get("/matrix", rule=rule, columns=columns)
        keys = [column["key"] for column in body["column_items"]]
        for item in body["items"]:
            expected = self.second.cells(item["key"], rule, columns)
            found = {key: tuple(c[:2]) for key, c in zip(keys, item["cells"], strict=True) if c is not None}
            assert found | {"total": tuple(item["total"][:2])} == expected

    def together(self, rule: str, by: str, services: tuple[str, ...]) -> None:
        body = self.get("/reuse", service=services, rule=rule, by=by)
        defined = [one for one in services if self.second.is_defined(one, rule)]
        of_each = [self.second.cells(one, rule, by) for one in defined]
        assert cell(body["total"]) == summed(cells["total"] for cells in of_each)
        for row in body["rows"]:
            assert cell(row) == summed(cells[row["key"]] for cells in of_each if row["key"] in cells)

    def series(self, service_id: str, rule: str) -> None:
        first = self.as_of.replace(day=1)
        months = {"from": f"{first:%Y-%m}", "to": f"{first:%Y-%m}"}
        known_at = self.known_at.isoformat().replace("+00:00", "Z")
        query = {"service": service_id, "rule": rule, "known_at": known_at, **months}
        (item,) = self.client.get(f"{API}/series", query_string=query).get_json()["items"]
        day = min((first + timedelta(days=31)).replace(day=1) - timedelta(days=1), date(2026, 11, 22))
        assert item["as_of"] == day.isoformat()
        then = Second(self.export, day, self.known_at, (service_id,))
        assert cell(item["figure"]) == then.cells(service_id, rule, "state")["total"]

    def changes(self, service_id: str, rule: str, earlier: "Asked") -> None:
        query = {
            "service": service_id, "rule": rule, "by": "state",
            "from": earlier.as_of.isoformat(), "to": self.as_of.isoformat(),
            "known_from": earlier.known_at.isoformat().replace("+00:00", "Z"),
            "known_to": self.known_at.isoformat().replace("+00:00", "Z"),
        }  # fmt: skip
        body = self.client.get(f"{API}/changes", query_string=query).get_json()
        before, after = (one.second.cells(service_id, rule, "state") for one in (earlier, self))
        for row in (*body["rows"], body["total"]):
            was, now = before.get(row["key"], (0, 0)), after.get(row["key"], (0, 0))
            assert (cell(row["before"]), cell(row["after"])) == (was, now)
            assert summed(cell(one) for one in row["causes"]) == (now[0] - was[0], now[1] - was[1])

    def body_of(self, key: str) -> set[int]:
        """Identities of a body's administrations: a town alone in its district is the district, too."""
        regions, own = self.second.land.regions, self.second.land.own
        inside = [
            k
            for k, one in regions.items()
            if len(k) == 12 and k[:5] == key[:5] and one.text_code not in ("65", "66")
        ]
        keys = {key, key[:5], inside[0]} if len(inside) == 1 else {key}
        return {own[regions[one].region_id] for one in keys}

    def region(self, key: str) -> None:
        body = self.get(f"/regions/{key}")
        found = {
            (service_id, one["counted_as"], service_id in one["area_wide_items"])
            for one in body["counts"]
            for service_id in one["items"]
        }
        expected: set[tuple[str, str, bool]] = set()
        for service_id in self.wholes:
            one = self.second.services[service_id]
            if len(key) == 2:
                kinds = counted_in_state(one, self.second.land, key)
                expected |= {(service_id, kind, wide) for kind, wide in kinds}
            else:
                kind = counted_as(one, self.body_of(key))
                expected |= set() if kind is None else {(service_id, kind, True)}
        assert found == expected


def cell(figure: dict[str, Any]) -> Cell:
    return figure["numerator"], figure["denominator"]


@pytest.fixture
def asked(context: Context, clock: Clock) -> list[Asked]:
    """The routes at three pairs of times over a random ledger, the earliest first."""
    events = settle_random_ledger(context, clock, 20261123)
    assert import_attributes(context, land.OPERATOR, SAID_OF_AUTHORITIES).written
    clock.tick(hours=1)
    client = create_app(context).test_client()
    with context.database.reading() as session:
        export = Export.of(session)
    rng = Random(7)
    known = sorted(rng.sample([event["recorded_at"] for event in events], 2))
    days = (date(2023, 6, 15), date(2026, 3, 30))
    pairs = [*zip(days, known, strict=True), (date(2026, 11, 22), clock.now)]
    return [Asked(client, export, *pair) for pair in pairs]


def test_every_route_agrees_with_the_second_count(context: Context, asked: list[Asked]) -> None:
    # Every route at every pair of times reads both databases; which rule counts it is decided after reading.
    rules = RULES if context.database.is_sqlite else (RULES[0], OVER_STATES[0])
    for number, one in enumerate(asked):
        for turn, rule in enumerate(rules):
            one.overview(rule)
            one.matrix(rule, "state")
            one.together(rule, "state", ("wohnsitz", "hundesteuer", "ohne-land", "kreise"))
            # Every rule meets every service at one of the times, each time every service and every rule.
            for service_id in WHOLES[(turn + number) % len(asked) :: len(asked)]:
                one.series(service_id, rule)
                for earlier in asked[:number]:
                    one.changes(service_id, rule, earlier)
        for rule in (one for one in rules if one in LEAVES_OUT_DEVELOPING):
            one.matrix(rule, "size_class")
            one.together(rule, "size_class", ("central", "bezirke", "hundesteuer"))
            for by in ATTRIBUTES:
                one.together(rule, by, ("bezirke", "hundesteuer"))
        for key in (land.HAMBURG, land.BAVARIA, land.SUEDKREIS, land.NORDSTADT, land.NORDSTADT_TOWN):
            one.region(key)


def test_figures_over_time_agree_with_the_second_count_of_the_demo(seeded: Context) -> None:
    services = ("elektronische-wohnsitzanmeldung", "digitale-baugenehmigung")
    client = create_app(seeded).test_client()
    with seeded.database.reading() as session:
        export = Export.of(session)
    earlier = Asked(client, export, date(2024, 2, 29), NOW - timedelta(days=700), *services)
    later = Asked(client, export, date(2026, 11, 22), NOW, *services)
    for service_id in services:
        for rule in RULES:
            later.changes(service_id, rule, earlier)
        later.series(service_id, "reuse-rate@1")
    overview = later.get("/overview", rule="coverage")
    figures = {item["service"]: cell(item["figure"]) for item in overview["items"]}
    matrix = later.get("/matrix", rule="coverage", columns="size_class")
    keys = [column["key"] for column in matrix["column_items"]]
    rows = {item["key"]: dict(zip(keys, item["cells"], strict=True)) for item in matrix["items"]}
    for service_id in services:
        expected = later.second.cells(service_id, "coverage@1", "size_class")
        assert figures[service_id] == expected.pop("total")
        found = {key: tuple(one[:2]) for key, one in rows[service_id].items() if one is not None}
        assert found == expected
