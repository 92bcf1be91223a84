"""The second count of rules over states and of what is online in a region, from the rules of the design alone."""

from tests.recount import FORWARD, Outcome, Recount, sort
from tests.recount_land import Body, Land

Read = tuple[Body, Outcome]


def counting_states(second: Recount, land: Land, rule: str) -> dict[str, bool]:
    """Of every state with eligible authorities whether it counts."""
    by_state: dict[str, list[Read]] = {}
    for body, outcome in second.bodies or ():
        by_state.setdefault(body.region[:2], []).append((body, outcome))
    return {state: counts(second, land, state, several, rule) for state, several in by_state.items()}


def counts(second: Recount, land: Land, state: str, several: list[Read], rule: str) -> bool:
    """Whether one state counts."""
    if rule == "joined-states":
        word = second.ledger.words.get((land.own[land.regions[state].region_id], "below", False))
        return word is not None and word.last.status in FORWARD[1:]
    eligible = [outcome for _, outcome in several if sort(outcome, second.as_of, "coverage@1") is not None]
    live = [outcome.status == "live" for outcome in eligible]
    return bool(live) and all(live) if rule == "area-wide-by-state" else any(live)


def counted_as(second: Recount, identities: set[int]) -> str | None:
    """What a service of unknown origin is counted as for a body's own administration, None where it is not eligible."""
    found = [outcome for body, outcome in second.bodies or () if body.identity in identities]
    if not found:
        return None
    (outcome,) = found
    name = sort(outcome, second.as_of, "availability@1")
    if name == "counted":
        return "own" if outcome.status == "own_solution" else "reused"
    if name == "in_progress":
        return "in_progress" if outcome.status == "interested" else "entitled"
    return "excluded" if name is None else name


def counted_in_state(second: Recount, land: Land, state: str) -> set[tuple[str, bool]]:
    """What a service of unknown origin is counted as in a state, each with whether in all of its authorities."""
    several = [(body, outcome) for body, outcome in second.bodies or () if body.region[:2] == state]
    if not several:
        return set()
    found = set()
    if counts(second, land, state, several, "at-least-one"):
        found.add(("reused", counts(second, land, state, several, "area-wide-by-state")))
    names = [sort(outcome, second.as_of, "coverage@1") for _, outcome in several]
    names = [name for name in names if name is not None]
    own = names.count("own_solution")
    if own:
        found.add(("own", own == len(names)))
    if found:
        return found
    if not names:
        return {("excluded", False)}
    entitled = sum(not o.is_claim and o.status in FORWARD[1:] for _, o in several)
    steps = [("entitled", entitled)]
    steps += [(name, names.count(name)) for name in ("in_progress", "negative", "ended")]
    for name, number in steps:
        if number:
            return {(name, number == len(names))}
    return {("unknown", True)}
