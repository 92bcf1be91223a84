"""One guarded POST: against a real receiver over TLS that misbehaves in every way a receiver can."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from time import monotonic

import pytest
import trustme

from marketplace.domain.network_targets import networks
from marketplace.notify.guarded_http import MAX_ANSWER, Answer, Guard, NotSent, post
from tests.receiver import LOOPBACK, NAME, Receiver, certificates, receiving, with_status

LIMIT_S = 0.6
GENEROUS_S = 20.0
"""A machine under load may be slow; the limit itself is tested where it is to hold."""
LARGE = 100_000_000


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def guard(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Guard:
    path = certificates(authority, tmp_path_factory.mktemp("authority"))
    return Guard(allowed=networks("127.0.0.0/8"), limit_s=GENEROUS_S, ca_certs=path)


@pytest.fixture
def receiver(authority: trustme.CA) -> Iterator[Receiver]:
    with receiving(authority) as opened:
        yield opened


def to_loopback(_host: str, _port: int) -> list[str]:
    return [LOOPBACK]


def send(receiver: Receiver, guard: Guard) -> Answer:
    return post(receiver.url, b'{"a": 1}', {"webhook-id": "chg_1"}, guard, to_loopback)


def why_not_sent(url: str, guard: Guard, *addresses: str) -> str:
    with pytest.raises(NotSent) as error:
        post(url, b"{}", {}, guard, lambda _host, _port: addresses)
    return str(error.value)


def timed(receiver: Receiver, guard: Guard) -> tuple[str, float]:
    began = monotonic()
    with pytest.raises(NotSent) as error:
        send(receiver, replace(guard, limit_s=LIMIT_S))
    return str(error.value), monotonic() - began


def test_a_message_arrives_whole_under_the_name_that_was_given(receiver: Receiver, guard: Guard) -> None:
    assert send(receiver, guard).status == 204
    ((headers, body),) = receiver.came
    assert body == b'{"a": 1}'
    assert headers["host"] == f"{NAME}:{receiver.port}"
    assert headers["webhook-id"] == "chg_1"
    assert headers["content-type"] == "application/json"


def test_what_is_not_https_is_not_called(guard: Guard) -> None:
    assert "only https" in why_not_sent("http://example.org/", guard, LOOPBACK)
    assert "only https" in why_not_sent("file:///etc/passwd", guard, LOOPBACK)


@pytest.mark.parametrize("address", [LOOPBACK, "169.254.169.254", "10.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_a_name_that_stands_for_a_private_address_is_not_called(receiver: Receiver, address: str) -> None:
    for addresses in ([address], ["8.8.8.8", address]):
        assert "such targets are not called" in why_not_sent(receiver.url, Guard(), *addresses)
    assert receiver.came == []


def test_a_name_is_looked_up_once_so_that_it_cannot_turn_to_another_address(
    receiver: Receiver, guard: Guard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS rebinding: the second answer of the name server would lead to the inside."""
    with socket.create_server(("127.0.0.2", receiver.port)) as inside:
        inside.setblocking(False)
        answers = iter([[LOOPBACK], ["127.0.0.2"]])
        asked: list[str] = []

        def resolve(host: str, _port: int) -> list[str]:
            asked.append(host)
            return next(answers)

        def refuse(*_args: object, **_more: object) -> None:
            raise AssertionError("the name was looked up past the guard")

        original = socket.getaddrinfo
        monkeypatch.setattr(
            socket, "getaddrinfo", lambda host, *a, **m: refuse() if host == NAME else original(host, *a, **m)
        )
        allowed = replace(guard, allowed=networks("127.0.0.1/32"))
        assert post(receiver.url, b"{}", {}, allowed, resolve).status == 204
        assert asked == [NAME]
        with pytest.raises(NotSent, match=r"127\.0\.0\.2 is a loopback address"):
            post(receiver.url, b"{}", {}, allowed, resolve)
        with pytest.raises(BlockingIOError):
            inside.accept()
    assert len(receiver.came) == 1


def test_a_redirect_is_an_answer_and_not_followed(receiver: Receiver, guard: Guard) -> None:
    receiver.answer = with_status(307, Location=f"https://{NAME}:{receiver.port}/elsewhere")
    assert send(receiver, guard).status == 307
    assert len(receiver.came) == 1


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA, guard: Guard) -> None:
    with receiving(authority, "other.example") as receiver:
        with pytest.raises(NotSent, match="certificate was refused: Hostname mismatch"):
            send(receiver, guard)
        assert receiver.came == []


def test_a_certificate_of_an_authority_that_nobody_trusts_is_refused(guard: Guard) -> None:
    with receiving(trustme.CA()) as receiver:
        with pytest.raises(NotSent, match="certificate was refused"):
            send(receiver, guard)
        assert receiver.came == []


