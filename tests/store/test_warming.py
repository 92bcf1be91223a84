"""A process reads beside its start what its first visitors would wait for."""

import gc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from structlog.testing import capture_logs

from marketplace.actions.context import Context
from marketplace.actions.reuse import reuse_of_service
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.store.database import Database, open_engine
from marketplace.wiring import warm
from tests import land


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Leave the collector as it was: what a process sets for good would hold for all tests after."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_the_first_figure_needs_a_single_statement(context: Context) -> None:
    land.settle(context)
    warm(context)
    asked: list[str] = []
    event.listen(
        context.database.engine, "before_cursor_execute",
        lambda _connection, _cursor, statement, *_more: asked.append(statement),
    )  # fmt: skip
    found = reuse_of_service(context, "wohnsitz", by="district")
    assert found.total.denominator
    assert [one for one in asked if one.startswith(("SELECT", "WITH"))] == asked[-1:]


def test_a_database_that_does_not_answer_keeps_nobody_from_starting(context: Context, tmp_path: Path) -> None:
    database = Database(open_engine(f"sqlite:///{tmp_path}/nowhere/marketplace.sqlite"))
    with capture_logs() as logged:
        warm(replace(context, database=database, engine=EmbeddedEngine(database)))
    assert [one["what"] for one in logged if one["event"] == "not_read_at_start"] == [
        "read_search",
        "read_figures",
    ]
