"""What is online in one region: services by whose they are, by maturity, and how the others stand.

A state is asked for all its eligible authorities, another region for its own administration. Which services there are,
their origin and maturity are those of the catalogue as it stands; who is eligible and what was adopted are read at the
two times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import Question
from marketplace.actions.reading import knowledge
from marketplace.actions.region_adopting import standings_of_region
from marketplace.actions.regions import unknown_region
from marketplace.actions.reuse_overview import OverviewFilter, wholes
from marketplace.actions.service_figures import figures_of
from marketplace.domain.authority import authority_of
from marketplace.domain.authority_key import regions_meant
from marketplace.domain.counting import Tally
from marketplace.domain.region_counts import (
    ONLINE,
    CountedAs,
    CountOfServices,
    InState,
    by_maturity,
    count_services,
    of_administration,
)
from marketplace.domain.regions import Region, RegionKind
from marketplace.domain.rule import Rule
from marketplace.domain.service import Maturity, Service
from marketplace.errors import InvalidInput
from marketplace.store import head, ledger, usage
from marketplace.store.territory import territory_at

RULES_OF_A_STATE = ("at-least-one", "area-wide-by-state", "coverage")
RULES_OF_AN_ADMINISTRATION = ("availability",)
NO_TALLY = Tally()


@dataclass(frozen=True, slots=True)
class RegionStatistics:
    """The answer. ``total`` are the services that have an eligible authority there, confirmed not competent ones left out.

    ``counts`` hold every service of it once, except that a state's service can be online in more than one way.
    """

    region: Region
    rules: tuple[Rule, ...]
    as_of: date
    known_at: datetime
    territory_on: date | None
    demo: bool
    total: CountOfServices
    counts: Mapping[CountedAs, CountOfServices]
    maturity: Mapping[Maturity | None, CountOfServices]


@kept_while_unchanged(256)
def region_statistics(
    ctx: Context,
    key: str,
    *,
    rules: Sequence[str] = (),
    as_of: date | None = None,
    known_at: str | datetime | None = None,
) -> RegionStatistics:
    """Answer what is online in a region (key, AGS or ARS); ``rules`` pins versions of the rules that are used.

    Raises:
        NotFound: no region has that key on that day.
        InvalidInput: a parameter that is none, or the federation.
    """
    day = as_of or ctx.today()
    asked = Question.read(ctx, by="state", rule="coverage", unit=None, as_of=day, known_at=known_at).known_at
    with ctx.database.reading() as session:
        pinned = knowledge(ctx, head.head(session), asked)
        land = territory_at(session, day, pinned)
        meant = regions_meant(key.strip(), land)
        if not meant:
            raise unknown_region(session, key, land, pinned)
        region = meant[0]
        if region.kind is RegionKind.FEDERATION:
            raise InvalidInput.one(
                "key", "choice", "must not be the federation: ask for all services instead"
            )
        is_state = region.kind is RegionKind.STATE
        names = RULES_OF_A_STATE if is_state else RULES_OF_AN_ADMINISTRATION
        questions = [
            Question.read(ctx, by="state", rule=name, unit=None, as_of=day, known_at=pinned)
            for name in _rule_names(names, rules)
        ]
        entries = wholes(session, OverviewFilter())
        if is_state:
            counted = _in_state(session, region.key, entries, questions, pinned)
        else:
            own = [one for one in (authority_of(twin, land) for twin in meant) if one is not None]
            rule = questions[0].rule
            standings = standings_of_region(session, own, entries, day, pinned, rule.stale_after_days)
            counted = {
                entry.id: {of_administration(standings[entry.id], entry.origin, rule): True}
                for entry in entries
                if entry.id in standings
            }
        cases = _cases(session, meant, day.year, pinned)
        demo = ledger.has_demo_events(session)
    eligible = [e for e in entries if e.id in counted and CountedAs.EXCLUDED not in counted[e.id]]
    online = [e for e in eligible if not counted[e.id].keys().isdisjoint(ONLINE)]
    return RegionStatistics(
        region=region,
        rules=tuple(question.rule for question in questions),
        as_of=day,
        known_at=pinned,
        territory_on=land.on,
        demo=demo,
        total=count_services(eligible, (), cases),
        counts={kind: _count(kind, entries, counted, cases) for kind in CountedAs},
        maturity={m: count_services(several, (), cases) for m, several in by_maturity(online).items()},
    )


def _rule_names(names: Sequence[str], pinned: Sequence[str]) -> list[str]:
    """Return the rules to use, in the versions that were asked for.

    Raises:
        InvalidInput: a rule that plays no part.
    """
    versions = {name.partition("@")[0]: name for name in pinned}
    if strange := sorted(versions.keys() - set(names)):
        raise InvalidInput.one("rule", "choice", f"{strange[0]} plays no part here: {', '.join(names)} do")
    return [versions.get(name, name) for name in names]


def _in_state(
    session: Session, state: str, entries: Sequence[Service], questions: Sequence[Question], known_at: datetime
) -> dict[str, dict[CountedAs, bool]]:  # fmt: skip
    ids = [entry.id for entry in entries]
    in_one, in_all, coverage = (figures_of(session, ids, question, known_at) for question in questions)
    found = {}
    for entry in entries:
        tally = coverage[entry.id].groups.get(state)
        if tally is None:
            continue
        one, wide = (figures[entry.id].groups.get(state, NO_TALLY).numerator for figures in (in_one, in_all))
        classes = tally.classes
        found[entry.id] = InState(
            bool(one), bool(wide), tally.denominator, classes["own_solution"], tally.entitled,
            classes["in_progress"], classes["negative"], classes["ended"],
        ).counted_as(entry.origin)  # fmt: skip
    return found


def _count(
    kind: CountedAs, entries: Sequence[Service], counted: Mapping[str, Mapping[CountedAs, bool]], cases: Mapping[str, int]
) -> CountOfServices:  # fmt: skip
    alike = [entry for entry in entries if kind in counted.get(entry.id, ())]
    return count_services(alike, [entry.id for entry in alike if counted[entry.id][kind]], cases)


def _cases(session: Session, meant: Sequence[Region], year: int, known_at: datetime) -> dict[str, int]:
    """Return the newest case number of each procedure in a region up to a year; of several sources the last recorded."""
    ids = {region.region_id for region in meant}
    found = {}
    for leika_key, numbers in usage.cases_by_procedure(session, known_at).items():
        own = [one for one in numbers if one.region_id in ids and one.year <= year]
        if own:
            found[leika_key] = max(own, key=lambda one: (one.year, one.id or 0)).number
    return found
