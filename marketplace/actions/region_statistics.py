"""What is online in one region: services by whose they are, by maturity, and how the others stand.

A state is asked for all its eligible authorities, another region for its own administration. Which services there are,
their origin and maturity are those of the catalogue as it was published at ``known_at``; who is eligible and what was
adopted are read at the two times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from marketplace.actions.context import Context
from marketplace.actions.former_keys import regions_of_key
from marketplace.actions.kept_answers import kept_while_unchanged
from marketplace.actions.questions import Question
from marketplace.actions.reading import read_known_at
from marketplace.actions.region_adopting import standings_of_region
from marketplace.actions.renewed_rows import Latest, RenewedRows
from marketplace.actions.reuse_overview import OverviewFilter, Wholes, wholes
from marketplace.actions.service_figures import ServiceFigures, figures_of, table_name
from marketplace.actions.standings import StandingsReader
from marketplace.domain.authority import authority_of
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
from marketplace.domain.service import Maturity, Origin, Service
from marketplace.domain.standing import Standing
from marketplace.errors import InvalidInput
from marketplace.store import usage

RULES_OF_A_STATE = ("at-least-one", "area-wide-by-state", "coverage")
RULES_OF_AN_ADMINISTRATION = ("availability",)
KEPT_STATES = 32
KEPT_SUMMARIES = 64
NO_TALLY = Tally()
_NOT_COUNTED: Mapping[CountedAs, bool] = {}
_LEFT_OUT: Mapping[CountedAs, bool] = {CountedAs.EXCLUDED: True}
_ONLINE = frozenset(ONLINE)
_rows: RenewedRows[Mapping[CountedAs, bool] | None] = RenewedRows(KEPT_STATES)


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
    asked = read_known_at(ctx, known_at)
    with ctx.database.reading() as session:
        reader = StandingsReader.opened(ctx, session, asked)
        pinned = reader.known_at
        land = reader.territory_on(day)
        meant = regions_of_key(session, key, land, pinned)
        region = meant[0]
        if region.kind is RegionKind.FEDERATION:
            raise InvalidInput.one(
                "key", "choice", "must not be the federation: ask for all services instead"
            )
        is_state = region.kind is RegionKind.STATE
        names = RULES_OF_A_STATE if is_state else RULES_OF_AN_ADMINISTRATION
        questions = Question.by_fixed_rules(
            ctx, names, rules, as_of=day, known_at=asked, seen=reader.head.structure_version
        )
        listed = wholes(session, OverviewFilter(), reader.position, asked)
        entries = listed.entries
        if is_state:
            counted = _in_state(region.key, listed, questions, reader)
        else:
            own = [one for one in (authority_of(twin, land) for twin in meant) if one is not None]
            rule = questions[0].rule
            standings = standings_of_region(session, own, entries, day, reader, rule.stale_after_days)
            counted = _in_administration(entries, standings, rule)
        cases = _cases(session, meant, day.year, pinned)
    summary = _summary(ctx, region.key, entries, counted, cases)
    return RegionStatistics(
        region=region,
        rules=tuple(question.rule for question in questions),
        as_of=day,
        known_at=pinned,
        territory_on=land.on,
        demo=reader.holds_demo,
        total=summary.total,
        counts=summary.counts,
        maturity=summary.maturity,
    )


@dataclass(frozen=True, slots=True)
class _Summary:
    """What is shown of services counted one by one, with what it was made of."""

    made_of: tuple[object, ...]
    total: CountOfServices
    counts: Mapping[CountedAs, CountOfServices]
    maturity: Mapping[Maturity | None, CountOfServices]


_summaries: Latest[_Summary] = Latest(KEPT_SUMMARIES)


def _summary(
    ctx: Context,
    key: str,
    entries: Sequence[Service],
    counted: Mapping[str, Mapping[CountedAs, bool]],
    cases: Mapping[str, int],
) -> _Summary:
    """Return the summary; most writes leave it as it is."""
    made_of = (entries, counted, cases)
    before = _summaries.get(ctx.database.engine, key)
    if before is not None and before.made_of == made_of:
        return before
    eligible = [e for e in entries if CountedAs.EXCLUDED not in counted.get(e.id, _LEFT_OUT)]
    online = [e for e in eligible if not _ONLINE.isdisjoint(counted[e.id])]
    made = _Summary(
        made_of,
        count_services(eligible, (), cases),
        _counts(entries, counted, cases),
        {m: count_services(several, (), cases) for m, several in by_maturity(online).items()},
    )
    _summaries.put(ctx.database.engine, key, made)
    return made


def _in_state(
    state: str, listed: Wholes, questions: Sequence[Question], reader: StandingsReader
) -> dict[str, Mapping[CountedAs, bool]]:  # fmt: skip
    entries, ids = listed
    one, wide, all_in = (figures_of(reader, ids, q) for q in questions)
    percent = questions[1].rule.area_wide_percent
    sources = list(zip(entries, one.values(), wide.values(), all_in.values(), strict=True))

    def count(_key: str, given: tuple[Any, ...]) -> Mapping[CountedAs, bool] | None:
        return _service_in_state(state, percent, *given)

    table = (state, *(table_name(question, reader) for question in questions))
    rows = _rows.rows(reader.engine, table, ids, sources, count)
    return {key: found for key, found in zip(ids, rows, strict=True) if found is not None}


def _in_administration(
    entries: Sequence[Service], standings: Mapping[str, Standing], rule: Rule
) -> dict[str, Mapping[CountedAs, bool]]:
    # Many services, few standings and origins.
    known: dict[tuple[Standing, Origin | None], Mapping[CountedAs, bool]] = {}
    found = {}
    for entry in entries:
        standing = standings.get(entry.id)
        if standing is None:
            continue
        counted = known.get((standing, entry.origin))
        if counted is None:
            counted = {of_administration(standing, entry.origin, rule): True}
            known[standing, entry.origin] = counted
        found[entry.id] = counted
    return found


def _service_in_state(
    state: str,
    percent: int,
    entry: Service,
    in_one: ServiceFigures,
    in_all: ServiceFigures,
    coverage: ServiceFigures,
) -> Mapping[CountedAs, bool] | None:
    """Return what a service is counted as in a state, None where nobody there is eligible."""
    tally = coverage.group(state)
    if tally is None:
        return None
    one, wide = ((figures.group(state) or NO_TALLY).numerator for figures in (in_one, in_all))
    classes = tally.classes
    return InState(
        bool(one), bool(wide), tally.denominator, classes["own_solution"], tally.entitled,
        classes["in_progress"], classes["negative"], classes["ended"], percent,
    ).counted_as(entry.origin)  # fmt: skip


def _counts(
    entries: Sequence[Service], counted: Mapping[str, Mapping[CountedAs, bool]], cases: Mapping[str, int]
) -> dict[CountedAs, CountOfServices]:
    alike: dict[CountedAs, list[Service]] = {kind: [] for kind in CountedAs}
    wide: dict[CountedAs, list[str]] = {kind: [] for kind in CountedAs}
    for entry in entries:
        for kind, is_wide in counted.get(entry.id, _NOT_COUNTED).items():
            alike[kind].append(entry)
            if is_wide:
                wide[kind].append(entry.id)
    return {kind: count_services(services, wide[kind], cases) for kind, services in alike.items()}


def _cases(session: Session, meant: Sequence[Region], year: int, known_at: datetime) -> dict[str, int]:
    """Return the newest case number of each procedure in a region up to a year; of several sources the last recorded."""
    ids = {region.region_id for region in meant}
    found = {}
    for leika_key, numbers in usage.cases_by_procedure(session, known_at).items():
        own = [one for one in numbers if one.region_id in ids and one.year <= year]
        if own:
            found[leika_key] = max(own, key=lambda one: (one.year, one.id or 0)).number
    return found
