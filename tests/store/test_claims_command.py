"""The command `adoptions claims`, as somebody at a terminal runs it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.actions.context import Context
from marketplace.actions.recording import record_events
from marketplace.cli import main
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store.database import Database, open_engine
from tests import land
from tests.conftest import NOW, Clock


@pytest.fixture
def ctx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, migrated_sqlite: Path) -> Iterator[Context]:
    path = tmp_path / "market.sqlite"
    path.write_bytes(migrated_sqlite.read_bytes())
    monkeypatch.setenv("MARKETPLACE_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setenv("MARKETPLACE_DEMO", "true")
    monkeypatch.delenv("MARKETPLACE_ELASTICSEARCH_URL", raising=False)
    database = Database(open_engine(f"sqlite:///{path}"))
    made = Context(database, Settings(_env_file=None), EmbeddedEngine(database), Clock(NOW))
    land.settle(made)
    yield made
    database.dispose()


def test_the_claims_of_a_region_are_listed_oldest_first(ctx: Context) -> None:
    said = {"service_id": "hundesteuer", "status": "live", "effective_on": "2026-06-01"}
    for key in (land.SEEDORF, land.HAMBURG_TOWN, land.BERGSTADT):
        assert record_events(ctx, land.PUBLISHER, [{**said, "authority_key": key}]).written
    everywhere = CliRunner().invoke(main, ["adoptions", "claims"])
    assert everywhere.stderr.strip() == "3 claims wait, 3 shown"
    found = CliRunner().invoke(main, ["adoptions", "claims", "--region", land.BAVARIA])
    assert found.stdout.splitlines() == [
        "1\t2026-11-22\thundesteuer\t091705101101\tSeedorf\tlive since 2026-06-01",
        "3\t2026-11-22\thundesteuer\t091700103103\tBergstadt\tlive since 2026-06-01",
    ]
    assert CliRunner().invoke(main, ["adoptions", "claims", "--service", "wohnsitz"]).stdout == ""
    nobody = CliRunner().invoke(main, ["adoptions", "claims", "--service", "nix"])
    assert (nobody.exit_code != 0, "no published entry 'nix'" in nobody.stderr) == (True, True)


@pytest.mark.usefixtures("ctx")
def test_a_region_that_there_never_was_is_refused() -> None:
    result = CliRunner().invoke(main, ["adoptions", "claims", "--region", "99999"])
    assert result.exit_code != 0
    assert "no region has the key '99999'" in result.stderr
