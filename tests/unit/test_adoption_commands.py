"""`marketplace adoptions` as a person at a terminal sees it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.actions.context import Context
from marketplace.cli import main
from tests import land
from tests.store.test_adoption_import import HEADING, LIVE, live

Command = Callable[..., Result]


@pytest.fixture
def ctx(context: Context, monkeypatch: pytest.MonkeyPatch) -> Context:
    """A small land, where the command line finds it."""
    land.settle(context)
    url = context.database.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", url.replace("+psycopg", ""))
    monkeypatch.setenv("MARKETPLACE_DEMO", "1")
    monkeypatch.delenv("MARKETPLACE_ELASTICSEARCH_URL", raising=False)
    monkeypatch.setattr("marketplace.cli.adoptions.OPERATOR", land.OPERATOR)
    return context


@pytest.fixture
def run(ctx: Context, tmp_path: Path) -> Command:  # noqa: ARG001  # it makes the land
    """Import a file of these lines."""

    def imported(*lines: str, options: tuple[str, ...] = ()) -> Result:
        file = tmp_path / "events.csv"
        file.write_text("\n".join((HEADING, *lines)), encoding="utf-8")
        return CliRunner().invoke(main, ["adoptions", "import", str(file), *options])

    return imported


WRONG = f"hundesteuer;{land.SEEHEIM};dead;01.06.2026;Meldung;2;contract;"


def test_a_file_is_recorded_once(ctx: Context, run: Command) -> None:
    assert run(LIVE, options=("--dry-run",)).output == (
        "accepted 1, unchanged 0, rejected 0\nDry run: nothing was written.\n"
    )
    assert run(LIVE).output == "accepted 1, unchanged 0, rejected 0\n"
    assert run(LIVE).output == "accepted 0, unchanged 1, rejected 0\n"
    assert live(ctx) == 1


def test_a_rejected_row_is_named_and_keeps_all_out_unless_it_is_skipped(
    ctx: Context, run: Command, tmp_path: Path
) -> None:
    rejects = tmp_path / "rejects.csv"
    refused = run(LIVE, WRONG, options=("--rejects", str(rejects)))
    assert (refused.exit_code, live(ctx)) == (2, 0)
    assert f"row 2 ({land.SEEHEIM}): status: must be one of" in refused.stderr
    assert "Nothing was written." in refused.stderr
    assert rejects.read_text(encoding="utf-8-sig").count("\n") == 2
    skipped = run(LIVE, WRONG, options=("--skip-rejected",))
    assert (skipped.exit_code, live(ctx)) == (0, 1)
    assert skipped.stdout == "accepted 1, unchanged 0, rejected 1\n"


def test_a_row_that_stands_twice_is_named(run: Command) -> None:
    assert f"row 2 ({land.SEEDORF}) says the same as row 1" in run(LIVE, LIVE).stderr


def test_a_file_that_cannot_be_read_is_refused_by_line(run: Command) -> None:
    result = run(LIVE, "hundesteuer;02")
    assert (result.exit_code, result.stderr) == (2, "error: line 3: has 2 cells, the heading 8\n")


def test_the_template_is_written_and_is_a_file_of_events(tmp_path: Path) -> None:
    for form in ("csv", "xlsx"):
        target = tmp_path / f"empty.{form}"
        done = CliRunner().invoke(main, ["adoptions", "template", "--format", form, "--output", str(target)])
        assert (done.exit_code, target.exists()) == (0, True)
