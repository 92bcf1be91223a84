"""Which saved searches find an entry that changed: by the plan of the search, its filters and its region.

The index is not asked: every saved query is planned once a state of the language and met with the entry alone. A search
for procedures is met by a service that puts one of the procedures online which it finds.
"""

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from sqlalchemy.orm import Session

from marketplace.actions.adoptions import standing_of_service
from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.search_regions import MOST_TYPED
from marketplace.domain.catalogue import object_of
from marketplace.domain.query_text import LONGEST_QUERY, as_searched
from marketplace.domain.saved_search import SavedSearch
from marketplace.domain.subscription import KINDS_OF, FollowedKind
from marketplace.domain.telling import Telling
from marketplace.errors import NotFound
from marketplace.search import source
from marketplace.search.analysis import analyse
from marketplace.search.document import Document
from marketplace.search.standing_queries import Asked, SavedQuery, StandingQueries
from marketplace.store import services, subscriptions

SERVICES, _P = "services", "procedures"
_kept: Kept[StandingQueries] = Kept(1)
_lock = threading.Lock()


def with_searches(ctx: Context, session: Session, tellings: Iterable[Telling]) -> list[Telling]:
    """Return tellings with the saved searches among their topics that find the entries which they tell of."""
    told = list(tellings)
    kinds = KINDS_OF[FollowedKind.SEARCH]
    about = {one.object_id for one in told if one.kind in kinds}
    saved = subscriptions.of_kind(session, FollowedKind.SEARCH) if about else []
    searches = {
        one.object_id: SavedSearch.of(one.detail)
        for one in saved
        if one.detail is not None and one.invalid_reason is None
    }
    met = met_searches(ctx, session, searches, about)
    return [
        replace(one, topics=one.topics | {(FollowedKind.SEARCH, key) for key in met.get(one.object_id, ())})
        if one.kind in kinds
        else one
        for one in told
    ]


def met_searches(
    ctx: Context, session: Session, searches: Mapping[str, SavedSearch], service_ids: Collection[str]
) -> dict[str, set[str]]:
    """Return the keys of the searches that find each service, as it is published or was last.

    Raises:
        SearchUnavailable: the database of the search does not answer.
    """
    if not searches or not service_ids:
        return {}
    by_query: dict[tuple[str, SavedQuery], list[str]] = defaultdict(list)
    for key, one in searches.items():
        if len(one.query) <= LONGEST_QUERY:
            by_query[one.collection, SavedQuery(as_searched(one.query), one.verbatim)].append(key)
    state = ctx.engine.reader().state
    found: dict[str, set[str]] = {}
    with _lock:
        standing = _kept.get(ctx.database.engine, SERVICES, StandingQueries)
        standing.plan(state.language, {query for _, query in by_query})
        for service_id, documents in _documents(session, service_ids):
            place = _Place(ctx, service_id)
            met = found[service_id] = set()
            for document in documents:
                for query, asked in standing.met_by(analyse(document, state.language.lexicon)).items():
                    met.update(
                        key
                        for key in by_query.get((document.collection, query), ())
                        if searches[key].accepts(document.facets) and place.leaves(searches[key], asked)
                    )
    return found


def _documents(session: Session, service_ids: Collection[str]) -> Iterator[tuple[str, list[Document]]]:
    """Yield services with their documents: their own, and those of the Leistungsobjekte that they put online."""
    entries = source.as_last_published(session, service_ids)
    keys = {one.id: one.leika_keys for one in services.load(session, entries).values()}
    wanted = sorted({object_of(key) for several in keys.values() for key in several})
    objects = source.documents(session, [(_P, one) for one in wanted])
    for service_id, entry in entries.items():
        offered = {object_of(key): None for key in keys[service_id]}
        yield service_id, [entry, *(objects[_P, one] for one in offered if (_P, one) in objects)]


class _Place:
    """Whether the region of a search leaves one service; every region is read once."""

    def __init__(self, ctx: Context, service_id: str) -> None:
        self._ctx, self._service_id = ctx, service_id
        self._live: dict[str, bool | None] = {}

    def leaves(self, search: SavedSearch, asked: Asked) -> bool:
        """Tell whether the search finds the service as far as regions say, as ``actions.search`` does.

        The first key in the query that a region has asks for what is live there, like ``live_here``.
        """
        for key in islice(asked.regions, MOST_TYPED):
            if (is_live := self._is_live(key)) is not None:
                return is_live or search.collection != SERVICES
        if search.region is not None:
            return not search.live_here or self._is_live(search.region) is True
        return bool(asked.groups) or not asked.regions

    def _is_live(self, key: str) -> bool | None:
        """Tell whether the service is live for a region or for anybody in it, None where there is no such region."""
        if key not in self._live:
            try:
                self._live[key] = bool(standing_of_service(self._ctx, self._service_id, key).is_live)
            except NotFound:
                self._live[key] = None
        return self._live[key]
