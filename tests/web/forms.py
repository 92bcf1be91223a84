"""The forms of a page as a browser sends them: what stands in their fields, without the buttons."""

from html.parser import HTMLParser
from typing import Any

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse


class _Forms(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, MultiDict[str, str]] = {}
        self._form: MultiDict[str, str] | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self._form = self.forms.setdefault(given.get("action", "").partition("#")[0], MultiDict())
        elif self._form is None:
            return
        elif tag == "input" and name:
            ticked = given.get("type") not in ("checkbox", "radio") or "checked" in given
            if ticked:
                self._form.add(name, given.get("value", ""))
        elif tag == "textarea":
            self._area = (name, [])
        elif tag == "select":
            self._select = name
        elif tag == "option" and ("selected" in given or self._select not in self._form):
            # Without a choice a browser takes the first.
            self._form[self._select] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area and self._form is not None:
            name, pieces = self._area
            # A browser leaves out the line break that follows the tag.
            self._form.add(name, "".join(pieces).removeprefix("\n"))
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area:
            self._area[1].append(data)


def form_of(html: str, action: str) -> dict[str, Any]:
    """What stands in the fields of the form that is sent to an address: a text, or a list where a name has several."""
    form = _Forms(html).forms[action]
    return {name: values[0] if len(values) == 1 else values for name, values in form.lists()}


def send(client: FlaskClient, page: str, action: str | None = None, **typed: str) -> TestResponse:
    """Open a page, fill in some fields of its form, and send it; names may have ``__`` for a dot."""
    action = action or page.partition("?")[0]
    data = form_of(client.get(page).text, action)
    for name, value in typed.items():
        data[name.replace("__", ".")] = value
    return client.post(action, data=data)
