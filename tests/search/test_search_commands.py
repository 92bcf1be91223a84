"""`marketplace search ...` as an operator types it."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marketplace.actions.context import Context
from marketplace.cli import main
from tests.search.address import environment_of
from tests.search.conftest import arrive

Publish = Callable[..., None]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run a command with the settings of a context."""

    def command(ctx: Context, *words: str, **more: Any) -> Result:
        for name, value in {**environment_of(ctx.settings, ctx.database.engine.url), **more}.items():
            monkeypatch.setenv(name, value)
        return CliRunner().invoke(main, ["search", *words])

    return command


def test_rebuild_check_and_status_agree(
    either: Context, publish: Publish, run: Callable[..., Result]
) -> None:
    publish(either, "angeln")
    arrive(either)
    rebuilt, checked, status = run(either, "rebuild"), run(either, "check"), run(either, "status")
    assert (rebuilt.exit_code, checked.exit_code, status.exit_code) == (0, 0, 0)
    assert "1 documents" in rebuilt.output
    assert checked.output.endswith("clean\n")
    assert f"engine: {either.engine.name}, ready" in status.output
    assert "services: 1" in status.output


def test_check_ends_with_one_and_names_the_drift(
    elastic: Context, publish: Publish, run: Callable[..., Result]
) -> None:
    publish(elastic, "angeln")
    checked = run(elastic, "check")
    assert checked.exit_code == 1
    assert "missing: 1 (services/angeln)" in checked.output
    assert "1 still owed" in checked.output


def test_rollback_without_an_earlier_index_is_an_error_in_words(
    elastic: Context, run: Callable[..., Result]
) -> None:
    result = run(elastic, "rollback")
    assert result.exit_code == 2
    assert "error: no earlier index is kept" in result.output


def test_an_unreachable_engine_is_said_by_every_command(elastic: Context, run: Callable[..., Result]) -> None:
    nowhere = {"MARKETPLACE_ELASTICSEARCH_URL": "http://127.0.0.1:9"}
    status = run(elastic, "status", **nowhere)
    assert status.exit_code == 1
    assert "not ready" in status.output
    for command in ("check", "rebuild", "rollback"):
        result = run(elastic, command, **nowhere)
        assert result.exit_code == 2
        assert "error: Elasticsearch does not answer" in result.output
