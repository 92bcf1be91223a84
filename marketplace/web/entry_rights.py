"""What somebody may do with an entry, for the links and buttons of its pages, and why not, in words."""

from collections.abc import Collection

from flask_babel import gettext as _

from marketplace.domain.access import Action, Actor, decide, may_see_revision, may_write_service


def may_edit(actor: Actor | None, publisher: str | None) -> bool:
    """Tell whether somebody may write in an entry of a publisher."""
    return actor is not None and may_write_service(actor, publisher).allowed


def may_see_work(actor: Actor | None, publisher: str | None) -> bool:
    """Tell whether somebody may see what is in work on an entry of a publisher."""
    return decide(actor, Action.READ_REVISION).allowed and may_see_revision(actor, publisher)


def why_not_approved(actor: Actor, editors: Collection[str]) -> str:
    """Return why somebody who sees a revision cannot approve it."""
    if not decide(actor, Action.REVIEW_SERVICE).allowed:
        return str(_("Freigeben kann nur, wer in Ihrer Organisation die Rolle „Prüfung“ hat."))
    if actor.id in editors:
        return str(
            _(
                "Vier Augen: Sie haben an dieser Fassung mitgeschrieben. Freigeben muss sie jemand anderes aus Ihrer "
                "Organisation."
            )
        )
    return str(_("Sie handeln für eine andere Organisation als die, der der Eintrag gehört."))
