"""A threshold for publications is a number of authorities, whatever unit the published figures are in."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests import land
from tests.api.conftest import Headers
from tests.api.test_statistics_changes import record

STATISTICS = "/api/v1/statistics"
GROUPINGS = ("state", "district", "size_class", "kind")
TABLES = (
    *(f"reuse?service={service}&by={by}" for service in ("wohnsitz", "hundesteuer") for by in GROUPINGS),
    *(f"reuse?service=wohnsitz&service=hundesteuer&by={by}" for by in GROUPINGS),
    "overview?sort=-rate", "matrix?columns=state", "matrix?columns=size_class", "matrix?rows=theme_field",
)  # fmt: skip


@pytest.fixture
def live(client: FlaskClient, operator: Headers) -> FlaskClient:
    for service_id, key in (
        ("wohnsitz", land.NORDSTADT), ("wohnsitz", land.BUND_AM_SEE), ("hundesteuer", land.SEEDORF),
        ("hundesteuer", land.HAMBURG_TOWN), ("hundesteuer", land.NORDSTADT),
    ):  # fmt: skip
        record(client, operator, service_id=service_id, authority_key=key)
    return client


def cells(body: Any) -> dict[tuple[str, str], tuple[int | None, int | None]]:
    """Numerator and denominator of each cell of an answer, by the names of its row and column."""
    return {name: (cell[0], cell[1]) for name, cell in _named(body) if cell is not None}


def _named(body: Any) -> Iterator[tuple[tuple[str, str], Any]]:
    if "column_items" in body:
        keys = [*(column["key"] for column in body["column_items"]), "total"]
        for line in (*body["items"], body["totals"]):
            for key, cell in zip(keys, [*line["cells"], line["total"]], strict=True):
                yield (line["key"], key), cell
        return
    rows = {row["key"]: row for row in body.get("rows", ())}
    rows |= {item["service"]: item["figure"] for item in body.get("items", ())}
    for key, row in {**rows, "total": body["total"]}.items():
        yield (key, ""), [row["numerator"], row["denominator"]]


def hidden(body: Any) -> set[tuple[str, str]]:
    return {name for name, cell in cells(body).items() if cell == (None, None)}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("rule", ["reuse-rate", "coverage"])
def test_what_is_hidden_of_authorities_is_hidden_of_their_inhabitants_too(
    live: FlaskClient, table: str, rule: str
) -> None:
    address = f"{STATISTICS}/{table}&rule={rule}"
    whole = cells(live.get(f"{address}&unit=population").get_json())
    for least in range(1, 8):
        in_authorities, in_population = (
            live.get(f"{address}&unit={unit}&suppress_below={least}").get_json()
            for unit in ("authorities", "population")
        )
        assert hidden(in_population) == hidden(in_authorities)
        shown = {name: cell for name, cell in cells(in_population).items() if cell != (None, None)}
        assert shown == {name: whole[name] for name in shown}
        assert live.get(in_population["permalink"]).get_json() == in_population


def test_no_single_authority_is_told_by_its_inhabitants(live: FlaskClient) -> None:
    address = (
        f"{STATISTICS}/reuse?service=hundesteuer&by=district&rule=coverage&suppress_below=2&unit=population"
    )
    body = live.get(address).get_json()
    assert {row["key"]: row["suppressed"] for row in body["rows"]} == {
        "02000": True, "09161": True, "09170": True,
    }  # fmt: skip
    assert body["total"]["denominator"] > 100_000


def test_a_hidden_cell_does_not_say_that_nobody_is_there(live: FlaskClient) -> None:
    address = f"{STATISTICS}/reuse?service=hundesteuer&by=size_class"
    empty = [row["key"] for row in live.get(address).get_json()["rows"] if row["undefined"]]
    rows = {row["key"]: row for row in live.get(f"{address}&suppress_below=2").get_json()["rows"]}
    assert [(rows[key]["suppressed"], rows[key]["undefined"]) for key in empty] == [(True, None)]
