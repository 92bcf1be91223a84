"""The operator's desk: each part of the marketplace with its number, and the page or command that looks after it."""

from typing import NamedTuple

from flask import render_template, url_for
from flask_babel import LazyString
from flask_babel import lazy_gettext as _

from marketplace import formats
from marketplace.actions.operator_desk import OperatorDesk, operator_desk
from marketplace.domain.access import Action
from marketplace.http import actor, context, needs
from marketplace.web.blueprint import web
from marketplace.web.filters import locale


class Part(NamedTuple):
    """One line of the desk: what it is, how many, what waits there, its page and its command."""

    label: LazyString
    number: int | str | None
    note: LazyString | str = ""
    page: str = ""
    command: str = ""


@web.get("/betrieb")
@needs(Action.OPERATE)
def operations() -> str:
    """Show how everything stands."""
    desk = operator_desk(context(), actor())
    groups = [
        (_("Menschen und Organisationen"), _people(desk)),
        (_("Einträge"), _entries(desk)),
        (_("Behörden und Gebiete"), _territory(desk)),
        (_("Zählen und Suchen"), _figures(desk)),
        (_("Abonnements und Nachrichten"), _news(desk)),
        (_("Technik"), _machine(desk)),
    ]
    return render_template("operations.html", groups=groups)


def _people(desk: OperatorDesk) -> list[Part]:
    counts = desk.counts
    return [
        Part(_("Organisationen"), counts.organisations, page=url_for("web.kept_organisations")),
        Part(
            _("Mitglieder"),
            counts.members,
            _("%(people)s Konten, %(sessions)s offene Sitzungen", people=counts.people, sessions=counts.sessions),
            page=url_for("web.kept_organisations"),
        ),
        Part(_("Offene Einladungen"), counts.invitations, page=url_for("web.kept_organisations")),
        Part(_("Gültige Zugangstoken"), counts.tokens, command="marketplace token list"),
        Part(_("Laufende Vertretungen"), counts.delegations, page=url_for("web.delegations")),
    ]  # fmt: skip


def _entries(desk: OperatorDesk) -> list[Part]:
    counts = desk.counts
    return [
        Part(_("Offene Freigaben"), counts.reviews, page=url_for("web.reviews")),
        Part(
            _("Entwürfe in Arbeit"),
            counts.drafts,
            page=url_for("web.publisher_desk"),
            command="marketplace services import",
        ),
        Part(_("Geplante Rücknahmen"), counts.withdrawals, page=url_for("web.publisher_desk")),
    ]


def _territory(desk: OperatorDesk) -> list[Part]:
    counts = desk.counts
    return [
        Part(_("Behörden ohne Regionalschlüssel"), counts.authorities, command="marketplace authorities import"),
        Part(_("Behördenarten"), counts.authority_sets, command="marketplace authority-sets import"),
        Part(
            _("Gemeindeverzeichnisse"),
            counts.registers,
            _("neuester Gebietsstand: %(day)s", day=formats.day(counts.newest_register, locale())) if counts.newest_register else "",
            command="marketplace register import",
        ),
        Part(
            _("Gebietsänderungen ohne Entscheidung"),
            desk.open_successions,
            command="marketplace register successions propose",
        ),
    ]  # fmt: skip


def _figures(desk: OperatorDesk) -> list[Part]:
    counts = desk.counts
    return [
        Part(
            _("Veröffentlichte Zählregeln"),
            counts.counting_rules,
            page=url_for("web.counting_rules"),
            command="marketplace counting-rules publish",
        ),
        Part(
            _("Zeilen der Wortliste"),
            counts.thesaurus_rows,
            page=url_for("web.thesaurus"),
            command="marketplace thesaurus import",
        ),
        Part(
            _("Gemeldeter Bedarf"),
            counts.needs,
            _("%(misses)s Suchtexte blieben mehrfach ohne Treffer", misses=counts.misses),
            page=url_for("web.demand"),
        ),
    ]


def _machine(desk: OperatorDesk) -> list[Part]:
    counts, engine, owed = desk.counts, desk.search.engine, desk.search.outbox
    ready = _("bereit") if engine.ready else _("nicht bereit")
    return [
        Part(
            _("Protokoll"),
            counts.audit_entries,
            _("%(refusals)s Ablehnungen in den letzten 24 Stunden; Einträge bleiben %(days)s Tage",
              refusals=counts.refusals, days=desk.audit_retention_days),
            page=url_for("web.audit_log"),
            command="marketplace retention apply",
        ),
        Part(
            _("Suchindex"),
            engine.name,
            ready,
            command="marketplace search status" if engine.ready else "marketplace search rebuild",
        ),
        Part(
            _("Ausstehend für den Suchindex"),
            owed.size if owed is not None else 0,
            _("älteste Änderung vor %(seconds)s Sekunden", seconds=round(desk.search.lag_seconds))
            if desk.search.lag_seconds is not None
            else "",
            command="marketplace worker",
        ),
        Part(_("Stand der Datenbank"), desk.schema_version, command="marketplace db upgrade"),
    ]  # fmt: skip


def _news(desk: OperatorDesk) -> list[Part]:
    worker = desk.worker
    failing = (
        _("%(number)s scheitern immer wieder", number=worker.changes_failing)
        if worker.changes_failing
        else ""
    )
    return [
        Part(
            _("Änderungen, von denen noch niemand erfuhr"),
            worker.changes_waiting,
            "; ".join(str(one) for one in (_waits(worker.change_lag_seconds), failing) if one),
            command="marketplace worker status",
        ),
        Part(
            _("Ausstehende E-Mails"),
            worker.mails_waiting,
            _owed(worker.mail_lag_seconds, worker.mails_parked),
            command="marketplace worker status",
        ),
        Part(
            _("Ausstehende Zustellungen an Webhooks"),
            worker.deliveries_waiting,
            _owed(worker.delivery_lag_seconds, worker.deliveries_parked),
            command="marketplace worker status",
        ),
        Part(
            _("Störungen im Worker"),
            len(worker.failing_steps),
            ", ".join(sorted({f"{one.lane}/{one.step}" for one in worker.failing_steps})),
            command="marketplace worker status",
        ),
    ]


def _owed(lag_seconds: float | None, parked: int) -> str:
    given_up = _("%(number)s aufgegeben", number=parked) if parked else ""
    return "; ".join(str(one) for one in (_waits(lag_seconds), given_up) if one)


def _waits(lag_seconds: float | None) -> LazyString | str:
    return "" if lag_seconds is None else _("älteste vor %(seconds)s Sekunden", seconds=round(lag_seconds))
