"""The files that commands write: one that cannot be written is refused before anything is done for it."""

import os
from pathlib import Path
from typing import Any

import click


class _NewFile(click.Path):
    """A file to write, in a directory that is there."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, writable=True, path_type=Path)

    def convert(
        self, value: str | os.PathLike[str], param: click.Parameter | None, ctx: click.Context | None
    ) -> Any:
        """Return the path; fail where no file can be made there."""
        path = Path(os.fsdecode(super().convert(value, param, ctx)))
        if not path.parent.is_dir():
            self.fail(f"there is no directory {str(path.parent)!r}.", param, ctx)
        if not path.exists() and not os.access(path.parent, os.W_OK):
            self.fail(f"the directory {str(path.parent)!r} is not writable.", param, ctx)
        return path


NEW_FILE = _NewFile()


def refuse_itself(option: str, written: Path | None, read: Path) -> None:
    """Refuse an option that would have a command write into the FILE that it reads.

    Raises:
        BadParameter: both are the same file, under another name too.
    """
    if written is not None and written.exists() and written.samefile(read):
        raise click.BadParameter(f"{str(written)!r} is FILE itself, which would be lost.", param_hint=option)


def write_file(path: Path, content: bytes) -> None:
    """Write a file.

    Raises:
        ClickException: the system refuses, with its reason.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise click.ClickException(f"{path} was not written: {error.strerror}") from error
