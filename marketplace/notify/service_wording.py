"""What happened to an entry of the catalogue, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.domain.service import ServiceKind
from marketplace.notify.catalogues import Translator
from marketplace.notify.field_words import field_words
from marketplace.notify.plain import MAX_LINE, plain
from marketplace.notify.sentence import Sentence, day_of, path_of

MAX_FIELDS = 12
"""So many changed fields are named; of more, how many there are."""


def published(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that an entry stands in the catalogue, of which kind it is and what it does."""
    name = plain(content.get("name"))
    titles: Mapping[str, str] = {
        ServiceKind.ONLINE_SERVICE: _("Neuer Dienst: %(name)s", name=name),
        ServiceKind.PLATFORM: _("Neue Plattform: %(name)s", name=name),
        ServiceKind.COMPONENT: _("Neue Basiskomponente: %(name)s", name=name),
    }
    return Sentence(
        # Older changes say neither kind nor summary.
        titles.get(str(content.get("entry_kind"))) or _("Neuer Eintrag: %(name)s", name=name),
        (plain(content.get("summary"), MAX_LINE) or _("Der Eintrag ist veröffentlicht."),),
        path_of("dienste", service_id),
        _("Eintrag ansehen"),
    )


def revised(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say what changed in an entry."""
    name = plain(content.get("name"))
    title = _("Wichtige Änderung: %(name)s", name=name) if content.get("weighty") else None
    return Sentence(
        title or _("Geändert: %(name)s", name=name),
        _changed(content, _),
        _comparison(service_id, content),
        _("Änderungen ansehen"),
    )


def offer_added(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that there is a new offer of a service, and what else changed in its entry."""
    number = len(content.get("offers") or ())
    many = _("%(number)s neue Angebote sind dazugekommen.", number=number) if number > 1 else None
    return Sentence(
        _("Neues Angebot: %(name)s", name=plain(content.get("name"))),
        (many or _("Ein neues Angebot ist dazugekommen."), *_changed(content, _)),
        path_of("dienste", service_id, anchor="angebote"),
        _("Angebote ansehen"),
    )


def withdrawal_planned(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say when an entry will be withdrawn, why, and what follows it."""
    on = day_of(content, "on", _)
    lines = (_("Der Eintrag wird am %(day)s zurückgezogen.", day=on),) if on else ()
    return Sentence(
        _("Wird zurückgezogen: %(name)s", name=plain(content.get("name"))),
        (*lines, *_why(content, _)),
        path_of("dienste", service_id),
        _("Eintrag ansehen"),
    )


def withdrawal_cancelled(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say that an entry stays."""
    return Sentence(
        _("Wird doch nicht zurückgezogen: %(name)s", name=plain(content.get("name"))),
        (_("Der Eintrag bleibt im Marktplatz."),),
        path_of("dienste", service_id),
        _("Eintrag ansehen"),
    )


def withdrawn(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say since when an entry is withdrawn, why, and lead to what follows it."""
    on = day_of(content, "on", _)
    successor = content.get("successor")
    line = _("Der Eintrag ist seit dem %(day)s zurückgezogen.", day=on) if on else None
    return Sentence(
        _("Zurückgezogen: %(name)s", name=plain(content.get("name"))),
        (line or _("Der Eintrag ist zurückgezogen."), *_why(content, _)),
        path_of("dienste", successor or service_id),
        _("Nachfolger ansehen") if successor else _("Eintrag ansehen"),
    )


def _why(content: Mapping[str, Any], _: Translator) -> tuple[str, ...]:
    lines = []
    if content.get("reason"):
        lines.append(_("Grund: %(reason)s", reason=plain(content["reason"], 300)))
    if content.get("successor_name"):
        lines.append(_("Nachfolger: %(name)s", name=plain(content["successor_name"])))
    return tuple(lines)


def _changed(content: Mapping[str, Any], _: Translator) -> tuple[str, ...]:
    names: Sequence[str] = [*content.get("fields", ()), *content.get("restricted", ())]
    if not names:
        return ()
    if len(names) > MAX_FIELDS:
        return (_("Geändert sind %(number)s Angaben.", number=len(names)),)
    return (_("Geändert: %(fields)s", fields=", ".join(field_words(name, _) for name in names)),)


def _comparison(service_id: str, content: Mapping[str, Any]) -> str:
    version, before = content.get("version"), content.get("before")
    if version is None or before is None:
        return path_of("dienste", service_id)
    return path_of("dienste", service_id, "verlauf", version=version, mit=before)
