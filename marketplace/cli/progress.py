"""A bar for each step of a long command, on standard error where that is a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def steps() -> Iterator[Callable[[str, int, int], None] | None]:
    """Give what is told of a step's name, how much is done and how much there is; None where nobody looks."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield None
        return
    with Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), console=console
    ) as bars:
        tasks = {}

        def show(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield show


@contextmanager
def counted(step: str) -> Iterator[Callable[[int, int], None] | None]:
    """Give what is told how much of one step is done and how much there is; None where nobody looks."""
    with steps() as show:
        yield None if show is None else lambda done, total: show(step, done, total)
