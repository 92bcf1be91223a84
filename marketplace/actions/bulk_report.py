"""What became of the rows of a file; kept small, because a file can have half a million."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.actions.event_candidates import ACCEPTED, REJECTED, UNCHANGED
from marketplace.domain.field_reader import printable
from marketplace.errors import FieldError


@dataclass(frozen=True, slots=True)
class FileRow:
    """What became of one row; ``row`` counts from 1, ``same_as`` is an earlier row.

    ``id`` is its authority's key as given, without what cannot be printed.
    """

    row: int
    outcome: str
    id: str | None
    errors: Sequence[FieldError] = ()
    same_as: int | None = None


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of a file; rows are named by their position, from 0.

    ``known`` maps unchanged rows to the event that said the same before (None: ``same_as`` has the earlier row of the
    file that does); every row that is neither there nor in ``refused`` is accepted. ``keys`` are the authorities' keys
    as given. ``skipped``: rejected rows are left out and the others written.
    """

    count: int
    keys: Sequence[object]
    known: Mapping[int, int | None]
    same_as: Mapping[int, int]
    refused: Mapping[int, Sequence[FieldError]]
    dry_run: bool
    skipped: bool = False

    @property
    def rejected(self) -> int:
        """How many rows break a rule."""
        return len(self.refused)

    @property
    def unchanged(self) -> int:
        """How many rows say what was recorded before, or what an earlier row says."""
        return len(self.known)

    @property
    def accepted(self) -> int:
        """How many rows are new to the ledger."""
        return self.count - len(self.refused) - len(self.known)

    @property
    def written(self) -> bool:
        """Whether events were appended."""
        return not self.dry_run and self.accepted > 0 and (self.skipped or not self.refused)

    @property
    def rows(self) -> Sequence[FileRow]:
        """All rows."""
        return [self._row(position) for position in range(self.count)]

    def rejected_rows(self) -> Iterator[FileRow]:
        """Return the rejected rows in order."""
        return map(self._row, sorted(self.refused))

    def repeated_rows(self) -> Iterator[FileRow]:
        """Return the rows that say what an earlier row of the file says."""
        return map(self._row, sorted(self.same_as))

    def _row(self, position: int) -> FileRow:
        key = self.keys[position]
        name = printable(key) if isinstance(key, str) and key else None
        if position in self.refused:
            return FileRow(position + 1, REJECTED, name, self.refused[position])
        if position in self.known:
            earlier = self.same_as.get(position)
            return FileRow(position + 1, UNCHANGED, name, (), None if earlier is None else earlier + 1)
        return FileRow(position + 1, ACCEPTED, name)
