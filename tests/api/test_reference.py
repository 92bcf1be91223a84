"""The committed contract, its interactive reference, and the health checks."""

import re
from pathlib import Path

import jsonschema_rs
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.api.problems import TITLES
from marketplace.api.reference import contract_bytes
from marketplace.cli import main
from marketplace.store.schema import NEWEST

CONTRACT = Path(__file__).parents[2] / "openapi" / "openapi.json"


def test_the_committed_contract_is_what_the_code_says(reader: FlaskClient) -> None:
    assert CONTRACT.read_bytes() == reader.get("/api/v1/openapi.json").data, "run `marketplace openapi write`"


def test_the_contract_is_the_same_whoever_writes_it(seeded: Context) -> None:
    assert contract_bytes(create_app(seeded)) == contract_bytes(create_app(seeded))


def test_every_operation_is_explained_and_every_error_is_a_problem(reader: FlaskClient) -> None:
    contract = reader.get("/api/v1/openapi.json").get_json()
    assert contract["openapi"] == "3.1.0"
    for path in contract["paths"].values():
        for method, operation in path.items():
            if method == "parameters":
                continue
            assert operation["summary"]
            assert operation["operationId"]
            assert operation["responses"]["422"]
            assert operation.get("security")
    for response in contract["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_examples_fit_their_schemas(reader: FlaskClient) -> None:
    contract = reader.get("/api/v1/openapi.json").get_json()
    examples = [
        (content["schema"], content["example"])
        for path in contract["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
        for response in operation["responses"].values()
        for content in response.get("content", {}).values()
        if "example" in content
    ]
    assert len(examples) >= 2
    for schema, example in examples:
        whole = {**schema, "components": contract["components"]}
        jsonschema_rs.Draft202012Validator(whole, validate_formats=True).validate(example)


def test_the_commands_write_and_check_the_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{tmp_path}/unused.sqlite")
    monkeypatch.setenv("MARKETPLACE_DEMO", "true")
    file = tmp_path / "contract.json"
    run = CliRunner().invoke
    assert run(main, ["openapi", "write", str(file)]).exit_code == 0
    assert file.read_bytes() == CONTRACT.read_bytes()
    assert run(main, ["openapi", "check", str(file)]).exit_code == 0
    file.write_text(file.read_text().replace("list_bundles", "list_bundle"))
    checked = run(main, ["openapi", "check", str(file)])
    assert checked.exit_code == 1
    assert "list_bundle" in checked.output


def test_the_reference_loads_nothing_from_elsewhere_and_no_inline_script(reader: FlaskClient) -> None:
    response = reader.get("/api/v1/docs")
    page = response.get_data(as_text=True)
    addresses = re.findall(r'(?:src|href|data-contract)="([^"]+)"', page)
    assert addresses
    for address in addresses:
        if not address.startswith("data:"):
            assert address.startswith("/")
            with reader.get(address) as file:
                assert file.status_code == 200, address
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)
    policy = response.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy


def test_every_type_of_problem_is_explained(reader: FlaskClient) -> None:
    page = reader.get("/api/v1/docs").get_data(as_text=True)
    for kind in TITLES:
        assert f'id="problem-{kind}"' in page


def test_a_living_process_says_so(reader: FlaskClient) -> None:
    response = reader.get("/livez")
    assert (response.status_code, response.get_json()) == (200, {"ok": True})


def test_a_ready_process_names_its_parts(reader: FlaskClient) -> None:
    response = reader.get("/readyz")
    body = response.get_json()
    assert response.status_code == 200
    assert (body["ok"], body["database"], body["migrations_at_head"]) == (True, "ok", True)
    assert body["search"] == "embedded: ready"


def test_a_process_without_database_is_not_ready(seeded: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object, **__: object) -> None:
        raise OperationalError("connect", {}, ConnectionRefusedError("refused"))

    client = create_app(seeded).test_client()
    monkeypatch.setattr("marketplace.store.schema.is_at_head", down)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.get_json()["database"] == "unavailable"


def test_a_process_on_old_tables_is_not_ready(context: Context) -> None:
    with context.database.writing() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    try:
        response = create_app(context).test_client().get("/readyz")
    finally:
        with context.database.writing() as session:
            session.connection().exec_driver_sql(f"UPDATE alembic_version SET version_num = '{NEWEST}'")
    assert response.status_code == 503
    assert response.get_json()["migrations_at_head"] is False
