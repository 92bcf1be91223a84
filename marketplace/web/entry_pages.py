"""What the pages of an entry's life share: who acts, the form as it is shown, and the form's name where it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Response, g, make_response, request

from marketplace.actions.rights import acting
from marketplace.domain.access import Action, Actor
from marketplace.domain.service import Service
from marketplace.domain.service_json import service_as_dict
from marketplace.errors import FieldError
from marketplace.http import actor, context
from marketplace.web.entry_choices import Choices, choices
from marketplace.web.entry_conflict import plain, seen_of
from marketplace.web.entry_fields import GROUPS, Field
from marketplace.web.entry_form import Typed, entry_of, items, typed_of
from marketplace.web.entry_words import Problem, problems_of, summary_of


@dataclass(frozen=True, slots=True)
class EntryForm:
    """A form as it is shown: what stands in it, of which version it is, what is wrong, where one goes on typing."""

    typed: Typed
    tag: str
    seen: str
    choices: Choices
    problems: Mapping[str, Sequence[Problem]] = field(default_factory=dict)
    focus: str = ""

    @property
    def summary(self) -> list[Problem]:
        """What is wrong, in the order of the form."""
        return summary_of(self.problems)

    def count(self, group: str) -> int:
        """Return how many items of a group the form shows."""
        return len(items(self.typed, group))

    def is_full(self, group: str) -> bool:
        """Tell whether a group takes no more items."""
        return self.count(group) >= GROUPS[group].limit

    def options(self, of: Field, name: str) -> list[tuple[str, str]]:
        """Return what a field is chosen from; what stands in it is offered even where the list has lost it."""
        found = self.choices[of.choices]
        value = self.typed.get(name, "")
        lost = [] if not value or "\n" in value or value in found else [(value, value)]
        return [*found.items(), *lost]

    def holds(self, name: str, value: str) -> bool:
        """Tell whether a box of a field with several is ticked."""
        return value in self.typed.get(name, "").split("\n")


def acting_person(action: Action) -> Actor:
    """Return who acts; the route's declared action was checked before."""
    return acting(actor(), action)


def entry_choices() -> Choices:
    """Return the lists to choose from, read once in a request."""
    if "entry_choices" not in g:
        g.entry_choices = choices(context())
    found: Choices = g.entry_choices
    return found


def fields_of(service: Service) -> dict[str, Any]:
    """Return the fields of an entry that its form shows, as plain JSON."""
    return plain(service_as_dict(service))


def form_of(service: Service, tag: str, lists: Choices) -> EntryForm:
    """Return the form of an entry as it stands."""
    entry = fields_of(service)
    return EntryForm(typed_of(entry), tag, seen_of(entry), lists)


def problems_in(errors: Sequence[FieldError], typed: Typed) -> dict[str, list[Problem]]:
    """Return what is wrong by the fields of a form."""
    return problems_of(errors, typed, entry_of(typed))


def sent_text(name: str) -> str:
    """Return one text of a sent form as it was typed, with plain line breaks; "" where there is none."""
    return request.form.get(name, "").replace("\r\n", "\n")


def private(page: str, status: int = 200) -> Response:
    """Return a page about what is in work: no cache keeps it, no search engine lists it."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
