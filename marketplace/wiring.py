"""Puts the parts together: which database, which engine."""

import gc
import threading

import structlog

from marketplace.actions.context import Context
from marketplace.errors import SearchUnavailable
from marketplace.search.engines.base import Engine
from marketplace.settings import Settings, load_settings
from marketplace.store.database import Database, open_engine

log = structlog.get_logger(__name__)


def make_context(settings: Settings | None = None) -> Context:
    """Open the database and choose the engine: Elasticsearch where its address is set, otherwise the embedded one.

    Raises:
        InvalidInput: settings that are missing or wrong.
    """
    settings = settings or load_settings()
    database = Database(open_engine(settings.database_url))
    return Context(database, settings, _choose_engine(settings, database))


def warm_up(context: Context) -> None:
    """Read the catalogue beside the start, so that the first search and suggestion of a process need not wait for it."""
    threading.Thread(target=_warm, args=(context,), name="search-warm-up", daemon=True).start()


def _warm(context: Context) -> None:
    try:
        context.engine.reader().state.suggestions.find("wo")
    except SearchUnavailable as error:
        log.warning("search_unavailable_at_start", reason=error.message)
        return
    # What was read stays for good: no later collection has to walk through it, which would hold up requests.
    gc.collect()
    gc.freeze()


def _choose_engine(settings: Settings, database: Database) -> Engine:
    if settings.elasticsearch_url:
        from marketplace.search.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine(settings, database)
    from marketplace.search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(database)
