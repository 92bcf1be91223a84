"""The address of the tests' Elasticsearch, and settings as the environment of a process."""

from urllib.parse import urlsplit

from sqlalchemy import URL

from marketplace.settings import Settings


def address_and_login(url: str | None) -> tuple[str | None, dict[str, str]]:
    """Return an address without its login, and the login as settings."""
    if not url:
        return None, {}
    parts = urlsplit(url)
    if not parts.username or not parts.password:
        return url, {}
    login = {"elasticsearch_user": parts.username, "elasticsearch_password": parts.password}
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(), login


def environment_of(settings: Settings, database: URL) -> dict[str, str]:
    """Return the environment in which a process of ours works with this database and this Elasticsearch."""
    password, key = settings.elasticsearch_password, settings.elasticsearch_api_key
    given = {
        "database_url": database.render_as_string(hide_password=False),
        "demo": "1",
        "log_format": "json",
        "elasticsearch_url": settings.elasticsearch_url,
        "elasticsearch_index": settings.elasticsearch_index,
        "elasticsearch_timeout": str(settings.elasticsearch_timeout),
        "elasticsearch_bulk_timeout": str(settings.elasticsearch_bulk_timeout),
        "elasticsearch_user": settings.elasticsearch_user,
        "elasticsearch_password": password.get_secret_value() if password else None,
        "elasticsearch_api_key": key.get_secret_value() if key else None,
    }
    return {f"MARKETPLACE_{name.upper()}": value for name, value in given.items() if value}
