"""The official register and the denominators."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import Headers, broken_rules

SET = "/api/v1/authority-sets/neue-behoerden"
FIELDS = {"name": "Neue Behörden", "level": "district", "states": {"02": None}, "reason": "ein Test"}


@pytest.mark.parametrize(
    ("query", "total"),
    [("kind=state", 16), ("kind=district", 400), ("kind=municipality&state=02", 1), ("kind=federation", 1)],
)
def test_the_register_is_counted_as_destatis_counts_it(reader: FlaskClient, query: str, total: int) -> None:
    assert reader.get(f"/api/v1/regions?{query}").get_json()["total"] == total


def test_a_region_is_found_by_name_and_by_postcode(reader: FlaskClient) -> None:
    assert reader.get("/api/v1/regions?q=Flensburg").get_json()["items"][0]["name"].startswith("Flensburg")
    assert reader.get("/api/v1/regions?q=01 0010000 000").get_json()["items"][0]["key"] == "010010000000"
    assert "24937" in [i["postcode"] for i in reader.get("/api/v1/regions?q=24937").get_json()["items"]]


@pytest.mark.parametrize("key", ["010010000000", "01001000"])
def test_a_municipality_is_read_by_key_and_ags(reader: FlaskClient, key: str) -> None:
    body = reader.get(f"/api/v1/regions/{key}").get_json()
    assert body["key"] == "010010000000"
    assert body["ags"] == "01001000"
    assert [parent["key"] for parent in body["parents"]] == ["01001", "01", "00"]
    assert body["territory_on"] == "2025-08-31"


def test_a_region_is_read_as_it_was(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/regions/01001?as_of=2023-12-31").get_json()
    assert body["territory_on"] == "2023-11-30"


@pytest.mark.parametrize(
    ("former", "key"), [("160645052074", "160640074074"), ("160745007104", "160745011104")]
)
def test_what_is_asked_of_a_rekeyed_region_is_found_by_its_old_key(
    reader: FlaskClient, former: str, key: str
) -> None:
    assert reader.get(f"/api/v1/regions/{former}").get_json()["key"] == key
    assert reader.get(f"/api/v1/authorities/{former}").get_json()["key"] == key
    assert reader.get(f"/api/v1/statistics/regions/{former}").get_json()["region"]["key"] == key
    adoptions = reader.get(f"/api/v1/regions/{former}/adoptions").get_json()
    assert adoptions["items"] == reader.get(f"/api/v1/regions/{key}/adoptions").get_json()["items"]
    before = reader.get(f"/api/v1/regions/{former}?as_of=2024-06-30").get_json()
    assert (before["key"], before["former_keys"]) == (former, [])


@pytest.mark.parametrize("key", ["160615012", "160645052055"])
def test_of_a_region_that_ended_every_address_tells_the_day(reader: FlaskClient, key: str) -> None:
    for address in (f"regions/{key}/adoptions", f"statistics/regions/{key}", f"authorities/{key}"):
        answer = reader.get(f"/api/v1/{address}")
        assert answer.status_code == 404
        assert "does not exist since 2025-08-31" in answer.get_json()["detail"], address
    then = reader.get(f"/api/v1/regions/{key}?as_of=2024-06-30").get_json()
    assert (then["open"], then["ended_on"]) == (False, None)
    assert reader.get(f"/api/v1/regions/{key}").get_json()["open"] is True


def test_a_search_lists_who_had_the_name_or_key_before_marked_as_such(reader: FlaskClient) -> None:
    def found(q: str) -> list[tuple[str, str | None, str | None]]:
        items = reader.get("/api/v1/regions", query_string={"q": q}).get_json()["items"]
        return [(item["key"], item["ended_on"], item["found_by"]) for item in items]

    assert found("160645052074") == [("160640074074", None, "160645052074")]
    assert found("Betzdorf-Gebardshain") == [("071325009", None, "Betzdorf-Gebardshain")]
    assert found("Rodeberg") == found("160645052055") == [("160645052055", "2025-08-31", None)]
    assert ("160640074074", None, None) in found("Südeichsfeld")
    table = reader.get("/api/v1/regions?q=Rodeberg&format=csv").text.splitlines()
    assert table[0].endswith("ended_on;found_by") or table[0].endswith("ended_on,found_by")


@pytest.mark.parametrize("key", ["99999", "abc", "1", "0" * 13, "%20"])
def test_no_region_has_such_a_key(reader: FlaskClient, key: str) -> None:
    assert reader.get(f"/api/v1/regions/{key}").status_code == 404
    assert reader.get(f"/api/v1/regions/{key}/adoptions").status_code == 404


@pytest.mark.parametrize(
    ("set_id", "count"),
    [("states", 16), ("districts", 400), ("local_administrations", 4389), ("municipalities", 10751),
     ("registration_authorities", 5030), ("disability_offices", 123), ("housing_benefit_offices", 743)],
)  # fmt: skip
def test_the_shipped_denominators_have_their_size(reader: FlaskClient, set_id: str, count: int) -> None:
    body = reader.get(f"/api/v1/authority-sets/{set_id}").get_json()
    assert body["member_count"] == count == sum(body["counts_by_state"].values())
    assert body["members"] is None


def test_members_are_listed_for_a_day(reader: FlaskClient) -> None:
    body = reader.get("/api/v1/authority-sets/states?as_of=2025-12-31").get_json()
    assert [member["key"] for member in body["members"]] == [f"{n:02}" for n in range(1, 17)]


def test_a_set_is_created_replaced_and_guarded_by_its_version(
    client: FlaskClient, operator: Headers, publisher: Headers
) -> None:
    assert client.put(SET, json=FIELDS).status_code == 401
    assert client.put(SET, json=FIELDS, headers=publisher).status_code == 403
    created = client.put(SET, json=FIELDS, headers=operator)
    assert created.status_code == 201
    assert created.headers["Location"] == SET
    assert created.get_json()["member_count"] == 2
    assert client.put(SET, json=FIELDS, headers=operator).status_code == 428
    stale = {**operator, "If-Match": '"7"'}
    assert client.put(SET, json=FIELDS, headers=stale).status_code == 412
    current = {**operator, "If-Match": client.get(SET).headers["ETag"]}
    replaced = client.put(SET, json={**FIELDS, "states": {}}, headers=current)
    assert replaced.status_code == 200
    assert (replaced.get_json()["version"], replaced.get_json()["member_count"]) == (2, 3)


def test_what_a_set_counts_is_in_its_tag(reader: FlaskClient) -> None:
    today = reader.get("/api/v1/authority-sets/districts").headers["ETag"]
    listed = reader.get("/api/v1/authority-sets/districts?as_of=2025-12-31").headers["ETag"]
    assert today != listed
    assert today.split("-")[0] == listed.split("-")[0]


def test_broken_rules_of_a_set_are_named(client: FlaskClient, operator: Headers) -> None:
    wrong = {"name": "x", "level": "town", "states": {"99": "district"}, "invented": 1}
    response = client.put(SET, json=wrong, headers=operator)
    assert response.status_code == 422
    assert {field.split(".")[0] for field, _ in broken_rules(response.get_json())} >= {"level", "invented"}
    assert client.get(SET).status_code == 404


def test_a_set_can_be_sent_back_as_it_was_read_and_keeps_what_is_planned(
    client: FlaskClient, operator: Headers
) -> None:
    client.put(SET, json=FIELDS, headers=operator)

    def send(body: dict[str, Any], version: int) -> dict[str, Any]:
        answer = client.put(SET, json=body, headers={**operator, "If-Match": f'"{version}"'})
        assert answer.status_code == 200, answer.get_json()
        sent: dict[str, Any] = answer.get_json()
        return sent

    send({**FIELDS, "name": "Geplant", "valid_from": "2027-01-01"}, 1)
    read = client.get(SET).get_json()
    assert read["valid_to"] == "2027-01-01"
    assert send(read, 2)["version"] == 2
    changed = send({**read, "name": "Anders benannt"}, 2)
    assert (changed["version"], changed["name"], changed["valid_to"]) == (3, "Anders benannt", "2027-01-01")
    assert client.get(f"{SET}?as_of=2027-01-01").get_json()["name"] == "Geplant"
