"""Whole answers kept a process as long as nothing that lists and figures show has changed."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from marketplace.actions.context import Context
from marketplace.actions.kept import Kept
from marketplace.actions.marks import current_marks

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


def kept_while_unchanged(
    limit: int,
    too_long: Callable[[Mapping[str, object]], bool] = lambda _: False,
) -> Callable[[Callable[Concatenate[Context, Asked], Answer]], Callable[Concatenate[Context, Asked], Answer]]:
    """Keep the last ``limit`` answers of an action for each database. Answers are shared: never change one.

    A ``known_at`` given as a day is not kept: of today it means now, and now goes on. ``too_long`` tells of the named
    parameters whether their answer takes too much memory to be kept.
    """

    def keep(
        action: Callable[Concatenate[Context, Asked], Answer],
    ) -> Callable[Concatenate[Context, Asked], Answer]:
        kept: Kept[Answer] = Kept(limit)

        @wraps(action)
        def ask(ctx: Context, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
            if too_long(kwargs) or any(
                name.startswith("known") and _is_day(value) for name, value in kwargs.items()
            ):
                return action(ctx, *args, **kwargs)
            key = current_marks(ctx), repr(args), repr(sorted(kwargs.items()))
            return kept.get(ctx.database.engine, key, lambda: action(ctx, *args, **kwargs))

        return ask

    return keep


def _is_day(known_at: object) -> bool:
    return isinstance(known_at, str) and "T" not in known_at
