"""What people and machines send to a search that is none; nothing of it may fail."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from marketplace.actions.context import Context
from marketplace.store.tables import ServiceRow
from tests import land
from tests.api.conftest import Headers

SEARCH = "/api/v1/search"


def ask(reader: FlaskClient, q: str, **more: Any) -> dict[str, Any]:
    response = reader.get(SEARCH, query_string={"q": q, **more})
    assert response.status_code == 200, response.get_json()
    body: dict[str, Any] = response.get_json()
    return body


@pytest.mark.parametrize("q", ["", "   ", "der die das", "für alle und jeden", "!!! ??? ...", "\t\r\n"])
def test_a_query_that_says_nothing_lists_everything(reader: FlaskClient, q: str) -> None:
    assert ask(reader, q)["total"] == ask(reader, "")["total"] > 60


@pytest.mark.parametrize(
    "q",
    [
        "name:(Wohngeld OR x)", "Wohngeld*", '"Wohngeld"', "Wohngeld\\", "+Wohngeld -Miete", "Wohngeld~2", "Wohngeld^9",
        "Wohngeld' OR 1=1 --", "Wohngeld'; DROP TABLE service; --", "%Wohngeld%", "[Wohngeld TO x}", "/Wohngeld/",
        "Wohngeld\x01\x1f", "\u202eWohngeld\u202c", "Wohngeld \U0001f600", "\U0001f468\u200d\U0001f469\u200d\U0001f467 Wohngeld",
        "WOHNGELD", "wohngeld.", "«Wohngeld»", "Wohngeld\u00a0",
    ],
)  # fmt: skip
def test_signs_around_a_word_are_signs_and_nothing_else(reader: FlaskClient, q: str) -> None:
    assert "wohngeld-online" in [item["id"] for item in ask(reader, q)["items"]]


@pytest.mark.parametrize(
    "q", ["*", "name:*", "\\", "(((", "AND OR NOT", "\U0001f600", "a" * 1000, "ab " * 333, "99" * 100]
)
def test_no_query_fails(reader: FlaskClient, q: str) -> None:
    for where in ("services", "procedures"):
        assert ask(reader, q, **{"in": where})["total"] >= 0


@pytest.mark.parametrize(
    ("address", "field"),
    [
        (f"q={'x' * 1001}", "q"),
        (f"q={'x' * 10_000}", "q"),
        ("q=a%00b", "q"),
        ("q=%F0%9F%98", None),
        ("q=%ED%A0%80", None),
        ("in=regions", "in"),
        ("colour=red", "colour"),
        ("kind=castle", "kind"),
        ("theme_field=", "theme_field"),
        ("theme_field=nothing", "theme_field"),
        ("lead_state=17", "lead_state"),
        ("authority_set=nobody", "authority_set"),
        ("q=a&q=b", "q"),
        ("sort=name&sort=name", "sort"),
        ("sort=size", "sort"),
        ("page=0", "page"),
        ("page=-1", "page"),
        ("page=1.5", "page"),
        ("page_size=0", "page_size"),
        ("page_size=10000", "page_size"),
        ("region=1234567890123", "region"),
        ("verbatim=yes", "verbatim"),
        ("&".join(f"theme_field={number}" for number in range(60)), "theme_field"),
    ],
)
def test_what_is_no_search_is_refused_by_name(reader: FlaskClient, address: str, field: str | None) -> None:
    response = reader.get(f"{SEARCH}?{address}")
    if field is None:
        # Bytes that are no UTF-8 arrive as the sign for what could not be read.
        assert response.status_code == 200
    else:
        assert response.status_code == 422
        assert {error["field"].partition(".")[0] for error in response.get_json()["errors"]} == {field}


@pytest.mark.parametrize("page", [10_000, 100_000])
@pytest.mark.parametrize("sort", ["relevance", "name"])
def test_behind_the_last_page_is_an_empty_list(reader: FlaskClient, page: int, sort: str) -> None:
    body = ask(reader, "online", page=page, page_size=200, sort=sort)
    assert (body["items"], body["page"]) == ([], page)
    assert body["total"] > 0


def test_an_entry_with_little_to_say_and_one_with_a_long_name_are_found(
    client: FlaskClient, small: Context
) -> None:
    land.add_service(small, "kurz", name="Kurzmeldung")
    with small.database.writing() as session:
        # None of today's can be published so, but older rows may be.
        session.execute(update(ServiceRow).where(ServiceRow.id == "kurz").values(description="", summary=""))
    long = "Lang" + "wort " * 59 + "x"
    assert len(long) == 300
    land.add_service(small, "lang", name=long)
    assert [item["id"] for item in ask(client, "Kurzmeldung")["items"]] == ["kurz"]
    assert ask(client, "Langwort")["items"][0]["name"] == long


def test_what_nobody_has_is_noted_and_what_one_filter_hides_is_not(
    client: FlaskClient, operator: Headers
) -> None:
    def told() -> list[str]:
        body = client.get("/api/v1/search/demand", headers=operator).get_json()
        return [row["text"] for row in body["queries"]]

    for _ in range(3):
        assert ask(client, "Zauberstab")["total"] == 0
        assert ask(client, "Wohnsitz", kind="platform")["total"] == 0
        assert ask(client, "Einhorn", page=2)["total"] == 0
    assert [text.casefold() for text in told()] == ["zauberstab"]
