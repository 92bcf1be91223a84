"""The command `marketplace` as a person at a terminal sees it."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from marketplace import __version__
from marketplace.cli import COMMANDS, main
from marketplace.cli.settings import shown
from marketplace.settings import Settings


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SQLite file of this test's own, not made yet."""
    file = tmp_path / "market.sqlite"
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{file}")
    monkeypatch.setenv("MARKETPLACE_DEMO", "1")
    monkeypatch.delenv("MARKETPLACE_ELASTICSEARCH_URL", raising=False)
    return file


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def test_the_version_is_the_packages() -> None:
    assert run("--version").output == f"marketplace, version {__version__}\n"


def test_every_command_of_the_list_is_there() -> None:
    shown_commands = run("--help").output
    assert all(f"  {name}" in shown_commands for name in COMMANDS)
    for name in COMMANDS:
        assert run(name, "--help").exit_code == 0


def test_an_unknown_command_is_named() -> None:
    result = run("dance")
    assert (result.exit_code, "dance" in result.stderr) == (2, True)


def test_the_start_imports_nothing_heavy() -> None:
    heavy = "sqlalchemy", "flask", "pydantic", "tantivy", "elasticsearch", "rich"
    code = f"import sys, marketplace.cli; print([name for name in {heavy!r} if name in sys.modules])"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
        == "[]\n"
    )


def test_a_wrong_setting_is_named_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", "mysql://localhost/market")
    result = run("db", "upgrade")
    assert result.exit_code == 2
    assert result.stderr.startswith("error: MARKETPLACE_DATABASE_URL: must begin with sqlite:///")


def test_a_database_is_made_and_then_up_to_date(environment: Path) -> None:
    assert run("db", "upgrade").output == "The database is now at the newest migration.\n"
    assert environment.exists()
    assert run("db", "upgrade").output == "The database is up to date.\n"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    "command", [("seed",), ("demo", "remove"), ("register", "list"), ("search", "status")]
)
def test_a_database_without_its_migrations_is_refused_in_plain_words(command: tuple[str, ...]) -> None:
    result = run(*command)
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "error: the database is not at the newest migration: run `marketplace db upgrade`"
    )


@pytest.mark.parametrize("command", [("db", "upgrade"), ("seed",)])
@pytest.mark.usefixtures("environment")
def test_a_database_that_does_not_answer_is_said_in_plain_words(
    monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", "postgresql://127.0.0.1:1/market?connect_timeout=2")
    result = run(*command)
    assert (result.exit_code, "the database does not answer: " in result.stderr) == (2, True)


@pytest.mark.usefixtures("environment")
def test_a_file_of_services_is_reported_by_row(tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "services.jsonl"
    file.write_text('{"id": "ehe-online", "name": "Ehe", "kind": "online_service"}\n{"id": "x", "name": 5}\n')
    result = run("services", "import", str(file))
    assert result.exit_code == 2
    assert result.stdout == "accepted 1, unchanged 0, rejected 1\n"
    assert "row 2 (x): kind: is missing" in result.stderr
    assert "Nothing was written." in result.stderr

    file.write_text(file.read_text().splitlines()[0])
    assert run("services", "import", str(file), "--dry-run").stdout.endswith("nothing was written.\n")
    assert run("services", "import", str(file)).stdout == "accepted 1, unchanged 0, rejected 0\n"
    assert run("services", "import", str(file)).stdout == "accepted 0, unchanged 1, rejected 0\n"
    publishing = run("services", "import", str(file), "--publish")
    assert (publishing.exit_code, "sources: " in publishing.stderr) == (2, True)


@pytest.mark.usefixtures("environment")
def test_a_file_that_cannot_be_read_is_named_by_line(tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "services.jsonl"
    file.write_text('{"id": "a1"}\n{')
    result = run("services", "import", str(file))
    assert (result.exit_code, result.stderr.startswith("error: line 2: is no JSON")) == (2, True)


@pytest.mark.usefixtures("environment")
def test_a_token_for_nobody_is_refused() -> None:
    run("db", "upgrade")
    result = run("token", "create", "--organisation", "nobody", "--role", "publisher")
    assert (result.exit_code, result.stderr) == (2, "error: organisation 'nobody' does not exist\n")
    assert result.stdout == ""


@pytest.mark.usefixtures("environment")
def test_a_token_is_printed_alone_so_that_it_can_be_piped(
    monkeypatch: pytest.MonkeyPatch, seed_file: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "seeded.sqlite"
    copy.write_bytes(seed_file.read_bytes())
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{copy}")
    result = run("token", "create", "--organisation", "dataport", "--role", "publisher", "--days", "30")
    assert result.exit_code == 0
    assert len(result.stdout.strip()) == len("ozgm_") + 43
    assert "not shown again" in result.stderr
    prefix = result.stdout[:11]
    assert run("token", "list").stdout.startswith(f"{prefix}  dataport  publisher  read,services:write")
    assert run("token", "revoke", prefix).stdout == f"{prefix} of dataport is revoked.\n"
    assert run("token", "list", "--organisation", "dataport").stdout == ""
    assert run("token", "list", "--all").stdout.endswith("(over)\n")
    assert run("seed").stdout == "The seed is loaded already: nothing to do.\n"
    assert run("demo", "remove").stdout.endswith("demo events removed, 0 people of the demo.\n")
    assert run("demo", "remove").stdout == "0 demo events removed, 0 people of the demo.\n"


@pytest.mark.usefixtures("environment")
def test_all_settings_are_listed_with_meaning_and_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPLACE_SECRET_KEY", "s" * 40)
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", "postgresql://user:hunter2@db.example.org/market")
    output = run("settings").output
    assert "MARKETPLACE_SECRET_KEY = ****  (environment)" in output
    assert "MARKETPLACE_DATABASE_URL = postgresql://user:****@db.example.org/market  (environment)" in output
    assert "MARKETPLACE_LOG_FORMAT = console  (default)" in output
    assert "hunter2" not in output
    assert "ssss" not in output
    for name, field in Settings.model_fields.items():
        assert f"MARKETPLACE_{name.upper()} = " in output
        assert field.description
        assert field.description in output


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (
            "https://u:geheim@es1:9200,https://u:geheim@es2:9200",
            "https://u:****@es1:9200,https://u:****@es2:9200",
        ),
        ("postgresql://host/db?user=u&password=geheim", "postgresql://host/db?user=u&password=****"),
        ("postgresql://u:ge/heim@host/db", "postgresql://u:****@host/db"),
        ("https://u:ge,heim@es1,http://es2", "https://u:****@es1,http://es2"),
        ("postgresql://u:ge@heim@host/db", "postgresql://u:****@host/db"),
        (None, "(unset)"),
        (5, "5"),
    ],
)
def test_passwords_in_addresses_are_masked(value: object, printed: str) -> None:
    assert shown(value) == printed


@pytest.mark.usefixtures("environment")
def test_a_misspelt_setting_is_refused_with_the_one_that_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPLACE_DATABASE_URI", "postgresql://host/market")
    result = run("settings")
    assert result.exit_code == 2
    assert "MARKETPLACE_DATABASE_URI: is no setting, did you mean MARKETPLACE_DATABASE_URL" in result.output


@pytest.mark.usefixtures("environment")
def test_what_only_the_tests_read_is_no_misspelt_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MARKETPLACE_TEST_CACHE", "somewhere")
    assert run("settings").exit_code == 0
