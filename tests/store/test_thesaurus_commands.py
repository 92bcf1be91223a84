"""The commands `thesaurus`, as an operator runs them."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.cli import main

HEADING = "left;right;direction;weight;theme_field;note"


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Path:
    """A file for the rows, beside a database of this test's own."""
    path = tmp_path / "market.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.delenv("MARKETPLACE_ELASTICSEARCH_URL", raising=False)
    return tmp_path / "thesaurus.csv"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["thesaurus", *arguments])


def test_a_file_is_imported_exported_and_imported_again(file: Path) -> None:
    rows = "Lappen;Führerschein|Fahrerlaubnis;one_way;0,8;;=1+1\r\nWBS;Wohnberechtigungsschein;both;1,0;;\r\n"
    file.write_text(f"{HEADING}\r\n{rows}", encoding="utf-8")
    assert run("import", str(file), "--dry-run").output == (
        "accepted 2, unchanged 0, rejected 0\nDry run: nothing was written.\n"
    )
    assert run("import", str(file)).output == "accepted 2, unchanged 0, rejected 0\n"
    exported = run("export")
    assert exported.exit_code == 0
    assert exported.stdout_bytes.decode("utf-8-sig").splitlines() == [
        HEADING,
        "Lappen;Führerschein|Fahrerlaubnis;one_way;0,8;;'=1+1",
        "WBS;Wohnberechtigungsschein;both;1,0;;",
    ]
    assert run("export", "--output", str(file)).output == f"{file}\n"
    assert file.read_bytes() == exported.stdout_bytes
    assert run("import", str(file)).output == "accepted 0, unchanged 2, rejected 0\n"


def test_a_broken_row_is_named_and_nothing_is_written(file: Path) -> None:
    file.write_text(f"{HEADING}\nLappen;Schein;;2;;\nWBS;Wohnen;;;;\n", encoding="utf-8")
    result = run("import", str(file))
    assert result.exit_code == 2
    assert result.stderr == "row 1 (Lappen): weight: must be above 0, at most 1\nNothing was written.\n"
    assert len(run("export").stdout_bytes.splitlines()) == 1


def test_a_file_without_a_needed_column_is_refused_in_plain_words(file: Path) -> None:
    file.write_text("left;note\nLappen;x\n", encoding="utf-8")
    result = run("import", str(file))
    assert (result.exit_code, result.stderr) == (2, "error: line 1: must name the fields; right is missing\n")
