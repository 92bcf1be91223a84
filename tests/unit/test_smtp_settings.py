"""Settings of mail: what is refused at start, and in which words."""

from pathlib import Path
from typing import Any

import pytest

from marketplace.actions.mailing import mail_server
from marketplace.errors import InvalidInput
from marketplace.settings import Settings, load_settings

CERTIFICATE = Path(__file__).parents[1] / "search" / "tls" / "node.pem"
SERVER = {"smtp_host": "mail.example.org", "smtp_sender": "marktplatz@example.org"}
LOGIN = {"smtp_user": "marktplatz", "smtp_password": "geheim"}


def given(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> Settings:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MARKETPLACE_{name.upper()}", raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(f"MARKETPLACE_{name.upper()}", str(value))
    return load_settings()


def test_without_a_mail_server_there_are_no_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, smtp_host="", smtp_sender="")
    assert not settings.mail_is_set_up
    assert mail_server(settings) is None


def test_a_server_is_asked_for_encryption_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch, **SERVER, **LOGIN, base_url="https://marktplatz.example.org")
    assert settings.mail_is_set_up
    server = mail_server(settings)
    assert server is not None
    assert (server.port, server.starttls, server.name) == (587, True, "marktplatz.example.org")
    assert not server.tls
    assert "geheim" not in repr(server)
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"smtp_host": "mail.example.org"}, "SMTP_HOST and MARKETPLACE_SMTP_SENDER belong together"),
        ({"smtp_sender": "a@example.org"}, "SMTP_HOST and MARKETPLACE_SMTP_SENDER belong together"),
        (SERVER | {"smtp_user": "a"}, "SMTP_USER and MARKETPLACE_SMTP_PASSWORD belong together"),
        (SERVER | {"smtp_password": "a"}, "SMTP_USER and MARKETPLACE_SMTP_PASSWORD belong together"),
        (LOGIN, "SMTP_USER needs MARKETPLACE_SMTP_HOST"),
        (SERVER | {"smtp_sender": "Marktplatz"}, "SMTP_SENDER: must be an e-mail address"),
        (SERVER | {"smtp_sender": "a@example.org\r\nBcc: b@example.org"}, "SMTP_SENDER: must be an e-mail address"),
        (SERVER | {"smtp_host": "smtp://mail.example.org"}, "SMTP_HOST: must be the name or address of a machine"),
        (SERVER | {"smtp_host": "user@mail.example.org"}, "SMTP_HOST: must be the name or address of a machine"),
        (SERVER | {"smtp_port": "70000"}, "SMTP_PORT"),
        (SERVER | {"smtp_timeout": "0"}, "SMTP_TIMEOUT"),
        (SERVER | LOGIN | {"smtp_starttls": "false"}, "the login would be sent unencrypted"),
        (SERVER | LOGIN | {"smtp_password": "größe"}, "SMTP_PASSWORD: must be ASCII"),
        (SERVER | {"smtp_starttls": "false", "smtp_ca_certs": CERTIFICATE}, "CA_CERTS is for an encrypted connection"),
        (SERVER | {"smtp_port": "465"}, "PORT 465 is for TLS from the first byte: set MARKETPLACE_SMTP_TLS to true"),
        (SERVER | {"smtp_tls": "true"}, "PORT 587 is for STARTTLS: TLS from the first byte is spoken at port 465"),
        (SERVER | {"smtp_tls": "true", "smtp_starttls": "true", "smtp_port": "465"}, "both are true"),
        (SERVER | {"smtp_ca_certs": "nowhere.pem"}, "SMTP_CA_CERTS: nowhere.pem is no file"),
        (SERVER | {"smtp_ca_cert": CERTIFICATE}, "did you mean MARKETPLACE_SMTP_CA_CERTS"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_refused(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        given(monkeypatch, **settings)
    assert said in refused.value.message


def test_tls_from_the_first_byte_takes_the_place_of_starttls(monkeypatch: pytest.MonkeyPatch) -> None:
    tls = {"smtp_tls": "true", "smtp_port": "465", "smtp_ca_certs": CERTIFICATE}
    server = mail_server(given(monkeypatch, **SERVER, **LOGIN, **tls))
    assert server is not None
    assert (server.port, server.tls, server.starttls) == (465, True, False)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_a_login_goes_unencrypted_to_this_machine_only(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    settings = given(monkeypatch, **SERVER | LOGIN | {"smtp_host": host, "smtp_starttls": "false"})
    assert settings.mail_is_set_up
