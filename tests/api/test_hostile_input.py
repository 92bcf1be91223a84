"""What somebody hostile sends to the API, and what must never leave it."""

import csv
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from marketplace.actions.context import Context
from marketplace.actions.tokens import create_token
from marketplace.api.contract import PREFIX
from marketplace.domain.access import Role
from marketplace.logs import configure_logs
from marketplace.store.tables import Table
from tests import land
from tests.api.conftest import Headers, bearer

KEYS = {
    "service_id": "wohnsitz", "leika_key": "99115005104000", "ozg_id": "10124", "theme_field_id": "bildung",
    "organisation_id": "provider", "set_id": "states", "authority_key": land.SEEDORF, "key": "09", "event_id": "1",
    "row_id": "1",
}  # fmt: skip
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)")


def contract(app: Flask) -> dict[str, Any]:
    return dict(app.test_client().get(f"{PREFIX}/openapi.json").get_json())


def operations(app: Flask, *methods: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address and description of the operations of the contract."""
    for path, item in contract(app)["paths"].items():
        for method in methods:
            if method in item:
                yield method, re.sub(r"{(\w+)}", lambda m: KEYS.get(m[1], "1"), path), item[method]


def test_characters_that_no_text_has_never_break_a_query(
    app: Flask, client: FlaskClient, operator: Headers
) -> None:
    asked = [
        f"{path}?{parameter['name']}={given}"
        for _, path, operation in operations(app, "get")
        for parameter in operation.get("parameters", ())
        if parameter.get("in") == "query"
        for given in ("a%00b", "%ED%A0%80", "%FF")
    ]
    assert len(asked) > 180
    assert [one for one in asked if client.get(one, headers=operator).status_code >= 500] == []


def test_characters_that_no_key_has_never_break_an_address(
    app: Flask, client: FlaskClient, operator: Headers
) -> None:
    asked = [
        re.sub(r"{\w+}", given, path)
        for path in contract(app)["paths"]
        if "{" in path
        for given in ("a%00b", "%ED%A0%80", "'", "..%2f", "x" * 500)
    ]
    assert len(asked) > 60
    assert [one for one in asked if client.get(one, headers=operator).status_code >= 500] == []


FIELDS = (
    '{"%s": "a\\u0000b"}',
    '{"%s": "\\ud800"}',
    '{"%s": ["\\udc00"]}',
    '{"%s": ' + "9" * 400 + "}",
    '{"%s": [{"a": "\\u0000"}]}',
)
"""Bodies with something hostile in a field."""
WHOLE = [
    '{"x": "\\ud800"}', '{"\\ud800": {"\\udc00": "\\u0000"}}', '{"x": ' + "[" * 60 + "]" * 60 + "}", '{"x": ' + "[" * 100_000 + "}", "[[[[", "", "null", '"x"',
    "\ufeff{}",
]  # fmt: skip
"""Bodies that no operation reads any field of."""


def test_no_body_breaks_an_operation(app: Flask, client: FlaskClient, operator: Headers) -> None:
    components = contract(app)["components"]["schemas"]
    broken, asked = [], 0
    for method, path, operation in operations(app, "post", "put", "patch", "delete"):
        content = operation.get("requestBody", {}).get("content", {})
        names = sorted(fields_of(content.get("application/json", {}).get("schema", {}), components)) or ["x"]
        bodies = [body.replace("%s", name) for body in FIELDS for name in names] + WHOLE
        for sent in bodies:
            asked += 1
            answer = client.open(
                path, method=method.upper(), data=sent.encode(), content_type="application/json",
                headers={**operator, "If-Match": "*"},
            )  # fmt: skip
            if answer.status_code >= 500:
                broken.append(f"{method} {path} {sent[:80]!r}")
    assert asked > 200
    assert broken == []


def fields_of(schema: dict[str, Any], components: dict[str, Any]) -> set[str]:
    """The names of the fields of a body."""
    if "$ref" in schema:
        return fields_of(components[schema["$ref"].rpartition("/")[2]], components)
    found = set(schema.get("properties", ()))
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        found |= fields_of(part, components)
    if "items" in schema:
        found |= fields_of(schema["items"], components)
    return found


MORE: tuple[dict[str, Any], ...] = (
    {"version": 99}, {"created_at": "2020-01-01T00:00:00Z"}, {"updated_at": "2020-01-01T00:00:00Z"},
    {"approved_by": "me"}, {"own_review": False}, {"edited_by": "somebody"}, {"organisation_id": "rival"},
    {"publisher": "rival"}, {"status": "published"}, {"editors": []}, {"id": "another"}, {"name_folded": "x"},
    {"index_version": 1}, {"__class__": "x"},
)  # fmt: skip


def test_what_the_server_says_is_not_taken_from_a_body(
    client: FlaskClient, publisher: Headers, operator: Headers
) -> None:
    """Mass assignment: a publisher sends more than the fields of an entry, or fields that are not the publisher's."""
    taken = 0
    for number, more in enumerate(MORE):
        service_id = f"neu-{number}"
        path = f"{PREFIX}/services/{service_id}"
        body = land.fields_of(service_id) | {"status": "draft"} | more
        client.put(path, json=body, headers={**publisher, "If-None-Match": "*"})
        stored = client.get(path, headers=operator)
        assert stored.status_code in (200, 404), more
        if stored.status_code == 200:
            taken += 1
            entry = stored.get_json()
            assert (entry["id"], entry["version"], entry["status"]) == (service_id, 1, "draft"), more
            assert entry["publisher"] == "provider"
            assert min(entry.get(name, "2026") for name in ("created_at", "updated_at")) >= "2026"
    assert client.get(f"{PREFIX}/services/another", headers=operator).status_code == 404
    assert 0 < taken < len(MORE)


def test_an_event_says_not_for_itself_who_recorded_it(client: FlaskClient, publisher: Headers) -> None:
    event = {
        "service_id": "wohnsitz", "authority_key": land.NORDSTADT_TOWN, "status": "live", "effective_on": "2026-01-01",
        "source": "test",
    }  # fmt: skip
    for field, value in (
        ("recorded_at", "2020-01-01T00:00:00Z"), ("asserted_by", "register"), ("actor", "somebody"), ("id", 1),
        ("organisation_id", "operator"), ("backfilled_at", "2020-01-01T00:00:00Z"),
    ):  # fmt: skip
        answer = client.post(f"{PREFIX}/adoption-events", json={**event, field: value}, headers=publisher)
        assert answer.status_code == 422, field


def test_a_rivals_draft_does_not_exist(
    client: FlaskClient, small: Context, token: Callable[[str, Role], Headers]
) -> None:
    """Path guessing: in the API, the page, lists, exports, search, suggestions and the feed."""
    land.add_service(small, "geheimprojekt", status="draft", name="Geheimprojekt")
    rival = token("rival", Role.PUBLISHER)
    for who in (rival, {}):
        for path in ("", "?revision=working", "/adoptions", "/adoption-events", "/versions", "/history"):
            answer = client.get(f"{PREFIX}/services/geheimprojekt{path}", headers=who)
            assert answer.status_code in (404, 422, 401), path
        for method in ("put", "patch", "post"):
            for act in ("", "/submit", "/approve", "/return", "/withdraw"):
                answer = client.open(
                    f"{PREFIX}/services/geheimprojekt{act}", method=method.upper(), json={"name": "x"},
                    headers={**who, "If-Match": "*"},
                )  # fmt: skip
                assert answer.status_code in (401, 403, 404, 405, 409, 412, 415, 422, 428), f"{method} {act}"
                assert "Geheimprojekt" not in answer.text
        for path in (
            "services?status=draft", "services?format=csv", "search?q=Geheimprojekt", "search/suggest?q=Geheim",
            "services?publisher=provider",
        ):  # fmt: skip
            assert "Geheimprojekt" not in client.get(f"{PREFIX}/{path}", headers=who).text.replace(
                "q=Geheimprojekt", ""
            )
    for path in (
        "/dienste/geheimprojekt",
        "/dienste/geheimprojekt/nachnutzung.csv",
        "/dienste/geheimprojekt/behoerden.csv",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("/dienste", "/dienste.csv", "/suche?q=Geheim", "/feed.atom", "/organisationen/provider"):
        assert "Geheimprojekt" not in client.get(path).text, path


def test_no_export_holds_a_formula(
    app: Flask, client: FlaskClient, operator: Headers, small: Context
) -> None:
    for number, formula in enumerate(FORMULAS):
        land.add_service(small, f"formel-{number}", name=f"{formula}A", summary=formula, description=formula)
    paths = [
        f"{path}?format=csv" for _, path, o in operations(app, "get") if "text/csv" in str(o.get("responses"))
    ]
    paths += [
        str(rule) for rule in app.url_map.iter_rules() if rule.rule.endswith(".csv") and not rule.arguments
    ]
    read = 0
    for path in paths:
        answer = client.get(path, headers=operator)
        if answer.status_code == 200:
            read += 1
            for row in csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"):
                for cell in row:
                    is_number = re.fullmatch(r"-?[0-9]+(,[0-9]+)?(e-?[0-9]+)?", cell)
                    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")) or is_number, (path, cell)
    assert read > 8


def test_no_secret_is_stored_as_it_is(small: Context) -> None:
    """A stolen copy of the database opens nothing: of tokens it holds digests, and they are looked up by these."""
    secret = create_token(small, "provider", Role.PUBLISHER).secret
    with small.database.reading() as session:
        for table in Table.metadata.sorted_tables:
            held = json.dumps(
                [list(row) for row in session.execute(text(f'SELECT * FROM "{table.name}"'))], default=str
            )
            assert secret not in held, table.name


def test_secrets_stand_in_no_log(app: Flask, small: Context) -> None:
    kept = io.StringIO()
    configure_logs("json")
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(kept)
    made = create_token(small, "provider", Role.PUBLISHER).secret
    unknown = "ozgm_" + "Z" * 43
    client = app.test_client()
    for secret in (made, unknown):
        client.get(f"{PREFIX}/audit-entries", headers=bearer(secret))
        client.put(f"{PREFIX}/services/x", json={"name": secret}, headers=bearer(secret))
        client.get(f"{PREFIX}/services?token={secret}", headers=bearer(secret))
        client.get(f"/einladung/{secret[5:]}")
        client.get(f"/einladung/{secret[5:]}/")
        for path in ("/abbestellen", "/abonnieren/bestaetigen"):
            client.get(f"{path}/{secret[5:]}")
            client.post(f"{path}/{secret[5:]}/")
        client.get(f"/anmelden/rueckkehr?code={secret}&state={secret}")
        client.get("/gibt-es-nicht", headers={"Cookie": f"session={secret}"})
    assert "request_refused" in kept.getvalue()
    for secret in (made, unknown):
        assert secret[5:] not in kept.getvalue()
        assert secret[11:30] not in kept.getvalue()
    with small.database.reading() as session:
        logged = str(session.execute(text("SELECT * FROM audit_entry")).all())
    assert made[12:] not in logged
    assert unknown[12:] not in logged
