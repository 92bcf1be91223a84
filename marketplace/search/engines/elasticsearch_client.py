"""Clients of Elasticsearch and what their failures mean."""

from collections.abc import Iterator
from contextlib import contextmanager

from elasticsearch import ApiError, Elasticsearch, TransportError

from marketplace.errors import SearchUnavailable
from marketplace.settings import Settings

REBUILD = "marketplace search rebuild"
BAD_REQUEST = 400


def connect(settings: Settings, timeout: float) -> Elasticsearch:
    """Return a client that waits ``timeout`` seconds and asks once.

    The client's own retries would turn one second into four, while a page is waiting.
    """
    addresses = [one.strip() for one in (settings.elasticsearch_url or "").split(",") if one.strip()]
    login = None
    if settings.elasticsearch_user and settings.elasticsearch_password:
        login = (settings.elasticsearch_user, settings.elasticsearch_password.get_secret_value())
    return Elasticsearch(
        addresses, basic_auth=login, request_timeout=timeout, max_retries=0, retry_on_timeout=False
    )


@contextmanager
def answering() -> Iterator[None]:
    """Turn every way of not getting an answer into one error; a question that is wrong itself stays what it is.

    Raises:
        SearchUnavailable: no connection, too slow, overloaded, no index, login refused, broken answer.
    """
    try:
        yield
    except ApiError as error:
        if error.status_code == BAD_REQUEST:
            raise
        raise SearchUnavailable(_reason(error)) from error
    except TransportError as error:
        raise SearchUnavailable(f"Elasticsearch does not answer ({type(error).__name__})") from error


def _reason(error: ApiError) -> str:
    match error.status_code:
        case 404:
            return f"Elasticsearch has no index yet: run `{REBUILD}`"
        case 401 | 403:
            return "Elasticsearch refuses the login of MARKETPLACE_ELASTICSEARCH_USER"
        case 429:
            return "Elasticsearch is overloaded or refuses writes"
        case status:
            return f"Elasticsearch answers with status {status}"
