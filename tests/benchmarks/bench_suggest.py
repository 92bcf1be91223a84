"""Suggestions while typing: inside the action, embedded engine, whole seed."""

from functools import partial

from marketplace.actions.context import Context
from marketplace.actions.suggesting import suggest
from tests.benchmarks.bench_figures import milliseconds

TYPED = ("be", "st", "sch", "neu", "wohng", "führerschein", "bonn", "neustadt", "xyz", "w" * 80)


def test_suggestions(seeded: Context) -> None:
    suggest(seeded, "wo")
    print("\nmedian milliseconds inside the action (and suggestions found)")
    for typed in TYPED:
        found = len(suggest(seeded, typed))
        took = milliseconds(partial(suggest, seeded, typed), 300)
        print(f"  {typed[:16]:16} {took:.3f}  ({found})")
