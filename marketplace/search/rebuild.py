"""A new index beside the old one, and back: fill, check, swap. Readers notice nothing until the swap.

The new index gets every write from the moment it exists and is filled from a snapshot taken after that. A write and the
filling may meet at one entry in either order: the later version wins, also when it is a withdrawal; of the same version
what was sent wins, because the snapshot is older than what it refers to.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from marketplace.errors import Conflict
from marketplace.search import source
from marketplace.search.check import CheckReport, compare
from marketplace.search.document import Document
from marketplace.search.engines.base import Progress, RebuildReport
from marketplace.search.engines.elasticsearch_indices import Indices
from marketplace.search.lexicon import Lexicon
from marketplace.store.database import Database

BATCH = 500
ROUNDS = 3
"""How often entries that changed during the check are sent again before the rebuild gives up."""


def rebuild(
    database: Database, indices: Indices, name: str, progress: Progress, *, take_over: bool
) -> RebuildReport:
    """Make the index ``name`` from the database and let readers use it; the one they used is kept, older ones go.

    Raises:
        Conflict: another rebuild is under way (``take_over``: its index is thrown away), a document was refused, or
            the new index does not agree with the database. The new index is deleted then; readers keep the old one.
        SearchUnavailable: Elasticsearch does not answer.
    """
    before = indices.every()
    unfinished = [one for one, aliases in before.items() if aliases == {indices.write_alias}]
    if unfinished and not take_over:
        raise Conflict(
            f"another rebuild is filling {', '.join(unfinished)}; if it died, run `marketplace search rebuild --take-over`"
        )
    for one in unfinished:
        indices.drop(one)
    indices.create(name)
    promoted = False
    try:
        count = _fill(database, indices, name, progress)
        report = _mended(database, indices, name)
        indices.promote(name)
        promoted = True
    finally:
        if not promoted and not _is_read(name, indices):
            indices.drop(name)
    _drop_older(indices, [name, *_read(before, indices)])
    return RebuildReport(name, count, report)


def rollback(database: Database, indices: Indices, fingerprint: str) -> RebuildReport:
    """Bring the index that the last rebuild replaced up to date and let readers use it again.

    Raises:
        Conflict: none is kept, it was made by another version of the software, or it does not agree with the database.
        SearchUnavailable: Elasticsearch does not answer.
    """
    kept = [name for name, aliases in indices.every().items() if not aliases]
    if not kept:
        raise Conflict("no earlier index is kept: a rebuild keeps the one it replaces")
    name = kept[-1]
    if indices.fingerprints(name) != {name: fingerprint}:
        raise Conflict(f"{name} was made by another version of this software: roll back with that version")
    indices.join_writes(name)
    promoted = False
    try:
        report = _mended(database, indices, name)
        indices.promote(name)
        promoted = True
    finally:
        if not promoted and not _is_read(name, indices):
            indices.leave_writes(name)
    return RebuildReport(name, report.checked, report)


def _is_read(name: str, indices: Indices) -> bool:
    """Return whether readers use an index already: the swap may have happened though its answer was lost."""
    return indices.read_alias in indices.every().get(name, set())


def _read(every: dict[str, set[str]], indices: Indices) -> list[str]:
    return [name for name, aliases in every.items() if indices.read_alias in aliases]


def _fill(database: Database, indices: Indices, name: str, progress: Progress) -> int:
    with database.reading() as session:
        total = sum(1 for _ in source.expected(session))
        done = 0
        progress(done, total)
        lexicon = source.lexicon(session)
        for batch in _batches(source.all_documents(session)):
            _write(indices, name, batch, lexicon, fill=True)
            done += len(batch)
            progress(done, total)
    return done


def _mended(database: Database, indices: Indices, name: str) -> CheckReport:
    """Check an index that gets every write; what changed while it was filled and checked is sent again.

    Raises:
        Conflict: it still differs after a few rounds.
    """
    report = _checked(database, indices, name)
    for _ in range(ROUNDS):
        if report.clean:
            return report
        with database.reading() as session:
            found = list(source.documents(session, report.drifted).values())
            lexicon = source.lexicon(session)
        for batch in _batches(iter(found)):
            _write(indices, name, batch, lexicon)
        report = _checked(database, indices, name)
    if report.clean:
        return report
    counts = ", ".join(f"{count} {drift.value}" for drift, count in report.counts.items() if count)
    raise Conflict(
        f"the index {name} does not agree with the database ({counts}): readers keep the one they use"
    )


def _checked(database: Database, indices: Indices, name: str) -> CheckReport:
    indices.refresh(name)
    with database.reading() as session:
        return compare(source.expected(session), indices.held(name))


def _write(
    indices: Indices, name: str, documents: Sequence[Document], lexicon: Lexicon, *, fill: bool = False
) -> None:
    failed = indices.write(documents, [name], lexicon, fill=fill).failed
    if failed:
        (collection, entry_id), reason = next(iter(failed.items()))
        raise Conflict(
            f"Elasticsearch refused {len(failed)} documents, first {collection}/{entry_id}: {reason}"
        )


def _drop_older(indices: Indices, keep: Sequence[str]) -> None:
    for name, aliases in indices.every().items():
        if name not in keep and not aliases:
            indices.drop(name)


def _batches(documents: Iterator[Document]) -> Iterator[list[Document]]:
    while batch := list(islice(documents, BATCH)):
        yield batch
