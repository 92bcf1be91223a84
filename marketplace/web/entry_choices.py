"""What the fields of an entry's form are chosen from: enumerations, and what the catalogue holds."""

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial

from marketplace.actions.authority_sets import list_sets
from marketplace.actions.catalogue import list_organisations, list_theme_fields, state_names
from marketplace.actions.context import Context
from marketplace.actions.paging import MAX_PAGE_SIZE, PageRequest
from marketplace.domain.access import Actor
from marketplace.domain.reading import Activation
from marketplace.domain.service import MATURITY_LEVELS, Origin, Route, ServiceKind, Stage
from marketplace.domain.service_rules import FACTS
from marketplace.web.entry_fields import LABELS
from marketplace.web.labels import ENUMS
from marketplace.web.labels import FACTS as FACT_LABELS

Choices = Mapping[str, Mapping[str, str]]
"""By the name of a list: the words for each value, in the order shown."""


class LateChoices(Mapping[str, Mapping[str, str]]):
    """The lists by name, each read when it is first asked for."""

    def __init__(self, readers: Mapping[str, Callable[[], Mapping[str, str]]]) -> None:
        self._readers = readers
        self._read: dict[str, Mapping[str, str]] = {}

    def __getitem__(self, name: str) -> Mapping[str, str]:
        if name not in self._read:
            self._read[name] = self._readers[name]()
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._readers)

    def __len__(self) -> int:
        return len(self._readers)


def choices(ctx: Context) -> Choices:
    """Return all lists that an entry's form chooses from."""
    organisations = cache(partial(_organisations, ctx))
    return LateChoices({
        "kind": partial(_enumeration, ServiceKind),
        "stage": partial(_enumeration, Stage),
        "origin": partial(_enumeration, Origin),
        "route": partial(_enumeration, Route),
        "activation": partial(_enumeration, Activation),
        "maturity": lambda: {
            f"{model}:{level}": f"{model}: {level}" for model, levels in MATURITY_LEVELS.items() for level in levels
        },
        "state": lambda: state_names(ctx),
        "theme_field": lambda: {one.theme_field.id: one.theme_field.name for one in list_theme_fields(ctx)},
        "authority_set": lambda: {one.definition.id: one.definition.name for one in list_sets(ctx)},
        "organisation": organisations,
        "publisher": organisations,
        "about": lambda: {"*": str(FACT_LABELS["*"]), **{name: str(LABELS[name]) for name in FACTS}},
    })  # fmt: skip


def narrowed(found: Choices, actor: Actor) -> Choices:
    """Return the lists with the publishers for whom the actor may write only, and as suppliers all."""
    own = found["organisation"]
    if not actor.is_operator:
        own = {actor.organisation_id: own.get(actor.organisation_id, actor.organisation_id)}
    return {**found, "publisher": own}


def _enumeration(kind: type[Activation | Origin | Route | ServiceKind | Stage]) -> dict[str, str]:
    return {value: str(words) for value, words in ENUMS[kind].items()}


def _organisations(ctx: Context) -> dict[str, str]:
    found: dict[str, str] = {}
    number = 1
    while True:
        page = list_organisations(ctx, None, None, None, PageRequest(number, MAX_PAGE_SIZE))
        found |= {one.id: one.name for one in page.items}
        if number >= page.pages:
            return found
        number += 1
