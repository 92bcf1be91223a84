"""A catalogue entry: its fields and what they mean. None and empty mean unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from marketplace.domain.lifecycle import EntryStatus
from marketplace.domain.reading import Activation


class ServiceKind(StrEnum):
    """What an entry is."""

    ONLINE_SERVICE = "online_service"
    PLATFORM = "platform"
    COMPONENT = "component"


class Stage(StrEnum):
    """How far the service itself is."""

    DEVELOPMENT = "development"
    PILOT = "pilot"
    REGULAR = "regular"
    RETIRED = "retired"


class Origin(StrEnum):
    """Who it was built for: the federation, one for all, or a body's own use."""

    FEDERAL = "federal"
    EFA = "efa"
    OWN = "own"


class Route(StrEnum):
    """The legal way by which an offer reaches those who reuse it."""

    FIT_STORE = "fit_store"
    GOVDIGITAL = "govdigital"
    DIRECT = "direct"


MATURITY_LEVELS = {"1.1": range(5), "2.0": range(8)}


@dataclass(frozen=True, slots=True)
class Maturity:
    """A level of one model of maturity; levels of different models are never compared."""

    model: str
    level: int


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to get the service. A price stands only with its source."""

    id: str
    route: Route
    supplier: str | None = None
    contract_form: str | None = None
    contract_term: str | None = None
    hosting: str | None = None
    licence: str | None = None
    price: str | None = None
    price_source: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to ask; for signed-in public bodies only."""

    name: str
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was read."""

    url: str
    title: str | None = None
    date: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An entry as it stands.

    ``words`` are what people call it beside its name, as its publisher says (FIM: Begriff im Kontext).
    ``lead_state``, ``partner_states`` are state keys ("00" the federation); ``sources`` maps a field's name (``*``:
    all that have none of their own) to where it was read; ``version`` rises with every write.
    """

    id: str
    name: str
    summary: str
    description: str
    words: tuple[str, ...] = ()
    kind: ServiceKind
    lead_state: str | None = None
    partner_states: tuple[str, ...] = ()
    theme_field: str | None = None
    ozg_ids: tuple[str, ...] = ()
    leika_keys: tuple[str, ...] = ()
    authority_set: str | None = None
    authority_set_reason: str | None = None
    authority_set_assumed: bool = False
    activation: Activation = Activation.EACH
    part_of: str | None = None
    stage: Stage | None = None
    origin: Origin | None = None
    publisher: str | None = None
    url: str | None = None
    requires: tuple[str, ...] = ()
    maturity: Maturity | None = None
    available_from: date | None = None
    offers: tuple[Offer, ...] = ()
    contacts: tuple[Contact, ...] = ()
    sources: Mapping[str, tuple[Source, ...]] = field(default_factory=dict)
    status: EntryStatus = EntryStatus.DRAFT
    version: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """What a figure about a service depends on, as it was known; kept by the two times of the ledger."""

    lead_state: str | None
    partner_states: tuple[str, ...]
    authority_set: str | None
    activation: Activation
    part_of: str | None

    @classmethod
    def of(cls, service: Service) -> "ServiceFacts":
        """Return the facts of an entry as it stands."""
        return cls(
            service.lead_state,
            service.partner_states,
            service.authority_set,
            service.activation,
            service.part_of,
        )