def test_of_an_answer_of_100_megabytes_the_beginning_is_read(receiver: Receiver, guard: Guard) -> None:
    wrote: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(LARGE))
        handler.end_headers()
        for _ in range(LARGE // 100_000):
            handler.wfile.write(b"x" * 100_000)
            wrote.append(100_000)

    receiver.answer = answer
    found = send(receiver, guard)
    assert (found.status, found.beginning) == (200, b"x" * MAX_ANSWER)
    assert sum(wrote) < LARGE / 10


@pytest.mark.parametrize("size", [b"-1", b"-5", b"zz", b""])
def test_an_answer_that_lies_about_its_size_is_not_read_for_it(
    receiver: Receiver, guard: Guard, size: bytes
) -> None:
    wrote: list[int] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.wfile.write(size + b"\r\n")
        for _ in range(LARGE // 100_000):
            handler.wfile.write(b"x" * 100_000)
            wrote.append(100_000)

    receiver.answer = answer
    sent = send(receiver, guard)
    assert sent.status == 200
    assert len(sent.beginning) <= MAX_ANSWER
    assert sum(wrote) < LARGE / 10


def test_an_answer_that_never_ends_is_left_when_enough_was_read(receiver: Receiver, guard: Guard) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while not receiver.stopped.is_set():
            handler.wfile.write(b"400\r\n" + b"x" * 0x400 + b"\r\n")

    receiver.answer = answer
    found = send(receiver, guard)
    assert (found.status, len(found.beginning)) == (200, MAX_ANSWER)


def test_a_body_by_drops_is_left_at_the_limit_the_status_has_been_said(
    receiver: Receiver, guard: Guard
) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not receiver.stopped.wait(0.05):
            handler.wfile.write(b"x")

    receiver.answer = answer
    began = monotonic()
    found = send(receiver, replace(guard, limit_s=LIMIT_S))
    assert (found.status, found.beginning.strip(b"x")) == (200, b"")
    assert LIMIT_S * 0.9 < monotonic() - began < LIMIT_S + 1


def test_headers_by_drops_are_no_answer(receiver: Receiver, guard: Guard) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not receiver.stopped.wait(0.05):
            handler.wfile.write(b"x")

    receiver.answer = answer
    why, took = timed(receiver, guard)
    assert why == "late: no answer in time"
    assert took < LIMIT_S + 1


def test_who_never_answers_is_left_at_the_limit(receiver: Receiver, guard: Guard) -> None:
    receiver.answer = lambda _handler: receiver.stopped.wait(GENEROUS_S)
    why, took = timed(receiver, guard)
    assert why == "late: no answer in time"
    assert took < LIMIT_S + 1


def test_who_promises_an_answer_for_ever_is_left_at_the_limit(receiver: Receiver, guard: Guard) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        while not receiver.stopped.wait(0.01):
            handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    receiver.answer = answer
    assert timed(receiver, guard)[0] == "late: no answer in time"


def test_who_does_not_shake_hands_is_left_at_the_limit(guard: Guard) -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        began = monotonic()
        url = f"https://{NAME}:{silent.getsockname()[1]}/"
        assert why_not_sent(url, replace(guard, limit_s=LIMIT_S), LOOPBACK) == "late: no answer in time"
        assert monotonic() - began < LIMIT_S + 1


def test_a_name_server_that_does_not_answer_is_left_at_the_limit(guard: Guard) -> None:
    over = threading.Event()
    began = monotonic()

    def resolve(_host: str, _port: int) -> list[str]:
        over.wait(GENEROUS_S)
        return []

    with pytest.raises(NotSent, match="late: no answer"):
        post("https://example.org/", b"{}", {}, replace(guard, limit_s=LIMIT_S), resolve)
    assert monotonic() - began < LIMIT_S + 1
    over.set()


def test_what_speaks_no_http_and_who_hangs_up_say_so(receiver: Receiver, guard: Guard) -> None:
    receiver.answer = lambda handler: handler.wfile.write(b"SSH-2.0-OpenSSH\r\n")
    with pytest.raises(NotSent, match="the answer is no HTTP"):
        send(receiver, guard)
    receiver.answer = lambda _handler: None
    with pytest.raises(NotSent, match="closed without an answer"):
        send(receiver, guard)


def test_where_nobody_listens_the_next_address_of_the_name_is_tried(receiver: Receiver, guard: Guard) -> None:
    found = post(receiver.url, b"{}", {}, guard, lambda _host, _port: ["127.0.0.9", LOOPBACK])
    assert found.status == 204
    assert "refused" in why_not_sent(receiver.url, guard, "127.0.0.9")


def test_a_name_that_nobody_knows_says_so(guard: Guard) -> None:
    def resolve(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(NotSent, match="stands for no address"):
        post("https://unknown.example/", b"{}", {}, guard, resolve)


def test_nothing_of_the_address_beyond_its_host_is_in_what_is_said(receiver: Receiver) -> None:
    for guard in (Guard(), Guard(allowed=networks("127.0.0.0/8"), limit_s=LIMIT_S)):
        assert "only-for-us" not in why_not_sent(receiver.url, guard, LOOPBACK)
