"""Pages of lists and the links between them."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from tests.api.test_parameters import LISTS

OF_ITEMS = [path for path in LISTS if path != "/search/demand"]
"""The demand is two lists side by side, of needs and of queries."""


def links(header: str) -> dict[str, str]:
    return {relation: address for address, relation in re.findall(r'<([^>]+)>; rel="(\w+)"', header)}


@pytest.mark.parametrize("path", OF_ITEMS)
def test_a_page_says_how_many_there_are_and_where_it_is(reader: FlaskClient, path: str) -> None:
    body = reader.get(f"/api/v1{path}?page_size=3").get_json()
    assert body["page"] == 1
    assert body["page_size"] == 3
    assert len(body["items"]) == min(3, body["total"])
    assert body["total"] > 0


@pytest.mark.parametrize("path", OF_ITEMS)
def test_beyond_the_last_page_there_is_nothing_and_the_way_back(reader: FlaskClient, path: str) -> None:
    response = reader.get(f"/api/v1{path}?page=9999&page_size=200")
    assert response.status_code == 200
    assert response.get_json()["items"] == []
    assert response.get_json()["total"] > 0
    found = links(response.headers["Link"])
    assert "next" not in found
    assert reader.get(found["prev"]).get_json()["items"]


def test_links_keep_every_filter_and_every_repetition(reader: FlaskClient) -> None:
    asked = MultiDict(
        [("kind", "online_service"), ("kind", "platform"), ("sort", "-name"), ("lead_state", "04"), ("lead_state", "06"),
         ("page_size", "4"), ("page", "2")]
    )  # fmt: skip
    response = reader.get("/api/v1/services", query_string=asked)
    found = links(response.headers["Link"])
    assert set(found) == {"first", "prev", "next", "last"}
    for relation, page in (("first", "1"), ("prev", "1"), ("next", "3")):
        _, _, query = found[relation].partition("?")
        kept = sorted(pair for pair in query.split("&") if not pair.startswith("page="))
        assert kept == ["kind=online_service", "kind=platform", "lead_state=04", "lead_state=06", "page_size=4",
                        "sort=-name"]  # fmt: skip
        assert query.endswith(f"page={page}")


def test_links_keep_what_has_to_be_escaped(reader: FlaskClient) -> None:
    response = reader.get("/api/v1/regions", query_string={"q": "a&b=c ü", "page_size": "1"})
    assert "q=a%26b%3Dc+%C3%BC" in links(response.headers["Link"])["first"]


@pytest.mark.parametrize("path", ["/services", "/bundles", "/organisations", "/search"])
def test_following_the_links_shows_each_entry_once(reader: FlaskClient, path: str) -> None:
    address: str | None = f"/api/v1{path}?page_size=50"
    seen: list[str] = []
    total = 0
    while address:
        response = reader.get(address)
        body = response.get_json()
        total = body["total"]
        seen += [item.get("id") or item["ozg_id"] for item in body["items"]]
        address = links(response.headers["Link"]).get("next")
    assert len(seen) == len(set(seen)) == total


def test_a_page_size_does_not_leak_into_another_request(reader: FlaskClient) -> None:
    assert len(reader.get("/api/v1/services?page_size=2").get_json()["items"]) == 2
    assert len(reader.get("/api/v1/services").get_json()["items"]) == 20
