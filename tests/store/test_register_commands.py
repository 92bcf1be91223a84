"""The commands `register` and `authority-sets`, as somebody at a terminal runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.cli import main
from tests.registers import SECOND, compact, gv100ad, land, renamed


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> "Run":
    path = tmp_path / "market.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("MARKETPLACE_DEMO", "true")
    monkeypatch.delenv("MARKETPLACE_ELASTICSEARCH_URL", raising=False)
    return Run(tmp_path)


class Run:
    """Runs a command on a file of the given content."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "file"

    def __call__(self, *command: str, content: bytes | None = None) -> Result:
        if content is None:
            return CliRunner().invoke(main, command)
        self.file.write_bytes(content)
        return CliRunner().invoke(main, [*command, str(self.file)])


def numbers(result: Result, kind: str) -> list[str]:
    """The row of a kind: records, new, changed, renamed, rekeyed, ended, unchanged."""
    return next(line.split()[1:] for line in result.stdout.splitlines() if line.strip().startswith(kind))


def test_an_import_says_what_is_new_and_the_list_shows_it(run: Run) -> None:
    result = run("register", "import", "--source", "Destatis", content=gv100ad(land()))
    assert (result.exit_code, result.stderr) == (0, "")
    assert numbers(result, "all") == ["11", "11", "0", "0", "0", "0", "0"]
    assert numbers(result, "municipality") == ["5", "5", "0", "0", "0", "0", "0"]
    assert run("register", "list").stdout.split() == ["2023-11-30", "11", "records", "Destatis"]


def test_a_dry_run_says_the_same_and_writes_nothing(run: Run) -> None:
    result = run("register", "import", "--dry-run", content=gv100ad(land()))
    assert numbers(result, "all") == ["11", "11", "0", "0", "0", "0", "0"]
    assert "nothing was written" in result.stdout
    assert run("register", "list").stdout == ""


def test_a_later_register_is_compared_with_the_one_before(run: Run) -> None:
    run("register", "import", content=compact(land()))
    result = run("register", "import", content=compact(renamed(land(), {"16061": "Neukreis"}), SECOND))
    assert numbers(result, "district") == ["1", "0", "0", "1", "0", "0", "0"]


def test_a_broken_file_is_refused_with_line_and_field_and_without_a_trace(run: Run) -> None:
    result = run("register", "import", content=gv100ad(land())[:-31])
    assert result.exit_code == 2
    assert result.stderr == "error: line 11, length: must have 220 characters, has 190\n"
    assert run("register", "list").stdout == ""


def test_an_older_register_is_refused(run: Run) -> None:
    run("register", "import", content=compact(land(), SECOND))
    result = run("register", "import", content=compact(land()))
    assert result.exit_code == 2
    assert "older than the newest" in result.stderr


@pytest.mark.parametrize("as_lines", [False, True], ids=["JSON list", "JSON Lines"])
def test_authority_sets_are_imported_from_a_file(run: Run, as_lines: bool) -> None:
    rows = [{"id": "towns", "name": "Gemeinden", "level": "municipality"}, {"id": "none", "name": "Niemand"}]
    text = "\n".join(map(json.dumps, rows)) if as_lines else json.dumps(rows)
    assert run("authority-sets", "import", "--dry-run", content=text.encode()).stdout.splitlines() == [
        "accepted 2, unchanged 0, rejected 0",
        "Dry run: nothing was written.",
    ]
    assert "accepted 2" in run("authority-sets", "import", content=text.encode()).stdout
    assert "accepted 0, unchanged 2" in run("authority-sets", "import", content=text.encode()).stdout


def test_a_rejected_row_is_named_and_nothing_is_written(run: Run) -> None:
    rows = [{"id": "towns", "name": "Gemeinden"}, {"id": "none", "name": "Niemand", "level": "village"}]
    result = run("authority-sets", "import", content=json.dumps(rows).encode())
    assert result.exit_code == 2
    assert "row 2 (none): level: must be one of" in result.stderr
    assert "Nothing was written." in result.stderr


@pytest.mark.parametrize("content", [b"[", b"[1]", b'{"id": "a"', b"\xff"])
def test_a_file_that_is_no_json_is_refused(run: Run, content: bytes) -> None:
    result = run("authority-sets", "import", content=content)
    assert (result.exit_code, result.stderr.startswith("error: ")) == (2, True)
