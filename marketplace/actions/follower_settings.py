"""How somebody is told: in which language, and whether by mail."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.actions.context import Context
from marketplace.actions.rights import acting, require
from marketplace.domain.access import Action, Actor
from marketplace.domain.follow_rights import may_follow_alone
from marketplace.domain.mail_address import address_or_none
from marketplace.errors import InvalidInput
from marketplace.store import followers, mail_reach

LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class FollowerSettings:
    """How a person is told, by mail at ``address`` (None: their account has none that mails can go to).

    Mails rest since ``paused_at`` for ``paused_reason``, until the settings are kept again.
    """

    language: str
    mail_wanted: bool
    address: str | None = None
    paused_at: datetime | None = None
    paused_reason: str | None = None


def follower_settings(ctx: Context, actor: Actor | None, language: str) -> FollowerSettings:
    """Return how a person is told; ``language`` where they have chosen nothing yet.

    Raises:
        Unauthenticated, Forbidden: no person acts.
    """
    who = acting(actor, Action.OWN_ACCOUNT)
    require(may_follow_alone(who))
    with ctx.database.reading() as session:
        found = followers.of_person(session, who.person_id or "")
        known = mail_reach.people(session, [who.person_id or ""])
    _, given = known.get(who.person_id or "", (None, None))
    address = address_or_none(given)
    if found is None:
        return FollowerSettings(language, mail_wanted=True, address=address)
    return FollowerSettings(found.language, found.mail_wanted, address, found.paused_at, found.paused_reason)


def keep_follower_settings(ctx: Context, actor: Actor | None, language: str, *, mail_wanted: bool) -> None:
    """Keep how a person is told; mails that rested because an address was refused go out again.

    Raises:
        Unauthenticated, Forbidden: no person acts.
        InvalidInput: a language that there is not.
    """
    who = acting(actor, Action.FOLLOW)
    require(may_follow_alone(who))
    if language not in LANGUAGES:
        raise InvalidInput.one("language", "choice", f"must be one of {', '.join(LANGUAGES)}")
    with ctx.database.writing() as session:
        made = followers.ensure_person(
            session, who.person_id or "", language, ctx.clock(), followers.new_id(), followers.new_secret()
        )
        followers.write_wishes(session, made.id, language, mail_wanted=mail_wanted)
