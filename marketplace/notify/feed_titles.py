"""What the feeds are called."""

from marketplace import formats
from marketplace.notify.catalogues import Translator
from marketplace.notify.plain import plain


def of_list(_: Translator) -> str:
    """Name the feed of the list of entries, or of a part of it."""
    return _("Onlinedienste: neue und geänderte Einträge")


def of_search(query: str, _: Translator) -> str:
    """Name the feed of a search."""
    if not query:
        return _("Suche: neue und geänderte Einträge")
    return _("Suche nach „%(query)s“: neue und geänderte Einträge", query=plain(query))


def of_service(name: str, _: Translator) -> str:
    """Name the feed of an entry."""
    return _("%(name)s: Änderungen und Nachnutzung", name=plain(name))


def of_entries_about(name: str, _: Translator) -> str:
    """Name the feed of the entries that belong to something: a publisher, a bundle, a procedure."""
    return _("%(name)s: neue und geänderte Einträge", name=plain(name))


def of_theme_field(name: str, _: Translator) -> str:
    """Name the feed of a theme field."""
    return _("%(name)s: neue und geänderte Einträge, gemeldeter Bedarf", name=plain(name))


def of_theme_fields(_: Translator) -> str:
    """Name the feed of all theme fields."""
    return of_theme_field(_("Themenfelder"), _)


def of_region(name: str, _: Translator) -> str:
    """Name the feed of a region."""
    return _("%(name)s: Nachnutzung, Gebietsänderungen und Bedarf", name=plain(name))


def of_demand(_: Translator) -> str:
    """Name the feed of all needs."""
    return _("Bedarf: was Onlinedienste noch nicht abdecken")


def of_reforms(_: Translator) -> str:
    """Name the feed of all reforms of regions."""
    return _("Gebietsänderungen in Deutschland")


def of_rules(_: Translator) -> str:
    """Name the feed of counting rules."""
    return _("Zählregeln: neue Fassungen")


def of_figures(rule: str, service: str, state: str, threshold: float | None, _: Translator) -> str:
    """Name the feed of a figure: of one service or (``service`` empty) of all, in a state or (``state`` empty) anywhere."""
    parts = [plain(rule), plain(service) if service else _("alle Dienste"), plain(state)]
    if threshold is not None:
        parts.append(_("Schwelle %(share)s", share=formats.percent(threshold, _.locale)))
    return ", ".join(part for part in parts if part)


def moved_figure(name: str, before: int, now: int, of: int, _: Translator) -> str:
    """Say how many authorities a service has now and had before."""
    return _(
        "%(name)s: %(before)s, jetzt %(now)s von %(of)s",
        name=plain(name),
        before=formats.number(before, _.locale),
        now=formats.number(now, _.locale),
        of=formats.number(of, _.locale),
    )


def claims_among(number: int, _: Translator) -> str:
    """Say how many of the statements are their provider's word alone."""
    if number == 1:
        return _("Eine davon ist eine Angabe des Anbieters, die noch niemand bestätigt hat.")
    return _("%(number)s davon sind Angaben des Anbieters, die noch niemand bestätigt hat.", number=number)
