"""Keeping what somebody typed and has not sent: nobody else sees it, and nothing else depends on it.

It is scratch paper, written every few seconds while somebody types: the audit log holds no line about it.
"""

import re
from collections.abc import Mapping

from marketplace.actions.context import Context
from marketplace.actions.rights import require
from marketplace.actions.signing_in import digest_of
from marketplace.domain.access import Action, Actor, decide
from marketplace.errors import Forbidden, InvalidInput
from marketplace.store import form_drafts, web_sessions
from marketplace.store.form_drafts import FormDraft

__all__ = [
    "MAX_CHARACTERS",
    "MAX_FIELDS",
    "FormDraft",
    "forget_form",
    "keep_form",
    "kept_form",
    "who_was_signed_in",
]

MAX_CHARACTERS = 400_000
MAX_FIELDS = 2000
MAX_FORM_NAME = 120
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def keep_form(ctx: Context, actor: Actor, form: str, content: Mapping[str, str]) -> FormDraft:
    """Keep what stands in a form of the one who acts; ``form`` names form and object.

    What no database keeps (NUL, half surrogates) is replaced by the mark for an unknown character.

    Raises:
        Forbidden: a machine acts, which types nothing.
        InvalidInput: more than 400,000 characters or 2,000 fields.
    """
    person_id = _person(actor)
    size = sum(len(name) + len(value) for name, value in content.items())
    if size > MAX_CHARACTERS or len(content) > MAX_FIELDS or len(form) > MAX_FORM_NAME:
        raise InvalidInput.one("content", "length", f"at most {MAX_CHARACTERS} characters are kept")
    draft = FormDraft(
        {_storable(name): _storable(value) for name, value in content.items()},
        ctx.clock(),
    )
    with ctx.database.writing() as session:
        form_drafts.save(session, person_id, form, draft)
    return draft


def kept_form(ctx: Context, actor: Actor, form: str) -> FormDraft | None:
    """Return what the one who acts typed into a form and has not sent, None where nothing is kept."""
    if actor.person_id is None:
        return None
    with ctx.database.reading() as session:
        return form_drafts.load(session, actor.person_id, form)


def forget_form(ctx: Context, actor: Actor, form: str) -> None:
    """Forget what the one who acts typed into a form: it was sent, or is not wanted any more."""
    if actor.person_id is None:
        return
    with ctx.database.writing() as session:
        form_drafts.drop(session, actor.person_id, form)


def who_was_signed_in(ctx: Context, secret: str) -> Actor | None:
    """Return who acted in a session that has ended, so that what they just sent is kept; None where nobody knows.

    Good for nothing else: whoever holds the cookie of an ended session reads nothing and changes nothing.
    """
    with ctx.database.reading() as session:
        found = web_sessions.recognised(session, digest_of(secret))
    if found is None or (found.person.is_demo and not ctx.settings.demo):
        return None
    return found.actor


def _person(actor: Actor) -> str:
    require(decide(actor, Action.OWN_ACCOUNT))
    if actor.person_id is None:
        raise Forbidden("only people type into forms")
    return actor.person_id


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)
