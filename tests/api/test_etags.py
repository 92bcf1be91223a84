"""Conditional requests and the headers of caching."""

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Headers
from tests.api.test_shapes import READ


@pytest.mark.parametrize("operation_id", READ)
def test_who_holds_the_representation_gets_no_body(reader: FlaskClient, operation_id: str) -> None:
    address = "/api/v1" + READ[operation_id]
    first = reader.get(address)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    for given in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = reader.get(address, headers={"If-None-Match": given})
        assert (again.status_code, again.data) == (304, b"")
        assert again.headers["ETag"] == tag
        assert "Content-Type" not in again.headers
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
    assert reader.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_head_has_the_headers_of_a_get(reader: FlaskClient) -> None:
    for address in ("/api/v1/services", "/api/v1/services/wohngeld-online"):
        got, head = reader.get(address), reader.head(address)
        assert head.data == b""
        for name in ("ETag", "Content-Type", "Content-Length"):
            assert head.headers[name] == got.headers[name]


def test_each_format_has_a_tag_of_its_own_that_stays(reader: FlaskClient) -> None:
    tags = []
    for form in ("json", "csv", "xlsx"):
        first, second = (
            reader.get(f"/api/v1/services?sort=id&format={form}").headers["ETag"] for _ in range(2)
        )
        assert first == second
        tags.append(first)
    assert len(set(tags)) == 3


def test_problems_are_not_kept(reader: FlaskClient) -> None:
    assert reader.get("/api/v1/services/nothing").headers["Cache-Control"] == "no-store"


def test_answers_to_somebody_signed_in_are_private(reader: FlaskClient, analyst: Headers) -> None:
    for address in ("/api/v1/services", "/api/v1/search", "/api/v1/statistics/reuse?service=wohngeld-online"):
        assert "private" in reader.get(address, headers=analyst).headers["Cache-Control"]
        assert "private" not in reader.get(address).headers["Cache-Control"]
