"""The recount by SQL of all entries at once, at one pair of times: figures by rule, grouping and unit."""

import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path

CLASSES = ("counted", "unconfirmed", "in_progress", "own_solution", "negative", "ended", "unknown")
NESTED = ("entitled", "live", "live_own", "contracted")
NUMBERS = (*CLASSES, "excluded", *NESTED)
OVER_AUTHORITIES = ("reuse-rate", "coverage", "availability")
OVER_STATES = ("joined-states", "area-wide-by-state", "at-least-one")
RULES = (*OVER_AUTHORITIES, *OVER_STATES)
UNITS = ("authorities", "population")
ATTRIBUTES = ("it_provider", "specialist_system")
GROUPINGS = ("state", "district", "size_class", "kind", "degree_of_urbanisation", *ATTRIBUTES)
TOTAL = "total"
# Who lies in no district may be of any state.
TERRITORIAL = {"state": "1", "district": "district <> 'none'"}
HERE = Path(__file__).parent

OF_AUTHORITIES = """
SELECT entry, {group} AS group_key, {sums}, {territorial} AND max(left_out) AS is_developing
FROM (
    SELECT *, CASE WHEN {leaves_out} AND is_developing THEN 0 ELSE {unit} END AS weight,
        {leaves_out} AND is_developing AS left_out,
        CASE WHEN {counts_own} AND class = 'own_solution' THEN 'counted' ELSE class END AS counted_as
    FROM tally
)
GROUP BY entry, group_key
"""
STATES = """
    SELECT t.entry, t.state, max(t.is_developing) AS is_developing, max(t.entitled OR t.reads_live) AS reached,
        CASE '{rule}'
            WHEN 'joined-states' THEN max(j.state IS NOT NULL)
            WHEN 'area-wide-by-state' THEN max(class <> 'excluded') AND min(reads_live OR class = 'excluded')
            ELSE max(reads_live)
        END AS counts
    FROM tally t LEFT JOIN joined_state j ON j.entry = t.entry AND j.state = t.state
    GROUP BY t.entry, t.state
"""
OF_STATES = f"""
SELECT entry, {{group}} AS group_key, sum(counts), 0, sum(counts = 0 AND reached), 0, 0, 0,
    sum(counts = 0 AND NOT reached)
FROM ({STATES})
GROUP BY entry, group_key
"""
# What a state has developed is no reuse there; of what nobody is known to have developed that cannot be told.
REUSING = f"""
SELECT state, sum(counts AND NOT is_developing AND lead_state IS NOT NULL) AS reused, sum(counts AND is_developing),
    sum(counts AND NOT is_developing AND lead_state IS NULL), count(*),
    sum((counts OR NOT reached) AND NOT is_developing)
FROM ({STATES}) t JOIN fact_on_day ON service_id = t.entry JOIN entry s ON s.id = t.entry
WHERE s.status = 'published' AND s.part_of IS NULL
GROUP BY state
ORDER BY reused DESC, state
"""
WHOLES = """
SELECT s.id, s.theme_field, f.lead_state IS NOT NULL, d.set_id IS NOT NULL
FROM entry s
JOIN fact_on_day f ON f.service_id = s.id
LEFT JOIN set_on_day d ON d.set_id = f.authority_set_id
WHERE s.status = 'published' AND s.part_of IS NULL
ORDER BY s.id
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted in a group: ``numbers`` are those of ``NUMBERS``; a rate can be undefined."""

    numbers: tuple[int, ...]
    has_rate: bool

    @property
    def numerator(self) -> int:
        return self.numbers[0]

    @property
    def denominator(self) -> int:
        return sum(self.numbers[: len(CLASSES)])

    @property
    def cell(self) -> tuple[int, int]:
        return self.numerator, self.denominator

    @property
    def interval(self) -> tuple[float, float] | None:
        if not self.has_rate:
            return None
        most = (
            self.numerator
            + self.numbers[CLASSES.index("unconfirmed")]
            + self.numbers[CLASSES.index("unknown")]
        )
        return self.numerator / self.denominator, most / self.denominator


