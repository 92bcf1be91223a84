"""One POST to an address that somebody else named, guarded: it reaches nothing that it should not, and always ends.

The name is looked up once; what it stands for is checked, and the connection goes to the checked address, so that a
second answer of the name server changes nothing. TLS asks for the name (SNI) and checks the certificate by it. There
are no redirects, no proxies, no cookies. One deadline holds for all of it, also for who answers by drops.
"""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from requests.utils import DEFAULT_CA_BUNDLE_PATH

from marketplace.domain.network_targets import Network, why_not

MAX_ANSWER = 4096
"""So many bytes of an answer are read at most."""
MAX_TRIED = 4
"""So many addresses of a name are tried at most."""
USER_AGENT = "OZG-Marketplace-Webhooks/1"
Resolve = Callable[[str, int], Sequence[str]]


class NotSent(Exception):
    """No answer was got.

    ``rule`` is one word for why, the message says more; nothing of the request's content or path is in it.
    """

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule = rule


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: its status, ``Retry-After``, and the beginning of what it says (cut off by size or time)."""

    status: int
    retry_after: str | None
    beginning: bytes


@dataclass(frozen=True, slots=True)
class Guard:
    """What may be called: ``allowed`` networks beside the public ones, http only with ``plain_http``.

    ``limit_s`` is for everything, from the name to the answer. ``ca_certs`` are trusted beside the usual authorities.
    """

    allowed: Sequence[Network] = ()
    plain_http: bool = False
    limit_s: float = 10.0
    ca_certs: Path | None = None


def addresses_of(host: str, port: int) -> list[str]:
    """Look a name up and return its IP addresses in the order of the system's preference.

    Raises:
        OSError: the name server knows none, or does not answer.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    guard: Guard,
    resolve: Resolve = addresses_of,
) -> Answer:
    """Send one request and return the answer, whatever its status; what is sent is JSON.

    An answer whose status and headers came in time is one, though its body is longer than what is read, or never ends.

    Raises:
        NotSent: the address is not to be called, nobody answered there in time, or the certificate is not for the name.
    """
    deadline = monotonic() + guard.limit_s
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not (guard.plain_http and parts.scheme == "http"):
        raise NotSent("https", "only https:// addresses are called")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = _resolved(host, port, resolve, deadline)
    for address in found:
        why = why_not(address, guard.allowed)
        if why is not None:
            raise NotSent("target", f"{host} stands for {why}")
    tls = _tls(guard.ca_certs) if parts.scheme == "https" else None
    connection = _Pinned(host, port, found[:MAX_TRIED], tls, deadline)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Content-Type": "application/json", "User-Agent": USER_AGENT, "Accept": "*/*", **headers}
    try:
        connection.request("POST", target, body, {**sent, "Connection": "close"})
        with contextlib.closing(connection.getresponse()) as answer:
            if connection.late:
                # Headers that break off look whole.
                raise _late()
            return Answer(answer.status, answer.headers.get("Retry-After"), _beginning(answer))
    except ssl.SSLCertVerificationError as error:
        raise NotSent("certificate", f"the certificate was refused: {error.verify_message}") from error
    except (OSError, http.client.HTTPException) as error:
        raise _not_sent(error, connection) from error
    finally:
        connection.finish()


@lru_cache
def _tls(ca_certs: Path | None) -> ssl.SSLContext:
    """Make what certificates are checked with: costly, so once for a process."""
    made = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    if ca_certs is not None:
        made.load_verify_locations(ca_certs)
    return made


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were checked; at the deadline it is shut, whatever it waits for."""

    def __init__(
        self, host: str, port: int, found: Sequence[str], tls: ssl.SSLContext | None, deadline: float
    ) -> None:
        super().__init__(host, port)
        self.default_port = 80 if tls is None else 443
        self._found, self._tls, self._deadline = found, tls, deadline
        self._opened: socket.socket | None = None
        self._watch: threading.Timer | None = None
        self.late = False

    def connect(self) -> None:
        """Connect to the first of the addresses that answers, and check who is there."""
        self.sock = self._first()
        # This holds for the handshake as a whole, but afterwards for each read alone: hence the watch.
        self.sock.settimeout(self._left())
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)
        self._opened = self.sock
        self._watch = threading.Timer(self._left(), self._shut, (self.sock,))
        self._watch.daemon = True
        self._watch.start()

    def finish(self) -> None:
        """Close it and stop watching it; ``close`` alone only hands it over to the answer, which is still to be read."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch.join()
        self.close()
        if self._opened is not None:
            self._opened.close()

    def _first(self) -> socket.socket:
        for number, address in enumerate(self._found, start=1):
            # Who has a second address gets a part of the time for the first.
            share = self._left() if number == len(self._found) else self._left() / 2
            try:
                return socket.create_connection((address, self.port), timeout=share)
            except OSError:
                if number == len(self._found):
                    raise
        raise OSError("the name stands for no address")

    def _left(self) -> float:
        left = self._deadline - monotonic()
        if left <= 0:
            self.late = True
            raise TimeoutError
        return left

    def _shut(self, opened: socket.socket) -> None:
        """Wake who reads or writes: it finds the connection ended."""
        self.late = True
        # The socket's own way, past TLS, whose state belongs to the thread that reads. Who left first is let go.
        with contextlib.suppress(OSError):
            socket.socket.shutdown(opened, socket.SHUT_RDWR)


def _resolved(host: str, port: int, resolve: Resolve, deadline: float) -> list[str]:
    """Look a name up in a thread of its own: a name server may take longer than there is time."""
    found: list[str] = []
    failed: list[OSError | UnicodeError] = []

    def look_up() -> None:
        try:
            found.extend(resolve(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - monotonic()))
    if failed or not found:
        late = thread.is_alive()
        raise _late() if late else NotSent("name", f"{host} stands for no address")
    return found


def _beginning(answer: http.client.HTTPResponse) -> bytes:
    """Read the first bytes. What breaks off afterwards is no failure: the status has been said.

    Each read is of what has come, a buffer at most: ``read`` would trust an answer that says of a chunk that it is -1
    bytes long, and take in all that is sent until the deadline.
    """
    found = b""
    with contextlib.suppress(OSError, http.client.HTTPException):
        while len(found) < MAX_ANSWER and (more := answer.read1(MAX_ANSWER - len(found))):
            found += more
    return found[:MAX_ANSWER]


def _late() -> NotSent:
    return NotSent("late", "no answer in time")


def _not_sent(error: Exception, connection: _Pinned) -> NotSent:
    if connection.late or isinstance(error, TimeoutError):
        return _late()
    if isinstance(error, ssl.SSLError):
        return NotSent("tls", f"no TLS connection: {error.reason or 'broken off'}")
    if isinstance(error, ConnectionRefusedError):
        return NotSent("refused", "the connection was refused")
    if isinstance(error, http.client.RemoteDisconnected):
        return NotSent("closed", "the connection was closed without an answer")
    if isinstance(error, http.client.HTTPException):
        return NotSent("http", "the answer is no HTTP")
    return NotSent("connection", "no connection")
