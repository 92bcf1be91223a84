"""How long it takes to look for likely duplicates among 2,000 entries: kept, and after the catalogue changed."""

import csv
import random
import time
from collections.abc import Callable
from statistics import median

from sqlalchemy import insert

from marketplace.actions.context import Context
from marketplace.actions.duplicates import likely_duplicates
from marketplace.domain.duplicates import Duplicates
from marketplace.exchange.register_seed import SEED
from marketplace.store.compared_entries import compared_entries
from marketplace.store.tables import ServiceProcedureRow, ServiceRow
from tests import shelf
from tests.conftest import NOW

ENTRIES = 2000
ROUNDS = 200
GOAL_MS = 10.0


def words() -> list[str]:
    """The words of the official names of procedures."""
    with (SEED / "procedures.csv").open(encoding="utf-8", newline="") as file:
        return sorted({word for row in csv.DictReader(file, delimiter=";") for word in row["name"].split()})


def fill(context: Context, names: list[str]) -> None:
    shelf.fill(context)
    with context.database.writing() as session:
        session.execute(insert(ServiceRow), [row(number, name) for number, name in enumerate(names)])
        keys = [shelf.REGISTER_MARRIAGE, shelf.CERTIFICATE, shelf.PARENTAL_ALLOWANCE]
        session.execute(
            insert(ServiceProcedureRow),
            [
                {"service_id": f"dienst-{number}", "leika_key": keys[number % 3], "position": 0}
                for number in range(0, len(names), 4)
            ],
        )


def row(number: int, name: str) -> dict[str, object]:
    return {
        "id": f"dienst-{number}", "version": 1, "status": "published" if number % 5 else "draft",
        "kind": "online_service", "name": name, "name_folded": name, "summary": "", "description": "",
        "lead_state": f"{number % 16 + 1:02}", "partner_states": [], "authority_set_assumed": False,
        "activation": "each", "publisher_id": "nordwerk", "contacts": [], "sources": {}, "created_at": NOW,
        "updated_at": NOW,
    }  # fmt: skip


def milliseconds(ask: Callable[[int], object], rounds: int) -> tuple[float, float]:
    """Return the median and the worst of some rounds in processor time: what others do meanwhile is left out."""
    taken = []
    for number in range(rounds):
        begun = time.process_time()
        ask(number)
        taken.append((time.process_time() - begun) * 1000)
    return median(taken), max(taken)


def test_a_check_over_2000_entries(context: Context) -> None:
    draw = random.Random(6)
    known = words()
    names = [f"{' '.join(draw.sample(known, 3))} online" for _ in range(ENTRIES)]
    fill(context, names)

    def ask(number: int) -> None:
        fields = {"name": names[number * 7 % ENTRIES][:-9], "lead_state": "02"}
        likely_duplicates(context, shelf.NORTH, fields | {"leika_keys": [shelf.CERTIFICATE]})

    ask(0)
    middle, worst = milliseconds(ask, ROUNDS)
    with context.database.reading() as session:
        entries = [one.compared for one in compared_entries(session)]
    assert len(entries) == ENTRIES
    built, _ = milliseconds(lambda _: Duplicates(entries), 5)
    print(
        f"\nlikely duplicates among {ENTRIES:,} entries: median {middle:.2f} ms, worst {worst:.2f} ms (goal {GOAL_MS:.0f});"
        f" prepared anew {built:.0f} ms once a change of the catalogue"
    )
