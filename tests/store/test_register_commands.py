"""The commands `register` and `authority-sets`, as somebody at a terminal runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.cli import main
from tests.registers import SECOND, compact, gv100ad, land, renamed, town, without


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


def test_successions_are_proposed_confirmed_and_gone_from_the_open_ones(run: Run, tmp_path: Path) -> None:
    run("register", "import", content=compact(land()))
    merged = without(land(), "160615001001", "160615001002")
    merged += [town("160615001009", "Bergdorf", 1950, 1500)]
    run("register", "import", content=compact(merged, SECOND))
    status = run("register", "successions", "status").stdout.splitlines()
    assert status[0] == "0 decisions in force, 2 regions that ended are open."
    assert status[1].split() == ["2025-08-31", "municipality", "160615001001", "Oberdorf"]
    file = tmp_path / "proposals.csv"
    result = run("register", "successions", "propose", "--output", str(file))
    assert (result.stdout, result.stderr) == ("", "2 proposals for 2 regions that ended.\n")
    lines = file.read_bytes().decode("utf-8").split("\r\n")
    assert lines[0].startswith("\ufeffpredecessor_key;predecessor_name;successor_key;")
    assert lines[1].startswith("160615001001;Oberdorf;160615001009;Bergdorf;merged;2025-08-31;700;high;")
    assert run("register", "successions", "propose").stdout_bytes == file.read_bytes()

    unsaid = run("register", "successions", "confirm", content=file.read_bytes())
    assert unsaid.exit_code == 2
    assert "line 2 (160615001001): source: is missing" in unsaid.stderr
    options = ("register", "successions", "confirm", "--source", "GVBl. 2025, S. 1")
    dry = run(*options, "--dry-run", content=file.read_bytes())
    assert "accepted 2, unchanged 0, rejected 0; 0 earlier" in dry.stdout
    assert "nothing was written" in dry.stdout
    assert run(*options, content=file.read_bytes()).exit_code == 0
    again = run(*options, content=file.read_bytes())
    assert "accepted 0, unchanged 2, rejected 0; 0 earlier" in again.stdout
    assert run("register", "successions", "status").stdout.startswith("2 decisions in force, 0 regions")


def test_what_cannot_be_proposed_is_said(run: Run) -> None:
    run("register", "import", content=compact(land()))
    run("register", "import", content=compact(without(land(), "160615001002"), SECOND))
    result = run("register", "successions", "propose")
    assert "0 proposals for 0 regions" in result.stderr
    assert "no proposal for 160615001002 Unterdorf: no single gain" in result.stderr
