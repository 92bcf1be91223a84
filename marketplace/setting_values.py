"""Kinds of values that several settings have: those that an empty variable leaves unset, and files of certificates."""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BeforeValidator

from marketplace.node_addresses import check_certificates

Value = TypeVar("Value")


def _none_where_empty(value: object) -> object:
    return None if value == "" else value


def _checked(path: Path) -> Path:
    check_certificates(path)
    return path


Unset = Annotated[Value | None, BeforeValidator(_none_where_empty)]
"""A value, None where the variable is missing or empty."""
Certificates = Annotated[Path, AfterValidator(_checked)]
"""A file of certificates (PEM) that TLS can trust; see ``node_addresses.check_certificates``."""
