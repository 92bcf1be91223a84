"""Files of random events for an operator's backfill: mostly steps that hold, some that do not, and every sort of them.

Drawn from the exported tables alone, so that they fit any register and any services.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from tests.recounts.recounting import ATTRIBUTES, Recounting

SOURCE = "recount"
HEADING = (
    "service_id", "authority_key", "status", "effective_on", "scope", "except", "proof", "proof_until", "source",
    "ref", "reason", "corrects", "parts", "recorded_at", "asserted_by",
)  # fmt: skip
PATH = ("interested", "agreed", "connecting", "live")
NEGATIVES = ("declined", "own_solution", "not_competent")
STATUSES = (*PATH, "live", "live", "ended", *NEGATIVES)
FIRST_DAY = date(2021, 3, 1)
WHOLES = """
SELECT s.id, f.authority_set_id FROM service s JOIN fact_on_day f ON f.service_id = s.id
WHERE s.part_of IS NULL AND f.authority_set_id IS NOT NULL ORDER BY s.id
"""

MUNICIPALITIES = "SELECT key FROM member WHERE set_id = 'municipalities' ORDER BY key"


@dataclass
class Standing:
    """Where a sequence stands; of one that is silent nothing is heard any more, so that it turns stale."""

    is_silent: bool = False
    status: str | None = None
    day: date = FIRST_DAY
    refs: list[tuple[str, str, date, datetime]] = field(default_factory=list)


class RandomFiles:
    """Draws rows; ``recounting`` says who is eligible and whom a cover reaches.

    ``pace`` are days to the next event at most, ``covers`` the share of them.
    """

    def __init__(
        self, recounting: Recounting, seed: int, now: datetime, *, pace: int = 420, covers: float = 0.05
    ) -> None:
        self.rng, self.now, self.pace, self.share = Random(seed), now, pace, covers
        self.sets = dict(recounting.connection.execute(WHOLES).fetchall())
        self.members: dict[str, list[str]] = defaultdict(list)
        self.covers: dict[str, list[str]] = {}
        for set_id, key in recounting.connection.execute(
            "SELECT set_id, key FROM member ORDER BY set_id, key"
        ):
            self.members[set_id].append(key)
        for set_id, keys in self.members.items():
            regions = {
                key[:length] for key in keys for length in (2, 5, 9) if len(key) > length or len(key) == 2
            }
            self.covers[set_id] = sorted(regions)
        self.parts: dict[str, list[str]] = defaultdict(list)
        for whole, part in recounting.connection.execute(
            "SELECT part_of, service_id FROM fact_on_day WHERE part_of IS NOT NULL ORDER BY 1, 2"
        ):
            self.parts[whole].append(part)
        self.sequences: dict[tuple[str, str, str, bool], Standing] = defaultdict(Standing)
        self.written = 0

    def file(self, size: int) -> bytes:
        """Return the next ``size`` rows as CSV."""
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";")
        writer.writerow(HEADING)
        drawn: list[dict[str, Any]] = []
        for _ in range(20 * size):
            drawn += self._stretch()
            if len(drawn) >= size:
                break
        for row in drawn[:size]:
            writer.writerow([row.get(name) for name in HEADING])
        return text.getvalue().encode()

    def _stretch(self) -> Iterator[dict[str, Any]]:
        """Continue one sequence by a few events, sometimes correcting one of them."""
        rng = self.rng
        service = rng.choice(list(self.sets))
        set_id = self.sets[service]
        scope = "below" if rng.random() < self.share else "own"
        key = rng.choice(self._covering(set_id) if scope == "below" else self.members[set_id])
        claimed = rng.random() < 0.15
        sequence = self.sequences[service, key, scope, claimed]
        for _ in range(rng.randint(1, 4)):
            day = sequence.day + timedelta(days=rng.randrange(3, self.pace))
            sequence.is_silent |= rng.random() < 0.02
            if sequence.is_silent or day > self.now.date() + timedelta(days=200):
                return
            status = self._next(sequence.status)
            recorded_at = self._told(day, sequence)
            row = self._row(service, key, scope, claimed, status, day, recorded_at)
            sequence.status, sequence.day = status, day
            sequence.refs.append((row["ref"], status, day, recorded_at))
            yield row
            if rng.random() < 0.12:
                yield self._correction(service, key, scope, claimed, sequence)

    def _covering(self, set_id: str) -> Sequence[str]:
        return ["00"] if self.rng.random() < 0.01 else self.covers[set_id]

    def _next(self, status: str | None) -> str:
        rng = self.rng
        steps: list[str] = [*PATH, "live", *(NEGATIVES if status != "ended" else ())]
        if rng.random() < 0.04:
            steps = [*STATUSES]
        elif status in PATH:
            onward = PATH[PATH.index(status) :]
            steps = [*onward, *onward, *onward, "ended", "own_solution" if status == "live" else "declined"]
        return rng.choice(steps)

    def _told(self, day: date, sequence: Standing) -> datetime:
        """It is told between some weeks before and half a year after, mostly in order, and never in the future."""
        lag = self.rng.randrange(-20, 180)
        told = datetime.combine(day, time(8), self.now.tzinfo) + timedelta(
            days=lag, seconds=self.rng.randrange(80_000)
        )
        return min(told, self.now - timedelta(seconds=1))

    def _row(
        self, service: str, key: str, scope: str, claimed: bool, status: str, day: date, recorded_at: datetime
    ) -> dict[str, Any]:
        rng = self.rng
        self.written += 1
        by = (
            "provider"
            if claimed
            else rng.choice(("provider", "authority", "authority", "coordination", "register"))
        )
        proofs = (
            ("link", "contract", "usage")
            if by == "provider" and not claimed
            else ("none", "none", "link", "contract")
        )
        row = {
            "service_id": service, "authority_key": key, "status": status, "effective_on": day.isoformat(),
            "scope": scope, "proof": "none" if claimed else rng.choice(proofs), "source": SOURCE,
            "ref": f"r{self.written}", "reason": "ein Grund" if status == "declined" else None,
            "recorded_at": recorded_at.isoformat().replace("+00:00", "Z"), "asserted_by": by,
        }  # fmt: skip
        if row["proof"] == "link":
            row["proof_url"] = "https://example.org/beleg"
        if rng.random() < 0.15:
            until = (day + timedelta(days=rng.randrange(300, 1500))).isoformat()
            row |= {} if row["proof"] == "none" else {"proof_until": until}
        if scope == "below" and rng.random() < 0.4:
            inside = [one for one in self.members[self.sets[service]] if one.startswith(key) and one != key]
            row["except"] = "|".join(rng.sample(inside, min(len(inside), rng.randint(1, 4))))
        if self.parts[service] and rng.random() < 0.3:
            row["parts"] = "|".join(
                rng.sample(self.parts[service], rng.randint(1, min(3, len(self.parts[service]))))
            )
        return row

    def _correction(
        self, service: str, key: str, scope: str, claimed: bool, sequence: Standing
    ) -> dict[str, Any]:
        """Correct the last event: void it, or say another day."""
        ref, status, day, recorded_at = sequence.refs.pop()
        later = min(recorded_at + timedelta(days=self.rng.randrange(1, 400)), self.now - timedelta(seconds=1))
        is_void = self.rng.random() < 0.5
        moved = day + timedelta(days=self.rng.randrange(0, 9))
        row = self._row(service, key, scope, claimed, "void" if is_void else status, moved, later)
        row |= {"corrects": f"ref:{ref}", "reason": row["reason"] or ("ein Irrtum" if is_void else None)}
        if is_void:
            for name in ("proof_until", "except", "parts"):
                row.pop(name, None)
            before = sequence.refs[-1] if sequence.refs else None
            sequence.status = before[1] if before else None
        else:
            sequence.day = moved
            sequence.refs.append((row["ref"], status, moved, later))
        return row


def random_attributes(recounting: Recounting, seed: int, size: int) -> list[dict[str, str]]:
    """Return what two sources say of ``size`` of the municipalities, of each one attribute."""
    rng = Random(seed)
    keys = [key for (key,) in recounting.connection.execute(MUNICIPALITIES)]
    return [
        {
            "authority_key": key, "name": rng.choice(ATTRIBUTES), "value": rng.choice("ABC"),
            "source": rng.choice(("Umfrage", "Verband")),
        }
        for key in rng.sample(keys, min(size, len(keys)))
    ]  # fmt: skip
