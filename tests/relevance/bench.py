"""Prints how good search is: by engine, collection and class, on the seed and on a generated catalogue of 10,000.

``--save FILE`` keeps the figures, ``--against FILE`` prints beside each what it was there, so that a change of weights
shows its effect by class. Elasticsearch is that of ``MARKETPLACE_TEST_ELASTICSEARCH_URL``; without it the engine in RAM
is measured alone.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from marketplace.actions import search_index
from marketplace.actions.context import Context
from marketplace.actions.seed import seed
from marketplace.search.engines.embedded import EmbeddedEngine
from marketplace.settings import Settings
from marketplace.store import schema
from marketplace.store.database import Database, open_engine
from tests.conftest import NOW, Clock
from tests.relevance.floors import AMONG_10_000, SEED, below
from tests.relevance.generated import add_services
from tests.relevance.measures import Quality
from tests.relevance.running import Measured, answered, answered_among, measure
from tests.search.conftest import ELASTICSEARCH_URL, elasticsearch_engine, elasticsearch_settings, unbothered

SERVICES = 10_000
MEASURES = {"ndcg": "nDCG@10", "success": "success@3", "rank": "MRR"}
Figures = dict[str, dict[str, float]]
"""Measures by engine, catalogue, collection and class (one text, with blanks between)."""


def main() -> None:
    """Measure and print.

    Raises:
        SystemExit: something fell below its floor.
    """
    asked = _arguments()
    before: Figures = json.loads(asked.against.read_text("utf-8")) if asked.against else {}
    figures: Figures = {}
    fallen: list[str] = []
    with TemporaryDirectory() as folder, _seeded(Path(folder)) as database:
        print(_line("engine and catalogue", "collection", "class", "queries", *MEASURES.values()))
        for ctx in _contexts(database):
            found = measure(answered(ctx))
            figures |= _printed(f"{ctx.engine.name}, seed", found, before)
            fallen += below(found, SEED)
        objects = add_services(database, SERVICES)
        for ctx in _contexts(database):
            found = measure(answered_among(ctx, objects))
            figures |= _printed(f"{ctx.engine.name}, {SERVICES}", found, before)
            fallen += below(found, AMONG_10_000)
    if asked.save:
        asked.save.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    if fallen:
        sys.exit("\n".join(["below its floor (tests/relevance/floors.py):", *fallen]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Print how good search is, by class of query.")
    parser.add_argument("--save", type=Path, metavar="FILE", help="keep the figures")
    parser.add_argument(
        "--against", type=Path, metavar="FILE", help="print the difference to figures that were kept"
    )
    return parser.parse_args()


@contextmanager
def _seeded(folder: Path) -> Iterator[Database]:
    database = Database(open_engine(f"sqlite:///{folder / 'seeded.sqlite'}"))
    schema.upgrade(database.engine)
    seed(Context(database, Settings(_env_file=None), EmbeddedEngine(database), Clock(NOW)), with_demo=False)
    yield database
    database.dispose()


def _contexts(database: Database) -> Iterator[Context]:
    """Yield a context on each engine."""
    yield Context(database, Settings(_env_file=None), EmbeddedEngine(database), Clock(NOW))
    if ELASTICSEARCH_URL:
        settings = elasticsearch_settings()
        with elasticsearch_engine(settings, database) as engine:
            ctx = Context(database, settings, engine, Clock(NOW))
            search_index.rebuild(ctx, unbothered)
            yield ctx


def _printed(title: str, measured: Measured, before: Figures) -> Figures:
    figures = {}
    for (collection, kind), quality in measured.items():
        key = f"{title} {collection} {kind}"
        figures[key] = {name: round(value, 4) for name, value in asdict(quality).items()}
        shown = [_shown(quality, name, before.get(key)) for name in MEASURES]
        print(_line(title, collection, kind, str(quality.queries), *shown), flush=True)
    return figures


def _shown(quality: Quality, name: str, before: dict[str, float] | None) -> str:
    value: float = getattr(quality, name)
    difference = round(value - before[name], 3) if before else 0
    return f"{value:.3f}" + (f" {difference:+.3f}" if difference else "")


def _line(title: str, collection: str, kind: str, queries: str, *values: str) -> str:
    return f"{title:22} {collection:11} {kind:9} {queries:>7}  " + "  ".join(
        f"{value:13}" for value in values
    )


if __name__ == "__main__":
    main()
