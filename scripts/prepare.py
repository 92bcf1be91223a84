"""Migrates the database, loads the seed and brings the statistics to today in one process, for `make run`.

The same as `marketplace db upgrade`, `marketplace seed` and `marketplace statistics tick`, but Python's packages are
loaded once.
"""

from marketplace.cli import main


def prepare() -> None:
    """Run the commands; SystemExit with the exit code of the first that fails."""
    for command in (["db", "upgrade"], ["seed"], ["statistics", "tick"]):
        try:
            main(command)
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    prepare()
