"""Every route of the statistics, asked through the API and held against the recount by SQL."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from tests.recounts.recounting import (
    CLASSES,
    GROUPINGS,
    HERE,
    NESTED,
    OVER_AUTHORITIES,
    OVER_STATES,
    RULES,
    TOTAL,
    UNITS,
    Counted,
    Recounting,
)

API = "/api/v1/statistics"
Cell = tuple[int, int]
OF_REGION = (HERE / "regions.sql").read_text()
PUT_ONLINE = """
SELECT (SELECT count(DISTINCT leika_key) FROM service_procedure WHERE service_id IN (SELECT value FROM json_each(?1))),
    (SELECT count(DISTINCT ozg_id) FROM service_bundle WHERE service_id IN (SELECT value FROM json_each(?1)))
"""


def instant(known_at: datetime) -> str:
    return known_at.isoformat().replace("+00:00", "Z")


def summed(cells: Iterable[Cell]) -> Cell:
    listed = list(cells)
    return sum(part for part, _ in listed), sum(whole for _, whole in listed)


def cell(figure: dict[str, Any]) -> Cell:
    return figure["numerator"], figure["denominator"]


@dataclass
class Routes:
    """The routes of one marketplace beside its exported rows; ``compared`` counts the figures that agreed."""

    client: FlaskClient
    exported: sqlite3.Connection
    compared: int = 0

    def at(self, as_of: date, known_at: datetime) -> "Asked":
        """Return the routes asked at two times."""
        return Asked(self, Recounting(self.exported, as_of, known_at))

    def compare(self, found: object, expected: object, *about: object) -> None:
        """Hold one figure against its recount."""
        assert found == expected, (about, "found", found, "recounted", expected)
        self.compared += 1

    def get(self, path: str, query: dict[str, Any]) -> Any:
        response = self.client.get(f"{API}{path}", query_string=query)
        assert response.status_code == 200, (path, query, response.get_json())
        return response.get_json()


class Asked:
    """Questions at one pair of times."""

    def __init__(self, routes: Routes, recounting: Recounting) -> None:
        self.routes, self.recounting = routes, recounting
        self.times = {"as_of": recounting.as_of.isoformat(), "known_at": instant(recounting.known_at)}

    def get(self, path: str, **query: Any) -> Any:
        return self.routes.get(path, self.times | query)

    def compare_figure(self, found: dict[str, Any], expected: Counted, *about: object) -> None:
        """Compare everything that a figure says."""
        numbers = (
            *(found["classes"][name] for name in CLASSES),
            found["excluded"],
            *(found[name] for name in NESTED),
        )
        if about[1] in OVER_STATES:
            # What is nested in a state is not defined: only its class is.
            numbers, wanted = numbers[: len(CLASSES)], expected.numbers[: len(CLASSES)]
        else:
            wanted = expected.numbers
        self.routes.compare(numbers, wanted, *about, self.times)
        self.routes.compare(cell(found), expected.cell, *about, self.times)
        interval = None if found["interval"] is None else tuple(found["interval"])
        self.routes.compare(interval, expected.interval, *about, self.times)
        rate = expected.numerator / expected.denominator if expected.has_rate else None
        self.routes.compare(found["rate"], rate, *about, self.times)

    def reuse(self, service: str, rule: str, by: str, unit: str) -> None:
        body = self.get("/reuse", service=service, rule=rule, by=by, unit=unit)
        expected = self.recounting.of(service, rule, by, unit)
        found = {row["key"]: row for row in body["rows"]} | {TOTAL: body["total"]}
        self.routes.compare(sorted(found), sorted(expected), "keys", rule, service, by, unit, self.times)
        for key, figure in found.items():
            self.compare_figure(figure, expected[key], "reuse", rule, service, by, unit, key)

    def together(self, services: Sequence[str], rule: str, by: str, unit: str) -> None:
        body = self.get("/reuse", service=services, rule=rule, by=by, unit=unit)
        rated = [one for one in services if self.recounting.total(one, rule, unit).has_rate]
        of_each = [self.recounting.of(one, rule, by, unit) for one in rated]
        for row in ({**body["total"], "key": TOTAL}, *body["rows"]):
            # A group of a developing state is no pair that counts: it has nothing to add.
            wanted = summed(groups[row["key"]].cell for groups in of_each if row["key"] in groups)
            self.routes.compare(cell(row), wanted, "together", rule, by, unit, row["key"], self.times)

    def overview(self, rule: str, unit: str) -> None:
        body = self.get("/overview", rule=rule, unit=unit)
        wholes = self.recounting.wholes
        self.routes.compare(
            sorted(item["service"] for item in body["items"]), sorted(wholes), "overview", rule
        )
        totals = {one: self.recounting.total(one, rule, unit) for one in wholes}
        for item in body["items"]:
            self.compare_figure(
                item["figure"], totals[item["service"]], "overview", rule, item["service"], unit
            )
        rated = [one for one in totals.values() if one.has_rate]
        self.routes.compare(
            cell(body["total"]), summed(one.cell for one in rated), "overview", rule, unit, self.times
        )
        self.routes.compare(body["undefined"], len(totals) - len(rated), "overview", rule, unit, self.times)

    def matrix(self, rule: str, columns: str, unit: str) -> None:
        body = self.get("/matrix", rule=rule, columns=columns, unit=unit)
        keys = [column["key"] for column in body["column_items"]]
        every, rated = [], []
        for item in body["items"]:
            groups = self.recounting.of(item["key"], rule, columns, unit)
            every.append(groups)
            self._line(item, keys, {key: one.cell for key, one in groups.items()}, rule, columns, unit)
            rated += [groups] if groups[TOTAL].has_rate else []
        together = {
            # A column of services without a rate alone stays, with nothing in it.
            key: summed(groups[key].cell for groups in rated if key in groups)
            for groups in every
            for key in groups
        }
        self._line(body["totals"], keys, {TOTAL: (0, 0)} | together, rule, columns, unit)

    def matrix_of_theme_fields(self, rule: str, columns: str) -> None:
        body = self.get("/matrix", rule=rule, columns=columns, rows="theme_field")
        keys = [column["key"] for column in body["column_items"]]
        by_field: dict[str, list[str]] = {}
        for one, theme in self.recounting.wholes.items():
            by_field.setdefault(theme or "unknown", []).append(one)
        self.routes.compare(sorted(item["key"] for item in body["items"]), sorted(by_field), "theme fields")
        for item in body["items"]:
            several = [self.recounting.of(one, rule, columns) for one in by_field[item["key"]]]
            rated = [groups for groups in several if groups[TOTAL].has_rate]
            expected = {
                key: summed(g[key].cell for g in rated if key in g) for groups in rated for key in groups
            }
            found = {key: tuple(c[:2]) for key, c in zip(keys, item["cells"], strict=True) if c is not None}
            for key, one in (found | {TOTAL: tuple(item["total"][:2])}).items():
                self.routes.compare(
                    one, expected.get(key, (0, 0)), "theme field", rule, item["key"], key, self.times
                )

    def _line(self, item: dict[str, Any], keys: list[str], expected: dict[str, Cell], *about: object) -> None:
        found = {key: tuple(c[:2]) for key, c in zip(keys, item["cells"], strict=True) if c is not None}
        found[TOTAL] = tuple(item["total"][:2])
        self.routes.compare(sorted(found), sorted(expected), "matrix", item["key"], *about, self.times)
        for key, one in found.items():
            self.routes.compare(one, expected[key], "matrix", item["key"], key, *about, self.times)

    def region(self, key: str) -> None:
        body = self.get(f"/regions/{key}")
        rows = self.recounting.connection.execute(OF_REGION, {"key": key}).fetchall()
        expected = {(one, kind, bool(wide)) for one, kind, wide in rows}
        found = {
            (one, entry["counted_as"], one in entry["area_wide_items"])
            for entry in body["counts"]
            for one in entry["items"]
        }
        self.routes.compare(found, expected, "region", key, self.times)
        self.routes.compared += len(found)
        for entry in body["counts"]:
            self._put_online(entry, key)
        self._put_online(body["total"], key)
        eligible = {one for one, kind, _ in expected if kind != "excluded"}
        self.routes.compare(set(body["total"]["items"]), eligible, "region", key, self.times)
        online = {one for one, kind, _ in expected if kind in ("federal", "reused", "own")}
        levels = {(entry["model"], entry["level"]): set(entry["items"]) for entry in body["maturity"]}
        maturity: dict[tuple[str | None, int | None], set[str]] = {}
        for one, model, level in self.recounting.connection.execute(
            "SELECT id, maturity_model, maturity_level FROM entry"
        ):
            if one in online:
                maturity.setdefault((model, level), set()).add(one)
        self.routes.compare(levels, maturity, "maturity", key, self.times)

    def _put_online(self, entry: dict[str, Any], key: str) -> None:
        (put_online,) = self.recounting.connection.execute(PUT_ONLINE, [plain_list(entry["items"])])
        self.routes.compare(entry["services"], len(entry["items"]), "region", key)
        self.routes.compare(
            (entry["procedures"], entry["bundles"]), put_online, "region", key, entry["items"]
        )

    def reusing_states(self, rule: str, least: int) -> None:
        body = self.get("/questions/reusing-states", rule=rule, at_least=least)
        rows = self.recounting.reusing_states(rule)
        names = ("state", "reused", "developed", "undecided", "services")
        found = [tuple(item[name] for name in names) for item in body["items"]]
        self.routes.compare(found, [row[:5] for row in rows], "reusing states", rule, self.times)
        reach = [
            sum(number >= least for number in several)
            for several in ([row[1] for row in rows], [row[5] for row in rows])
        ]
        self.routes.compare(cell(body), (reach[0], len(rows)), "reusing states", rule, least, self.times)
        interval = [one / len(rows) for one in reach] if rows else None
        self.routes.compare(body["interval"], interval, "reusing states", rule, least, self.times)
        might = {item["state"] for item in body["items"] if item["might_reach"]}
        able = {state for state, reused, _, undecided, *_ in rows if reused + undecided >= least}
        self.routes.compare(might, able, "reusing states", rule, least, self.times)

    def changes(self, service: str, rule: str, earlier: "Asked") -> None:
        for by in ("state", "district") if rule == "coverage" else ("state",):
            self._changes(service, rule, by, earlier)

    def _changes(self, service: str, rule: str, by: str, earlier: "Asked") -> None:
        before, after = earlier.recounting, self.recounting
        query = {
            "service": service, "rule": rule, "by": by,
            "from": before.as_of.isoformat(), "to": after.as_of.isoformat(),
            "known_from": instant(before.known_at), "known_to": instant(after.known_at),
        }  # fmt: skip
        body = self.routes.get("/changes", query)
        was, now = (one.of(service, rule, by) for one in (before, after))
        rows = [{**body["total"], "key": TOTAL}, *body["rows"]]
        self.routes.compare({row["key"] for row in rows}, was.keys() | now.keys(), "changes", query)
        for row in rows:
            ends = [groups[row["key"]].cell if row["key"] in groups else (0, 0) for groups in (was, now)]
            self.routes.compare([cell(row["before"]), cell(row["after"])], ends, "changes", row["key"], query)
            difference = (ends[1][0] - ends[0][0], ends[1][1] - ends[0][1])
            self.routes.compare(cell(row), difference, "changes", row["key"], query)
            self.routes.compare(
                summed(cell(one) for one in row["causes"]), difference, "causes", row["key"], query
            )


def plain_list(keys: Iterable[str]) -> str:
    return "[" + ", ".join(f'"{key}"' for key in keys) + "]"


def end_of_month(day: date, months: int) -> date:
    """Return the last day of the month some months before a day."""
    first = day.replace(day=1)
    for _ in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def compare_series(
    routes: Routes, services: Sequence[str], rules: Sequence[str], months: Sequence[Asked]
) -> None:
    """Compare series whose months, the earliest first, were recounted one by one."""
    known_at = months[0].times["known_at"]
    for service in services:
        for rule in rules:
            query = {
                "service": service, "rule": rule, "known_at": known_at, "by": "state",
                "from": months[0].times["as_of"][:7], "to": months[-1].times["as_of"][:7],
            }  # fmt: skip
            items = routes.get("/series", query)["items"]
            routes.compare([i["as_of"] for i in items], [m.times["as_of"] for m in months], "series", query)
            for item, month in zip(items, months, strict=True):
                expected = month.recounting.of(service, rule, "state")
                rows = {row["key"]: row for row in item["rows"]} | {TOTAL: item["figure"]}
                routes.compare(sorted(rows), sorted(expected), "series", query, item["as_of"])
                for key, figure in rows.items():
                    month.compare_figure(figure, expected[key], "series", rule, service, key)


def ask_everything(
    asked: Asked, services: Sequence[str], regions: Sequence[str], *, groupings: Sequence[str] = GROUPINGS
) -> None:
    """Ask every route but those over time, all services by overview and matrix, some one by one."""
    for rule in RULES:
        units = UNITS if rule in OVER_AUTHORITIES else ("states",)
        for unit in units:
            asked.overview(rule, unit)
            for columns in ("state", "size_class") if rule in OVER_AUTHORITIES else ("state",):
                asked.matrix(rule, columns, unit)
            for service in services:
                for by in groupings if rule in OVER_AUTHORITIES else ("state",):
                    asked.reuse(service, rule, by, unit)
            if services:
                asked.together(services[:3], rule, "state", unit)
        asked.matrix_of_theme_fields(rule, "state")
        if rule in OVER_STATES:
            for least in (1, 2, 19):
                asked.reusing_states(rule, least)
    for key in regions:
        asked.region(key)
