"""The commands `counting-rules`, as an operator runs them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace.cli import main
from marketplace.wiring import make_context
from tests.rules import published_before, rule_fields


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Path:
    """A file for the rule, beside a database of this test's own."""
    path = tmp_path / "market.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.delenv("MARKETPLACE_ELASTICSEARCH_URL", raising=False)
    return tmp_path / "rule.json"


def publish(file: Path, content: bytes, *options: str) -> Result:
    file.write_bytes(content)
    return CliRunner().invoke(main, ["counting-rules", "publish", str(file), *options])


def test_publishing_gives_the_next_number_and_the_list_names_it(file: Path) -> None:
    rule = json.dumps(rule_fields("coverage", stale_after_days=365), indent=2).encode()
    assert (
        publish(file, rule, "--dry-run").output == "Dry run: it keeps all laws and would become coverage@2.\n"
    )
    assert publish(file, b"\xef\xbb\xbf" + rule).output == "Published coverage@2.\n"
    assert publish(file, rule).output == "coverage@2 says the same: nothing to do.\n"
    listed = CliRunner().invoke(main, ["counting-rules", "list"]).output.splitlines()
    assert listed[1] == "coverage@1: Flächendeckungsgrad / Coverage (shipped)"
    assert listed[2].startswith("coverage@2: Eigene Quote / A rate of our own (published 2")
    assert len(listed) == 7


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "error: file: is no JSON"),
        (b"[]", "error: file: must be one JSON object"),
        (b"\xff{}", "error: file: is not UTF-8 at byte 0"),
        (b'{"id": "a1", "id": "a1"}', "error: id: stands in the file twice"),
        (b" " * 200_001, "error: file: has 200001 bytes"),
        (b"[" * 100_000, "error: file: is no JSON"),
        (json.dumps(rule_fields(stale_after_days=0)).encode(), "error: stale_after_days: breaks the law"),
        (json.dumps(rule_fields(colour="red")).encode(), "error: colour: is no field"),
    ],
)
def test_a_file_that_is_no_lawful_rule_is_refused_in_plain_words(
    file: Path, content: bytes, said: str
) -> None:
    result = publish(file, content)
    assert result.exit_code == 2
    assert result.stderr.startswith(said)
    assert len(CliRunner().invoke(main, ["counting-rules", "list"]).output.splitlines()) == 6


def test_the_list_tells_a_version_that_counts_something_else_than_the_first(file: Path) -> None:
    published_before(make_context(), "coverage", 2, state_counts="joined")
    listed = CliRunner().invoke(main, ["counting-rules", "list"]).output.splitlines()
    assert listed[1].endswith("(shipped)")
    assert listed[2].endswith("; read only by its number: other state_counts)")
    again = publish(file, json.dumps(rule_fields("coverage", state_counts="joined")).encode())
    assert again.stderr.startswith("error: state_counts: breaks the law versions_count_alike")
