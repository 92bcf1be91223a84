"""What every page's frame shows: demo notice, language, the remembered region, who is signed in."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from flask import Flask, g
from flask_babel import lazy_gettext as _

from marketplace.actions.inbox import count_unread
from marketplace.actions.overview import holds_demo_data
from marketplace.http import actor, context, is_api
from marketplace.web import language, links, my_region, session
from marketplace.web.desks import Desk, desks

SECTIONS = (
    ("web.services", _("Onlinedienste"), "/dienste"),
    ("web.theme_fields", _("Themenfelder"), "/themenfelder"),
    ("web.regions", _("Regionen"), "/regionen"),
    ("web.figures", _("Quoten"), "/quoten"),
    ("web.counting_rules", _("Zählregeln"), "/zaehlregeln"),
)


class Frame(NamedTuple):
    """The frame of one page; ``address`` is where the language links come back to.

    ``unread``: how many messages who is signed in has not read (``actions.inbox.MOST_COUNTED`` at most).
    """

    demo_mode: bool
    demo_data: bool
    operator: str | None
    language: str
    languages: dict[str, str]
    address: str
    my_region: my_region.Chosen | None
    signed_in: session.SignedIn | None
    can_sign_in: bool
    desks: Sequence[Desk]
    unread: int


def _frame() -> Frame:
    settings = context().settings
    failed, who = g.get("failed", False), actor()
    return Frame(
        demo_mode=settings.demo,
        demo_data=settings.demo or (not failed and holds_demo_data(context())),
        operator=settings.operator_name,
        language=language.language(),
        languages=language.LANGUAGES,
        address=links.spoken_at(),
        my_region=None if failed else my_region.chosen(),
        signed_in=session.signed_in(),
        can_sign_in=settings.demo or settings.has_openid,
        desks=desks(who),
        unread=0 if failed or who is None else count_unread(context(), who),
    )


def register_layout(app: Flask) -> None:
    """Hand the frame to every template of a page."""

    @app.context_processor
    def frame() -> dict[str, Any]:
        return {} if is_api() else {"frame": _frame(), "sections": SECTIONS}
