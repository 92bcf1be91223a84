"""The whole contract under generated requests: whatever is sent, the answer is one that the contract describes.

Left out is schemathesis' check that everything valid by schema is accepted: references (an organisation that exists),
steps of the ledger and versions are rules that no schema can say.
"""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
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
from marketplace.actions.tokens import create_token
from marketplace.domain.access import Role
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from tests import land
from tests.api.conftest import Headers, bearer
from tests.api.test_reference import CONTRACT
from tests.conftest import NOW, Clock

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection, ignored_auth, unsupported_method,
]  # fmt: skip
EXAMPLES = 7


@pytest.fixture(scope="module")
def small_land(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Context]:
    path = tmp_path_factory.mktemp("contract") / "land.sqlite"
    shutil.copy(migrated_sqlite, path)
    database = Database(open_engine(f"sqlite:///{path}"))
    ctx = Context(database, Settings(demo=True), EmbeddedEngine(database), Clock(NOW))
    land.settle(ctx)
    yield ctx
    database.dispose()


@pytest.fixture(scope="module")
def operators_token(small_land: Context) -> Headers:
    return bearer(create_token(small_land, "operator", Role.OPERATOR).secret)


@pytest.fixture(scope="module")
def contract(small_land: Context) -> Any:
    refusals = [400, 401, 403, 404, 405, 406, 409, 412, 413, 415, 422, 428]
    config = schemathesis.Config.from_dict(
        {"checks": {"negative_data_rejection": {"expected-statuses": refusals}}}
    )
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(small_land), config=config)


def operations() -> list[tuple[str, str]]:
    committed = json.loads(CONTRACT.read_text("utf-8"))
    return [(p, m) for p, methods in committed["paths"].items() for m in methods if m != "parameters"]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), operations())
def test_every_answer_is_one_of_the_contract(
    contract: Any, operators_token: Headers, path: str, method: str, mode: GenerationMode
) -> None:
    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(contract[path][method].as_strategy(generation_mode=mode))
    def every_case(case: schemathesis.Case[Any]) -> None:
        case.call_and_validate(headers=operators_token, checks=CHECKS)

    every_case()