class Recounting:
    """One pair of times. What is asked first is counted for all entries."""

    def __init__(self, exported: sqlite3.Connection, as_of: date, known_at: datetime) -> None:
        self.as_of, self.known_at = as_of, known_at
        # By itself every statement is done: a copy of a connection waits for its transaction.
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        exported.backup(self.connection)
        self.connection.execute("CREATE TABLE asked (as_of, known_at)")
        instant = known_at.astimezone(UTC).isoformat(timespec="microseconds")
        self.connection.execute("INSERT INTO asked VALUES (?, ?)", (as_of.isoformat(), instant))
        for script in ("territory", "words"):
            self.connection.executescript((HERE / f"{script}.sql").read_text())
        handing_over = (HERE / "handing_over.sql").read_text()
        days = self.connection.execute("SELECT DISTINCT effective_on FROM made_of ORDER BY 1").fetchall()
        self.handed_over = sum(
            self.connection.execute(handing_over, {"day": day}).rowcount for (day,) in days
        )
        self.connection.executescript((HERE / "reading.sql").read_text())
        self.counts = lru_cache(maxsize=None)(self._counts)

    @cached_property
    def wholes(self) -> dict[str, str | None]:
        """The published entries that are no part, with their theme fields."""
        return {one: theme for one, theme, *_ in self.connection.execute(WHOLES)}

    @cached_property
    def _known(self) -> dict[str, tuple[bool, bool]]:
        """Of every entry whether its lead state and its authority set are known."""
        query = """SELECT f.service_id, f.lead_state IS NOT NULL, d.set_id IS NOT NULL
            FROM fact_on_day f LEFT JOIN set_on_day d ON d.set_id = f.authority_set_id"""
        return {one: (bool(lead), bool(set_known)) for one, lead, set_known in self.connection.execute(query)}

    def has_region(self, key: str) -> bool:
        """Tell whether there is such a region on the day."""
        return self.connection.execute("SELECT 1 FROM place WHERE key = ?", [key]).fetchone() is not None

    def of(self, entry: str, rule: str, by: str, unit: str = "authorities") -> dict[str, Counted]:
        """Return the groups of an entry; the whole stands under ``total``."""
        found = dict(self.counts(rule, by, unit).get(entry, {}))
        found[TOTAL] = self.total(entry, rule, unit)
        return found

    def total(self, entry: str, rule: str, unit: str = "authorities") -> Counted:
        """Return the whole of an entry."""
        nothing = Counted((0,) * len(NUMBERS), has_rate=False)
        return self.counts(rule, TOTAL, unit).get(entry, {}).get(TOTAL, nothing)

    def reusing_states(self, rule: str) -> list[tuple[str, int, int, int, int, int]]:
        """Return for every state how many entries it reuses, developed, how many of unknown lead count, how many there are.

        Last how many it might reuse. The state that reuses the most comes first.
        """
        return self.connection.execute(REUSING.format(rule=rule)).fetchall()

    def _counts(self, rule: str, by: str, unit: str) -> dict[str, dict[str, Counted]]:
        over_states = rule in OVER_STATES
        groups = {TOTAL: f"'{TOTAL}'"}
        group = groups.get(by, "state" if over_states else by)
        leaves_out = rule == "reuse-rate"
        if over_states:
            query = OF_STATES.format(group=group, rule=rule)
        else:
            sums = [f"sum(weight * (counted_as = '{name}'))" for name in (*CLASSES, "excluded")]
            sums += [f"sum(weight * {name} * (class <> 'excluded'))" for name in NESTED]
            query = OF_AUTHORITIES.format(
                group=group, unit=unit, sums=", ".join(sums), leaves_out=int(leaves_out),
                territorial=TERRITORIAL.get(by, "0"), counts_own=int(rule == "availability"),
            )  # fmt: skip
        found: dict[str, dict[str, Counted]] = defaultdict(dict)
        for entry, key, *numbers in self.connection.execute(query):
            lead_known, set_known = self._known[entry]
            is_developing = False if over_states else bool(numbers.pop())
            filled = (*numbers, *(0 for _ in range(len(NUMBERS) - len(numbers))))
            defined = set_known and (lead_known or not leaves_out) and not is_developing
            if key is not None:
                found[entry][key] = Counted(filled, defined and sum(filled[: len(CLASSES)]) > 0)
        return found
