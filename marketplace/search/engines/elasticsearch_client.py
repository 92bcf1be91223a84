"""A client of Elasticsearch that keeps its time limit, and what its failures mean.

The official client gives each socket operation, each try and each node the whole limit anew. Here one limit holds for
everything that is asked inside ``within``: connecting, waiting, the next node.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic

from elastic_transport import ConnectionTimeout, HttpHeaders, TlsError, Urllib3HttpNode
from elastic_transport._node import NodeApiResponse
from elastic_transport.client_utils import DEFAULT, DefaultType
from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError
from urllib3 import Timeout

from marketplace.errors import SearchUnavailable
from marketplace.settings import PREFIX, Settings

REBUILD = "marketplace search rebuild"
BLOCKED = "cluster_block_exception"
_until: ContextVar[float] = ContextVar("until")


class PunctualNode(Urllib3HttpNode):
    """A node that is given what is left of the time limit, not a new one."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """Ask the node.

        Raises:
            ConnectionTimeout: it does not answer in time, or no time is left to ask.
        """
        left = _until.get() - monotonic()
        if left <= 0:
            raise ConnectionTimeout("no time is left for this node")
        # urllib3 takes a plain number as a limit for connecting and another one for each wait.
        whole: float = Timeout(total=left)  # type: ignore[assignment]  # handed on to urllib3 as it is
        return super().perform_request(method, target, body, headers, request_timeout=whole)


class Client:
    """A client with a time limit in seconds. Safe to use from several threads.

    ``asks`` goes on to the next node (with a single one: tries again) when a connection is refused or breaks, and never
    after a timeout or an answer. ``asks_once`` is for what must not be done twice.
    """

    def __init__(self, settings: Settings, timeout: float) -> None:
        nodes = settings.elasticsearch_nodes
        login: tuple[str, str] | None = None
        if settings.elasticsearch_user and settings.elasticsearch_password:
            login = (settings.elasticsearch_user, settings.elasticsearch_password.get_secret_value())
        key = settings.elasticsearch_api_key
        certificates = settings.elasticsearch_ca_certs
        self.timeout = timeout
        self.asks = Elasticsearch(
            list(nodes),
            node_class=PunctualNode,
            basic_auth=login,
            api_key=key.get_secret_value() if key else None,
            ca_certs=str(certificates) if certificates else DEFAULT,
            max_retries=max(1, len(nodes) - 1),
            retry_on_status=(),
            retry_on_timeout=False,
        )
        self.asks_once = self.asks.options(max_retries=0)

    @contextmanager
    def within(self) -> Iterator[None]:
        """Let everything that is asked inside take the time limit in all; inside another one, what that one leaves."""
        until = monotonic() + self.timeout
        token = _until.set(min(until, _until.get(until)))
        try:
            yield
        finally:
            _until.reset(token)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """Ask within the limit and turn every way of not getting an answer into one error.

        A question that is wrong itself stays what it is.

        Raises:
            SearchUnavailable: no connection, too slow, overloaded, no index, login refused, broken answer.
        """
        try:
            with self.within():
                yield
        except ApiError as error:
            if error.status_code == 400:
                raise
            raise SearchUnavailable(_reason(error)) from error
        except TlsError as error:
            raise SearchUnavailable(
                f"Elasticsearch's certificate is refused; {PREFIX}ELASTICSEARCH_CA_CERTS names the ones to trust ({error})"
            ) from error
        except TransportError as error:
            raise SearchUnavailable(f"Elasticsearch does not answer ({type(error).__name__})") from error

    def close(self) -> None:
        """Close the connections."""
        self.asks.close()


def _reason(error: ApiError) -> str:
    if isinstance(error, UnsupportedProductError):
        return f"what answers at {PREFIX}ELASTICSEARCH_URL is no Elasticsearch"
    if error.message == BLOCKED:
        return "Elasticsearch refuses writes: the index is blocked, for instance because a disk is full"
    match error.status_code:
        case 404:
            return f"Elasticsearch has no index yet: run `{REBUILD}`"
        case 401:
            return f"Elasticsearch refuses the login: see {PREFIX}ELASTICSEARCH_USER, _PASSWORD or _API_KEY"
        case 403:
            return "Elasticsearch does not allow this to the login it was given"
        case 429:
            return "Elasticsearch is overloaded"
        case status:
            return f"Elasticsearch answers with status {status}"
