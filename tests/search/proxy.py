"""A small HTTP proxy in front of the real Elasticsearch, to try what a network and an overloaded server do."""

import http.client
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit


class Proxy:
    """Hands every request on, until told otherwise.

    ``cut``: every connection ends without an answer. ``overloaded``: every answer is 429. ``hold``: writes wait before
    they reach the engine, until released; ``held`` is set when the first one waits. ``silent``: no answer comes.
    ``delay``: seconds until a request is handed on. ``lose_answer``: the beginning of the request whose answer is lost
    once. With ``tls`` it speaks https. ``requests`` and ``logins`` are what was asked, and with which login.
    """

    def __init__(self, behind: str, tls: ssl.SSLContext | None = None) -> None:
        self.cut = self.overloaded = self.silent = False
        self.delay = 0.0
        self.lose_answer: str | None = None
        self.held, self.released = threading.Event(), threading.Event()
        self.released.set()
        self.requests: list[str] = []
        self.logins: list[str | None] = []
        self._closing = threading.Event()
        parts = urlsplit(behind)
        self._address = (parts.hostname or "", parts.port or 80)
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def hold(self) -> None:
        """Let writes wait from now on."""
        self.held.clear()
        self.released.clear()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        """Ask the engine itself."""
        connection = http.client.HTTPConnection(*self._address, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def wait(self, seconds: float) -> None:
        """Wait, at most until the proxy closes."""
        self._closing.wait(seconds)

    def loses(self, request: str) -> bool:
        """Return whether the answer to a request is to be lost; the next one is not."""
        if self.lose_answer is None or not request.startswith(self.lose_answer):
            return False
        self.lose_answer = None
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def _handle(self) -> None:
        proxy = self.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = f"{self.command} {self.path}"
        proxy.requests.append(request)
        proxy.logins.append(self.headers.get("Authorization"))
        if self.path.startswith("/_bulk") and not proxy.released.is_set():
            proxy.held.set()
            proxy.released.wait(30)
        if proxy.delay:
            proxy.wait(proxy.delay)
        if proxy.silent:
            proxy.wait(30)
        if proxy.cut or proxy.silent:
            self.close_connection = True
            return
        if proxy.overloaded:
            self._answer(
                429, {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json"}, b"{}"
            )
            return
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        status, answered, content = proxy.forward(self.command, self.path, headers, body)
        if proxy.loses(request):
            self.close_connection = True
            return
        kept = {
            name: value
            for name, value in answered.items()
            if name.lower() in ("content-type", "x-elastic-product")
        }
        self._answer(status, kept, content)

    def _answer(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle  # noqa: N815  # the base class names them so

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class names it so
        """Keep quiet: a test says itself what went wrong."""
