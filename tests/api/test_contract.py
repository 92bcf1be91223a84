"""The whole contract under generated requests: whatever is sent, the answer is one that the contract describes.

What fits the schema comes from each role and from the public in turn; what one of them is refused the operator, who
comes furthest, sends again. It mostly names something that exists, in a land where there is one of everything. What
breaks the schema comes from the operator, as does what the operations that write are asked on PostgreSQL: who may do
what does not hang on the database.

Left out is schemathesis' check that everything valid by schema is accepted: references (an organisation that exists),
steps of the ledger and versions are rules that no schema can say.
"""

import json
from itertools import count
from random import Random
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings, strategies
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from marketplace import create_app
from marketplace.actions.context import Context
from marketplace.api.kept import EXTENSION, KeptAnswers
from marketplace.domain.access import Role
from tests import land_at_work
from tests.api.conftest import bearer
from tests.api.test_reference import CONTRACT
from tests.conftest import POSTGRESQL_URL
from tests.land_at_work import KNOWN

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, ignored_auth, unsupported_method,
]  # fmt: skip
CALLERS = [None, *Role]
"""Who calls; None: the public."""
BY_THE_OPERATOR = [Role.OPERATOR] * 3
READING = "get"
NOT_THEIRS = {401, 403}
REFUSALS = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428]
_made: list[tuple[Flask, Any]] = []


def contract_over(ctx: Context) -> Any:
    """The contract, asked of one application that is handed each test's land."""
    if not _made:
        app = create_app(ctx)
        config = schemathesis.Config.from_dict(
            {"checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}}}
        )
        _made.append((app, schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app, config=config)))
    app, contract = _made[0]
    app.extensions["marketplace"] = ctx
    app.extensions[EXTENSION] = KeptAnswers()
    return contract


def operations() -> list[Any]:
    """Each operation with what fits its schema and what does not; what fits and writes on both databases."""
    committed = json.loads(CONTRACT.read_text("utf-8"))
    found = [(p, m) for p, methods in committed["paths"].items() for m in methods if m != "parameters"]
    on_sqlite: list[Any] = [
        ("sqlite", path, method, mode)
        for path, method in found
        for mode in GenerationMode
        if mode.is_positive or can_be_asked_wrongly(committed["paths"][path], method)
    ]
    if not POSTGRESQL_URL:
        return on_sqlite
    return on_sqlite + [
        pytest.param("postgresql", path, method, GenerationMode.POSITIVE, marks=pytest.mark.postgresql)
        for path, method in found
        if method != READING
    ]


def can_be_asked_wrongly(path: dict[str, Any], method: str) -> bool:
    """Tell whether an operation takes anything at all that might not fit its schema."""
    operation = path[method]
    return any((path.get("parameters"), operation.get("parameters"), operation.get("requestBody")))


def name_what_exists(case: schemathesis.Case[Any], chance: Random) -> None:
    """Put what exists in place of most generated names, and no condition in place of most tags."""
    for given_by in (case.path_parameters, case.query, case.body):
        _name_in(given_by, chance)
    if chance.random() < 0.8 and any(header.name == "If-Match" for header in case.operation.headers):
        case.headers["If-Match"] = "*"


def _name_in(value: object, chance: Random) -> None:
    if isinstance(value, list):
        for one in value:
            _name_in(one, chance)
    elif isinstance(value, dict):
        for name in value:
            if name in KNOWN and chance.random() < 0.8:
                value[name] = chance.choice(KNOWN[name])
            else:
                _name_in(value[name], chance)


@pytest.mark.parametrize(("database", "path", "method", "mode"), operations(), indirect=["database"])
def test_every_answer_is_one_of_the_contract(
    context: Context, path: str, method: str, mode: GenerationMode
) -> None:
    secrets = land_at_work.settle(context)
    contract = contract_over(context)
    callers = CALLERS if mode.is_positive and context.database.is_sqlite else BY_THE_OPERATOR
    turn = count()

    @settings(
        max_examples=len(callers),
        deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(contract[path][method].as_strategy(generation_mode=mode), strategies.integers(0, 2**16))
    def every_case(case: schemathesis.Case[Any], seed: int) -> None:
        number = next(turn)
        caller = callers[number % len(callers)]
        if mode.is_positive:
            name_what_exists(case, Random(seed + number))
        asked_as = bearer(secrets[caller]) if caller else {}
        answer = case.call_and_validate(headers=asked_as, checks=CHECKS)
        if answer.status_code in NOT_THEIRS and mode.is_positive:
            case.call_and_validate(headers=bearer(secrets[Role.OPERATOR]), checks=CHECKS)

    every_case()
    assert mode.is_negative or next(turn) >= len(callers)
