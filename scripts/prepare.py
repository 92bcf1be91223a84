"""Migrates the database and loads the seed in one process, for `make run`: loading Python's packages once is quicker.

The same as `marketplace db upgrade` followed by `marketplace seed`.
"""

from marketplace.cli import main


def prepare() -> None:
    """Run both commands; SystemExit with the exit code of the first that fails."""
    for command in (["db", "upgrade"], ["seed"]):
        try:
            main(command)
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    prepare()
