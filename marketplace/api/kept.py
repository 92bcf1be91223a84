"""Answers kept as bytes, exactly as long as nothing they show has changed.

Only public answers are kept, under the whole address and the marks of the database (``actions.marks``) that were read
before the answer was computed: a commit in between makes the next reader compute anew. So an answer is never older
than the last commit, and what is kept saves parsing, SQL and writing, not correctness.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, request

from marketplace.actions.marks import Marks, current_marks
from marketplace.api.etags import is_unchanged, not_modified
from marketplace.http import actor, context

LIMIT = 512
MAX_BYTES = 64 * 1024
EXTENSION = "marketplace-kept-answers"
View = TypeVar("View", bound=Callable[..., Any])
Key = tuple[str, bytes, str | None]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """A finished answer: the marks it was made at, body, entity tag without quotes, headers."""

    marks: Marks
    content: bytes
    tag: str
    headers: tuple[tuple[str, str], ...]


class KeptAnswers:
    """The answers of one application, the most recently used ones."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Key, KeptAnswer] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key, marks: Marks) -> KeptAnswer | None:
        """Return the answer made at these marks."""
        with self._lock:
            found = self._answers.get(key)
            if found is None or found.marks != marks:
                return None
            self._answers.move_to_end(key)
            return found

    def put(self, key: Key, answer: KeptAnswer) -> None:
        """Keep an answer, and let the least recently used one go."""
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > LIMIT:
                self._answers.popitem(last=False)


def keep(view: View) -> View:
    """Keep a view's public answers. The view must depend on nothing but the address, ``Accept`` and the marks."""

    @wraps(view)
    def kept(*args: Any, **kwargs: Any) -> Any:
        if actor() is not None:
            return view(*args, **kwargs)
        answers: KeptAnswers = current_app.extensions[EXTENSION]
        key: Key = (request.path, request.query_string, request.headers.get("Accept"))
        marks = current_marks(context())
        found = answers.get(key, marks)
        if found is not None:
            return _again(found)
        response: Response = view(*args, **kwargs)
        _keep(answers, key, marks, response)
        return response

    return kept  # type: ignore[return-value]  # the same signature, by wraps


def _keep(answers: KeptAnswers, key: Key, marks: Marks, response: Response) -> None:
    tag, _ = response.get_etag()
    if response.status_code != 200 or tag is None:
        return
    content = response.get_data()
    if len(content) <= MAX_BYTES:
        answers.put(key, KeptAnswer(marks, content, tag, tuple(response.headers)))


def _again(found: KeptAnswer) -> Response:
    if is_unchanged(found.tag):
        response = not_modified(found.tag)
        for name, value in found.headers:
            if name not in ("Content-Type", "Content-Length", "ETag"):
                response.headers[name] = value
        return response
    return Response(found.content, headers=list(found.headers))
