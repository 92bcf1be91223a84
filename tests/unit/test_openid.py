"""What is refused of a provider that says wrong things: a small one on loopback that says what a test wants."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from marketplace.errors import SignInUnavailable, Unauthenticated
from marketplace.exchange.openid import Attempt, Client, OpenIdProvider

NOW = 1_790_000_000
ATTEMPT = Attempt("state", "nonce", "v" * 43)
BACK = "http://127.0.0.1:8000/anmelden/rueckkehr"
KEY, OTHER = (RSAKey.generate_key(2048, {"kid": kid, "alg": "RS256"}) for kid in ("one", "two"))


class Talker:
    """Says at each path what it was told to."""

    def __init__(self) -> None:
        self.says: dict[str, Any] = {}
        self.asked: list[str] = []
        talker = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                talker.asked.append(self.path)
                said = talker.says.get(self.path)
                content = said if isinstance(said, bytes) else json.dumps(said).encode()
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(404 if said is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET  # noqa: N815  # the base class asks for this name

            def log_message(self, format: str, *args: Any) -> None: ...  # noqa: A002  # the base class's name

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.publish()

    def publish(self, **changes: Any) -> None:
        metadata = {"issuer": self.issuer} | {
            name: f"{self.issuer}/{name}" for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
        }
        self.says["/.well-known/openid-configuration"] = {**metadata, **changes}
        self.says["/jwks_uri"] = {"keys": [KEY.as_dict(private=False)]}

    def statement(self, **changes: Any) -> dict[str, Any]:
        said = {
            "iss": self.issuer, "sub": "42", "aud": "marketplace", "exp": NOW + 300, "iat": NOW, "nonce": "nonce",
        } | changes  # fmt: skip
        return {name: value for name, value in said.items() if value is not None}

    def hand_out(self, id_token: object) -> None:
        self.says["/token_endpoint"] = {"access_token": "a", "token_type": "Bearer", "id_token": id_token}

    def sign(self, key: RSAKey = KEY, alg: str = "RS256", **changes: Any) -> str:
        return jwt.encode({"alg": alg, "kid": key.kid}, self.statement(**changes), key)


@pytest.fixture
def talker() -> Iterator[Talker]:
    talker = Talker()
    yield talker
    talker.server.shutdown()
    talker.server.server_close()


@pytest.fixture
def provider(talker: Talker) -> OpenIdProvider:
    return OpenIdProvider(Client(talker.issuer, "marketplace", "geheim", "openid"))


def identity(provider: OpenIdProvider) -> str:
    return str(provider.identity(ATTEMPT, "code", BACK, NOW).statement["sub"])


def test_a_statement_for_this_attempt_is_taken(talker: Talker, provider: OpenIdProvider) -> None:
    talker.hand_out(talker.sign())
    assert identity(provider) == "42"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://login.example.org"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"sub": None},
        {"exp": NOW - 3600}, {"exp": None}, {"iat": NOW + 3600}, {"nonce": "another"}, {"nonce": None},
        {"aud": ["marketplace", "another"], "azp": "another"}, {"exp": "soon"},
    ],
)  # fmt: skip
def test_a_statement_for_another_or_out_of_time_is_refused(
    talker: Talker, provider: OpenIdProvider, changes: dict[str, Any]
) -> None:
    talker.hand_out(talker.sign(**changes))
    with pytest.raises(Unauthenticated):
        identity(provider)


def test_a_signature_by_another_key_by_a_shared_secret_or_by_none_is_refused(
    talker: Talker, provider: OpenIdProvider
) -> None:
    public = OctKey.import_key(KEY.as_pem(private=False).decode().replace("-", "x"))
    statement = talker.statement()
    head, body, signature = talker.sign().split(".")
    other_body = talker.sign(sub="43").split(".")[1]
    for forged in (
        talker.sign(OTHER),
        jwt.encode({"alg": "HS256", "kid": "one"}, statement, public),
        f"eyJhbGciOiJub25lIn0.{body}.",
        f"{head}.{other_body}.{signature}",
        "no.token.at.all",
        "",
    ):
        talker.hand_out(forged)
        with pytest.raises((Unauthenticated, SignInUnavailable)):
            identity(provider)


def test_a_new_key_of_the_provider_is_asked_for_once(
    talker: Talker, provider: OpenIdProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    talker.hand_out(talker.sign())
    identity(provider)
    talker.says["/jwks_uri"] = {"keys": [OTHER.as_dict(private=False)]}
    talker.hand_out(talker.sign(OTHER))
    with pytest.raises(Unauthenticated):
        identity(provider)
    later = time.monotonic() + 60
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert identity(provider) == "42"
    assert talker.asked.count("/jwks_uri") == 2
    assert talker.asked.count("/.well-known/openid-configuration") == 1


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example.org"}, {"token_endpoint": None}, {"jwks_uri": "http://example.org/keys"},
        {"authorization_endpoint": "javascript:alert(1)"}, {"end_session_endpoint": "http://example.org/out"},
    ],
)  # fmt: skip
def test_a_provider_that_publishes_something_unusable_is_as_good_as_down(
    talker: Talker, provider: OpenIdProvider, metadata: dict[str, Any]
) -> None:
    talker.publish(**metadata)
    with pytest.raises(SignInUnavailable):
        provider.way_in(ATTEMPT, BACK)


@pytest.mark.parametrize("said", [None, b"<html>", b"[1]", b'{"a": "' + b"x" * 1_100_000 + b'"}', b""])
def test_an_answer_that_is_none_is_as_good_as_none(
    talker: Talker, provider: OpenIdProvider, said: Any
) -> None:
    talker.says["/.well-known/openid-configuration"] = said
    with pytest.raises(SignInUnavailable):
        provider.way_in(ATTEMPT, BACK)


@pytest.mark.parametrize(
    "said", [None, b"<html>", {"access_token": "a"}, {"id_token": 7, "access_token": "a"}, []]
)
def test_without_an_id_token_nobody_comes_back(talker: Talker, provider: OpenIdProvider, said: Any) -> None:
    talker.says["/token_endpoint"] = said
    with pytest.raises(SignInUnavailable):
        identity(provider)


def test_a_refused_code_is_no_failure_of_the_provider(talker: Talker, provider: OpenIdProvider) -> None:
    talker.says["/token_endpoint"] = {"error": "invalid_grant", "error_description": "used"}
    with pytest.raises(Unauthenticated, match="invalid_grant"):
        identity(provider)


def test_a_provider_that_is_down_is_left_alone_for_a_moment(talker: Talker, provider: OpenIdProvider) -> None:
    talker.says.clear()
    for _ in range(3):
        with pytest.raises(SignInUnavailable):
            provider.way_in(ATTEMPT, BACK)
    assert len(talker.asked) == 1


def test_the_way_out_is_known_only_where_the_provider_has_one(
    talker: Talker, provider: OpenIdProvider
) -> None:
    assert provider.way_out("token", BACK) is None
    talker.publish(end_session_endpoint=f"{talker.issuer}/out?a=b")
    again = OpenIdProvider(Client(talker.issuer, "marketplace", None, "openid"))
    way_out = again.way_out("token", BACK)
    assert way_out is not None
    assert way_out.startswith(f"{talker.issuer}/out?a=b&client_id=marketplace&")
    assert "id_token_hint=token" in way_out
