"""Intervals that the database makes from the ledger itself say what a replay of the events says."""

import pytest
from sqlalchemy import select

from marketplace.actions import projection_check
from marketplace.actions.adoption_files import import_file
from marketplace.actions.context import Context
from marketplace.domain.access import Actor, Role
from marketplace.store.tables import AdoptionIntervalRow as I
from tests import land

OPERATOR = Actor.of("test", "operator", Role.OPERATOR)
HEADING = "service_id;authority_key;status;effective_on;proof;proof_until;reason"


@pytest.mark.parametrize(
    ("until", "stale_from"),
    [
        ("", "2026-01-02"), ("2024-06-30", "2026-01-02"), ("2026-01-01", "2026-01-02"), ("2026-01-02", "2026-01-03"),
        ("2028-02-29", "2028-03-01"), ("2099-12-31", "2100-01-01"),
    ],
)  # fmt: skip
def test_a_lone_live_statement_turns_stale_after_its_run_or_its_proof(
    context: Context, until: str, stale_from: str
) -> None:
    land.settle(context)
    row = f"hundesteuer;{land.SEEDORF};live;2024-01-02;contract;{until};"
    import_file(context, OPERATOR, f"{HEADING}\n{row}\n".encode())
    with context.database.reading() as session:
        assert str(session.execute(select(I.stale_from)).scalar_one()) == stale_from
    assert projection_check.check(context).is_clean


def test_every_status_stands_as_a_replay_says(context: Context) -> None:
    land.settle(context)
    statuses = ("interested", "agreed", "connecting", "live", "declined", "own_solution", "not_competent")
    keys = (land.SEEDORF, land.SEEHEIM, land.BERGSTADT, land.HAMBURG_TOWN, land.NORDSTADT_TOWN)
    for number, status in enumerate(statuses):
        land.add_service(context, f"dienst-{number}", authority_set="municipalities")
        rows = "".join(f"dienst-{number};{key};{status};2026-03-01;none;;weil\n" for key in keys)
        import_file(context, OPERATOR, f"{HEADING}\n{rows}".encode())
    found = projection_check.check(context)
    assert found.is_clean
    assert found.intervals == len(statuses) * len(keys)
