"""The OpenID provider: its addresses and keys, the way to its sign-in page, and what it says of who comes back.

Authorisation code with PKCE (S256), state and nonce. Sources: OpenID Connect Core 1.0, Discovery 1.0 and
RP-Initiated Logout 1.0; RFC 7636 (PKCE); RFC 9700 (best current practice). The protocol is Authlib's, the signatures
are joserfc's.
"""

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.urls import add_params_to_uri
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from marketplace.errors import SignInUnavailable, Unauthenticated
from marketplace.node_addresses import stays_on_this_machine

CONNECT_S, ANSWER_S = 3.0, 5.0
"""How long the provider may take to connect and to answer, in seconds."""
KEPT_S = 3600.0
"""How long its addresses and keys are kept, in seconds; an unknown key asks for the keys again before."""
ASKED_AGAIN_S = 30.0
"""How often at most an unknown key asks for the keys again, in seconds."""
LEFT_ALONE_S = 3.0
"""How long it is not asked again after it did not answer, in seconds: nobody waits in a queue for it."""
MAX_BYTES = 1_000_000
LEEWAY_S = 60
"""By how many seconds its clock may differ from ours."""
SIGNATURES = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
)
"""Signatures by a key pair; a shared secret ("HS256") or none at all would be no proof of the provider."""
_METADATA = "/.well-known/openid-configuration"
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Client:
    """How the provider knows the marketplace; ``secret`` None: a public client."""

    issuer: str
    id: str
    secret: str | None
    scopes: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """What ties an answer of the provider to the browser that asked: each a random secret of its own."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who came back: the statement of the ID token, checked, and the token itself."""

    statement: Mapping[str, object]
    id_token: str


class OpenIdProvider:
    """The provider of one client. Safe for several threads; what it publishes is kept for an hour."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._metadata: Mapping[str, Any] = {}
        self._keys: KeySet | None = None
        self._metadata_at = self._keys_at = self._down_at = float("-inf")

    def way_in(self, attempt: Attempt, back: str) -> str:
        """Return the address of the provider's sign-in page. ``back`` is where it sends the browser afterwards.

        Raises:
            SignInUnavailable: the provider does not answer as one.
        """
        endpoint = self._published()["authorization_endpoint"]
        with self._session(back) as session:
            address, _state = session.create_authorization_url(
                endpoint, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(address)

    def identity(self, attempt: Attempt, code: str, back: str, now: float) -> Identity:
        """Return who comes back with a code. ``now`` is in seconds since 1970.

        Raises:
            SignInUnavailable: the provider does not answer as one.
            Unauthenticated: it does not accept the code, or its statement is not for this attempt.
        """
        endpoint = self._published()["token_endpoint"]
        try:
            with self._session(back) as session:
                token = session.fetch_token(
                    endpoint, code=code, code_verifier=attempt.verifier, grant_type="authorization_code",
                    timeout=(CONNECT_S, ANSWER_S), allow_redirects=False,
                )  # fmt: skip
        except OAuthError as error:
            raise Unauthenticated(f"The provider does not accept the code: {error.error}") from error
        except (requests.RequestException, ValueError) as error:
            raise SignInUnavailable("The OpenID provider gives no token") from error
        id_token = token.get("id_token")
        if not isinstance(id_token, str) or len(id_token) > MAX_BYTES:
            raise SignInUnavailable("The OpenID provider gives no ID token")
        return Identity(self._checked(id_token, token.get("access_token"), attempt.nonce, now), id_token)

    def way_out(self, id_token: str, back: str) -> str | None:
        """Return the address at which the provider ends its own session, None where it has none.

        Raises:
            SignInUnavailable: the provider does not answer as one.
        """
        endpoint = self._published().get("end_session_endpoint")
        if not isinstance(endpoint, str):
            return None
        known_as = {"client_id": self._client.id, "post_logout_redirect_uri": back, "id_token_hint": id_token}
        return str(add_params_to_uri(endpoint, known_as))

    def _checked(self, id_token: str, access_token: object, nonce: str, now: float) -> Mapping[str, object]:
        try:
            decoded = self._decoded(id_token)
            statement = CodeIDToken(
                decoded.claims,
                decoded.header,
                {
                    "iss": {"essential": True, "value": self._client.issuer},
                    "aud": {"essential": True, "value": self._client.id},
                    "sub": {"essential": True},
                },
                {"nonce": nonce, "client_id": self._client.id, "access_token": access_token},
            )
            statement.validate(now=int(now), leeway=LEEWAY_S)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated(f"The provider's statement is not valid: {type(error).__name__}") from error
        return dict(statement)

    def _decoded(self, id_token: str) -> jwt.Token:
        registry = JWSRegistry(algorithms=list(SIGNATURES), strict_check_header=False)
        try:
            return jwt.decode(id_token, self._published_keys(), registry=registry)
        except JoseError:
            # A provider that changed its keys signs with one that is not kept yet.
            return jwt.decode(id_token, self._published_keys(again=True), registry=registry)

    def _published(self) -> Mapping[str, Any]:
        with self._lock:
            if time.monotonic() - self._metadata_at > KEPT_S:
                found = self._fetched(self._client.issuer.rstrip("/") + _METADATA)
                if found.get("issuer") != self._client.issuer:
                    raise SignInUnavailable(f"The OpenID provider names itself {found.get('issuer')!r}")
                for name in (*_NEEDED, "end_session_endpoint"):
                    address = found.get(name)
                    if not _is_usable(address) and (name in _NEEDED or address is not None):
                        raise SignInUnavailable(f"The OpenID provider publishes no usable {name}")
                self._metadata, self._metadata_at = found, time.monotonic()
            return self._metadata

    def _published_keys(self, *, again: bool = False) -> KeySet:
        address = self._published()["jwks_uri"]
        with self._lock:
            kept_s = ASKED_AGAIN_S if again else KEPT_S
            if self._keys is None or time.monotonic() - self._keys_at > kept_s:
                try:
                    self._keys = KeySet.import_key_set(self._fetched(address))  # type: ignore[arg-type]  # checked by the import itself
                except (JoseError, ValueError, TypeError, KeyError) as error:
                    raise SignInUnavailable("The OpenID provider publishes no usable keys") from error
                self._keys_at = time.monotonic()
            return self._keys

    def _fetched(self, address: str) -> dict[str, Any]:
        if time.monotonic() - self._down_at < LEFT_ALONE_S:
            raise SignInUnavailable("The OpenID provider did not answer just now")
        try:
            with requests.Session() as session:
                session.trust_env = not stays_on_this_machine((address,))
                answer = session.get(
                    address, timeout=(CONNECT_S, ANSWER_S), allow_redirects=False, stream=True
                )
                answer.raise_for_status()
                # A first piece that is not the whole is too large, and then no JSON either.
                found = json.loads(next(answer.iter_content(MAX_BYTES), b""))
        except (requests.RequestException, ValueError) as error:
            self._down_at = time.monotonic()
            raise SignInUnavailable("The OpenID provider does not answer") from error
        if not isinstance(found, dict):
            raise SignInUnavailable("The OpenID provider answers something else")
        return found

    def _session(self, back: str) -> OAuth2Session:
        session = OAuth2Session(
            self._client.id,
            self._client.secret,
            scope=self._client.scopes,
            redirect_uri=back,
            code_challenge_method="S256",
        )
        session.trust_env = not stays_on_this_machine((self._client.issuer,))
        return session


def _is_usable(address: object) -> bool:
    if not isinstance(address, str):
        return False
    return urlsplit(address).scheme == "https" or stays_on_this_machine((address,))
