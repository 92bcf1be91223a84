"""`marketplace adoptions` as a person at a terminal sees it."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.actions.auditing import COMMAND_LINE
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


def test_whoever_runs_the_marketplace_records_where_no_seed_was_loaded(
    ctx: Context, run: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.cli.adoptions.OPERATOR", COMMAND_LINE)
    upgraded = CliRunner().invoke(main, ["db", "upgrade"])
    assert (upgraded.exit_code, upgraded.output) == (0, "The database is up to date.\n")
    assert run(LIVE).output == "accepted 1, unchanged 0, rejected 0\n"
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


def test_half_a_character_is_refused_in_its_row_and_the_good_rows_are_reported(
    ctx: Context, tmp_path: Path
) -> None:
    good = {
        "service_id": "hundesteuer",
        "authority_key": land.SEEDORF,
        "status": "live",
        "effective_on": "2026-06-01",
    }
    rows = [good, {**good, "authority_key": land.SEEHEIM, "note": "a\ud800b"}]
    file, rejects = tmp_path / "events.jsonl", tmp_path / "rejects.csv"
    file.write_text("\n".join(map(json.dumps, rows)), encoding="ascii")
    command = ["adoptions", "import", str(file), "--skip-rejected", "--rejects", str(rejects)]
    done = CliRunner().invoke(main, command)
    assert (done.exit_code, done.stdout, live(ctx)) == (0, "accepted 1, unchanged 0, rejected 1\n", 1)
    assert f"row 2 ({land.SEEHEIM}): note: holds characters that are not allowed" in done.stderr
    assert "a\\ud800b" in rejects.read_text(encoding="utf-8-sig")


def test_rows_are_not_recorded_where_the_rejected_ones_cannot_be_written(
    ctx: Context, run: Command, tmp_path: Path
) -> None:
    refused = run(
        LIVE, WRONG, options=("--skip-rejected", "--rejects", str(tmp_path / "none" / "rejects.csv"))
    )
    assert (refused.exit_code, live(ctx)) == (2, 0)
    assert "there is no directory" in refused.stderr


def test_what_was_recorded_is_reported_even_where_the_rejected_rows_cannot_be_written_after_all(
    ctx: Context, run: Command
) -> None:
    full = run(LIVE, WRONG, options=("--skip-rejected", "--rejects", "/dev/full"))
    assert (full.exit_code, live(ctx)) == (1, 1)
    assert full.stdout == "accepted 1, unchanged 0, rejected 1\n"
    assert "/dev/full was not written: No space left on device" in full.stderr


@pytest.mark.parametrize("name", ["events.csv", "linked.csv"])
@pytest.mark.parametrize("more", [(), ("--format", "dashboard", "--date", "2026-11-01")])
def test_rejected_rows_never_overwrite_the_file_they_stand_in(
    ctx: Context, run: Command, tmp_path: Path, name: str, more: tuple[str, ...]
) -> None:
    if name == "linked.csv":
        (tmp_path / "events.csv").touch()
        os.link(tmp_path / "events.csv", tmp_path / name)
    refused = run(LIVE, WRONG, options=("--skip-rejected", "--rejects", str(tmp_path / name), *more))
    assert (refused.exit_code, live(ctx)) == (2, 0)
    assert "is FILE itself" in refused.stderr
    assert (tmp_path / "events.csv").read_text(encoding="utf-8") == f"{HEADING}\n{LIVE}\n{WRONG}"


@pytest.mark.parametrize(
    "command",
    ["adoptions template --output", "thesaurus export --output", "register successions propose --output",
     "changes export"],
)  # fmt: skip
@pytest.mark.usefixtures("ctx")
def test_a_command_refuses_a_file_that_it_cannot_write(command: str, tmp_path: Path) -> None:
    refused = CliRunner().invoke(main, [*command.split(), str(tmp_path / "none" / "file.csv")])
    assert (refused.exit_code, "there is no directory" in refused.stderr) == (2, True)
