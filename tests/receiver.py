"""A receiver of webhooks over TLS on loopback, which answers as a test wants."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import trustme

NAME = "receiver.example"
LOOPBACK = "127.0.0.1"
Answering = Callable[[BaseHTTPRequestHandler], object]


def with_status(status: int, **headers: str) -> Answering:
    """Answer with a status and nothing else; underscores in the headers' names stand for hyphens."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


class Receiver:
    """What came (headers and body), and how the next request is answered."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.came: list[tuple[dict[str, str], bytes]] = []
        self.answer: Answering = with_status(204)
        self.stopped = threading.Event()

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}/hook?key=only-for-us"


class _Handler(BaseHTTPRequestHandler):
    receiver: ClassVar[Receiver]
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.close_connection = True
        self.receiver.answer(self)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asks may leave before the answer is over: that is what is tested."""


@contextmanager
def receiving(authority: trustme.CA, name: str = NAME) -> Iterator[Receiver]:
    """Open a receiver whose certificate is for ``name``."""
    server = _Server((LOOPBACK, 0), type("Handler", (_Handler,), {}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    receiver = Receiver(server.server_address[1])
    server.RequestHandlerClass.receiver = receiver  # type: ignore[attr-defined]  # the class made above
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def certificates(authority: trustme.CA, folder: Path) -> Path:
    """Write the authority's certificate where a setting can name it."""
    path = folder / "authority.pem"
    authority.cert_pem.write_to_path(path)
    return path
