"""What is sent has exactly the fields that the contract describes, in the types it describes them in."""

from typing import Any

import jsonschema_rs
import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.api.reference import contract_of
from marketplace.api.schemas.adoptions import AdoptionEventFields
from marketplace.api.schemas.authority_sets import AuthoritySetFields
from marketplace.api.schemas.services import ServiceFields
from marketplace.api.schemas.thesaurus import ThesaurusFields
from marketplace.api.schemas.usage import CaseNumberFields, UsageReportFields
from marketplace.domain import authority_rules, event_rules, service_rules, thesaurus_rules, usage
from tests.api.conftest import Headers

READ = {
    "list_changes": "/changes?limit=500",
    "list_services": "/services?page_size=200",
    "read_service": "/services/elektronische-wohnsitzanmeldung",
    "list_service_versions": "/services/elektronische-wohnsitzanmeldung/versions",
    "read_service_version": "/services/elektronische-wohnsitzanmeldung/versions/1",
    "list_service_changes": "/services/elektronische-wohnsitzanmeldung/versions/1/changes",
    "read_service_self_check": "/services/elektronische-wohnsitzanmeldung/self-check",
    "list_search_demand": "/search/demand",
    "suggest_entries": "/search/suggest?q=wohn",
    "search_entries": "/search?q=wohnung ummelden",
    "list_procedures": "/procedures?page_size=200",
    "read_procedure": "/procedures/99115005104000",
    "list_bundles": "/bundles?page_size=200",
    "read_bundle": "/bundles/10124",
    "list_theme_fields": "/theme-fields",
    "read_theme_field": "/theme-fields/bildung",
    "list_organisations": "/organisations?page_size=200",
    "read_organisation": "/organisations/dataport",
    "list_regions": "/regions?page_size=200",
    "read_region": "/regions/01001",
    "read_authority": "/authorities/01001",
    "list_authority_sets": "/authority-sets",
    "read_authority_set": "/authority-sets/districts?as_of=2025-09-01",
    "list_service_adoptions": "/services/elektronische-wohnsitzanmeldung/adoptions?page_size=200",
    "list_service_authorities": "/services/elektronische-wohnsitzanmeldung/authorities?page_size=200",
    "list_region_adoptions": "/regions/01001/adoptions",
    "list_adoption_claims": "/adoption-claims?page_size=200",
    "list_adoption_events": "/services/elektronische-wohnsitzanmeldung/adoption-events?page_size=200",
    "read_adoption_template": "/adoption-events/template?format=json",
    "list_counting_rules": "/counting-rules",
    "read_overview": "/statistics/overview",
    "read_matrix": "/statistics/matrix?suppress_below=30",
    "read_series": "/statistics/series?service=elektronische-wohnsitzanmeldung&by=state&from=2026-09",
    "read_changes": "/statistics/changes?service=elektronische-wohnsitzanmeldung&from=2025-06-01&by=size_class",
    "read_region_statistics": "/statistics/regions/01001",
    "read_reuse": "/statistics/reuse?service=elektronische-wohnsitzanmeldung",
    "list_questions": "/statistics/questions",
    "read_size_classes": "/statistics/questions/size-classes?rows=theme_field",
    "read_joined_states": "/statistics/questions/joined-states?service=elektronische-wohnsitzanmeldung",
    "read_reusing_states": "/statistics/questions/reusing-states?at_least=2",
    "read_online_in_state": "/statistics/questions/online-in-state?state=05",
    "read_paid_services": "/statistics/questions/paid-services?state=05&below=0.9",
    "read_nearly_area_wide": "/statistics/questions/nearly-area-wide?missing=100",
    "read_planned_go_lives": "/statistics/questions/planned-go-lives",
    "read_one_or_all": "/statistics/questions/one-or-all",
    "list_thesaurus_rows": "/thesaurus?page_size=200",
    "read_thesaurus_row": "/thesaurus/1",
}

# The seed has no usage reports and no case numbers: tests/api/test_usage.py looks at these.
OF_USAGE = {"list_service_usage", "list_procedure_cases"}
OF_LINES = {"export_catalogue"}
"""Answers many documents, a line each: looked at by its own tests."""


def operations(contract: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        operation["operationId"]: operation
        for path in contract["paths"].values()
        for method, operation in path.items()
        if method in ("get", "put", "patch", "post")
    }


def closed(schema: Any) -> Any:
    """The same schema without room for further fields."""
    if isinstance(schema, dict):
        told = {name: closed(value) for name, value in schema.items()}
        if "properties" in told:
            told.setdefault("additionalProperties", False)
        return told
    return [closed(item) for item in schema] if isinstance(schema, list) else schema


def assert_fits(app: Flask, operation_id: str, body: Any, status: str = "200") -> None:
    contract = contract_of(app)
    schema = operations(contract)[operation_id]["responses"][status]["content"]["application/json"]["schema"]
    whole = closed({**schema, "components": contract["components"]})
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    errors = list(validator.iter_errors(body))
    assert not errors, [(error.instance_path, error.message) for error in errors[:5]]


def test_every_public_reading_operation_is_looked_at(reading_app: Flask) -> None:
    """What needs a token is looked at by the tests of its own pages and addresses."""
    reading = [path["get"] for path in contract_of(reading_app)["paths"].values() if "get" in path]
    public = {operation["operationId"] for operation in reading if {} in operation["security"]}
    assert public == set(READ) | OF_USAGE | OF_LINES


@pytest.mark.parametrize("operation_id", READ)
def test_an_answer_has_the_fields_of_its_schema(
    reading_app: Flask, reader: FlaskClient, operation_id: str
) -> None:
    response = reader.get("/api/v1" + READ[operation_id])
    assert response.status_code == 200
    body = response.get_json()
    assert_fits(reading_app, operation_id, body)
    assert body.get("items", body), "an empty answer shows nothing"


def test_a_written_entry_has_the_fields_of_its_schema(
    app: Flask, client: FlaskClient, operator: Headers
) -> None:
    body = {"name": "Alle", "level": "municipality"}
    response = client.put("/api/v1/authority-sets/alle", json=body, headers=operator)
    assert_fits(app, "put_authority_set", response.get_json(), "201")


def test_the_contract_names_the_fields_that_the_rules_take() -> None:
    assert _names(ServiceFields) == set(service_rules.FIELDS)
    assert _names(AdoptionEventFields) == set(event_rules.FIELDS)
    assert _names(AuthoritySetFields) == {*authority_rules.FIELDS, *authority_rules.READ_ONLY}
    assert _names(UsageReportFields) == set(usage.USAGE_FIELDS)
    assert _names(CaseNumberFields) == set(usage.CASE_FIELDS)
    assert _names(ThesaurusFields) == set(thesaurus_rules.FIELDS)


def _names(schema: Any) -> set[str]:
    return {field.data_key or name for name, field in schema().fields.items()}
