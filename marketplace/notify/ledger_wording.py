"""What happened to the adoptions of a service, in words."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketplace.domain.adoption import Status
from marketplace.notify.catalogues import Translator
from marketplace.notify.field_words import status_words
from marketplace.notify.plain import plain
from marketplace.notify.sentence import Sentence, day_of, path_of

MAX_LISTED = 10
"""So many statements are written out; of more, how many there are."""
MAX_REASON = 300


def adoption_recorded(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say which authorities use a service now, or plan to, or do not any more."""
    lines = _listed(content, _)
    if not lines:
        lines = [_number_of_events(content, _)]
    return Sentence(
        _("Nachnutzung: %(name)s", name=plain(content.get("name"))),
        tuple(lines),
        path_of("dienste", service_id),
        _("Eintrag ansehen"),
    )


def claim_waiting(_service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say what a provider says about authorities, and that it waits for their answer."""
    return Sentence(
        _("Wartet auf Ihre Bestätigung: %(name)s", name=plain(content.get("name"))),
        (_("Der Anbieter hat angegeben:"), *_listed(content, _)),
        path_of("behoerde", authority=_only_authority(content), anchor="angaben"),
        _("Angabe beantworten"),
    )


def claim_confirmed(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say which claims authorities confirmed."""
    return Sentence(
        _("Angabe bestätigt: %(name)s", name=plain(content.get("name"))),
        tuple(_listed(content, _)),
        path_of("dienste", service_id),
        _("Eintrag ansehen"),
    )


def claim_rejected(service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say which claims authorities rejected."""
    return Sentence(
        _("Angabe abgelehnt: %(name)s", name=plain(content.get("name"))),
        (_("Die Behörde hat abgelehnt, was angegeben war. Es zählt nicht mehr:"), *_listed(content, _)),
        path_of("dienste", service_id, "ausrollung", anchor="zurueckgewiesen"),
        _("Gründe ansehen"),
    )


def record_stale_soon(_service_id: str, content: Mapping[str, Any], _: Translator) -> Sentence:
    """Say from when on a record counts as unconfirmed unless somebody confirms it."""
    authority, on = plain(content.get("authority_name")), day_of(content, "stale_on", _)
    line = ""
    if authority and on:
        line = _(
            "%(authority)s: Die Angabe gilt ab dem %(day)s als unbestätigt, wenn niemand sie vorher bestätigt.",
            authority=authority,
            day=on,
        )
    return Sentence(
        _("Bitte bald bestätigen: %(name)s", name=plain(content.get("name"))),
        (line,),
        path_of("behoerde", authority=content.get("authority_key"), anchor="bestaetigen"),
        _("Angabe bestätigen"),
    )


def _listed(content: Mapping[str, Any], _: Translator) -> list[str]:
    statements = _statements(content)
    lines = [_statement(one, _) for one in statements[:MAX_LISTED]]
    more = max(int(content.get("events") or 0), len(statements)) - len(lines)
    if lines and more > 0:
        lines.append(_("und %(number)s weitere", number=more))
    return lines


def _statement(told: Mapping[str, Any], _: Translator) -> str:
    authority, status = plain(told.get("authority_name")), status_words(str(told.get("status")), _)
    on = day_of(told, "effective_on", _)
    if on and told.get("status") == Status.VOID:
        line = _("%(authority)s: Angabe zum %(day)s zurückgenommen", authority=authority, day=on)
    elif on:
        line = _("%(authority)s: %(status)s seit %(day)s", authority=authority, status=status, day=on)
    else:
        line = f"{authority}: {status}"
    reason = plain(told.get("reason"), MAX_REASON)
    return f"{line}. {_('Grund: %(reason)s', reason=reason)}" if reason else line


def _number_of_events(content: Mapping[str, Any], _: Translator) -> str:
    number = int(content.get("events") or 0)
    if number > 1:
        return _("%(number)s neue Meldungen von Behörden oder Anbietern", number=number)
    return _("Eine neue Meldung einer Behörde oder eines Anbieters")


def _only_authority(content: Mapping[str, Any]) -> str | None:
    keys = {one.get("authority_key") for one in _statements(content)}
    return str(keys.pop()) if len(keys) == 1 else None


def _statements(content: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = content.get("statements") or ()
    return found
