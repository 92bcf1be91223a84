"""Puts the parts together: which database, which engine."""

import gc
import threading

import structlog

from marketplace.actions.context import Context
from marketplace.actions.warming import read_figures, read_search
from marketplace.errors import MarketplaceError
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
    """Read beside the start what the first questions of a process would otherwise wait for."""
    threading.Thread(target=warm, args=(context,), name="warm-up", daemon=True).start()


def warm(context: Context) -> None:
    """Read what search and figures are made of; what cannot be read yet is read by whoever asks first."""
    for read in (read_search, read_figures):
        try:
            read(context)
        except MarketplaceError as error:
            log.warning("not_read_at_start", what=read.__name__, reason=error.message)
    # What was read stays for good: no later collection has to walk through it, which would hold up requests.
    gc.collect()
    gc.freeze()
    # And the rest, mostly answers that are kept, is walked through ten times less often than usual: it takes 20 ms.
    gc.set_threshold(700, 10, 100)


def _choose_engine(settings: Settings, database: Database) -> Engine:
    if settings.elasticsearch_url:
        from marketplace.search.engines.elasticsearch import ElasticsearchEngine

        return ElasticsearchEngine(settings, database)
    from marketplace.search.engines.embedded import EmbeddedEngine

    return EmbeddedEngine(database)
