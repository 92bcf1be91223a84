"""Which right each command needs. Who can run a command on the machine acts as its operator; deny by default."""

import click

from marketplace.actions.rights import require
from marketplace.cli.reports import OPERATOR
from marketplace.domain.access import Action, decide

NEEDED: dict[str, Action] = {
    "adoptions claims": Action.READ_RESTRICTED,
    "adoptions import": Action.RECORD_ADOPTION,
    "adoptions template": Action.READ_PUBLIC,
    "authorities attributes": Action.WRITE_AUTHORITY,
    "authorities import": Action.WRITE_AUTHORITY,
    "authority-sets import": Action.WRITE_AUTHORITY_SET,
    "case-numbers import": Action.REPORT_CASES,
    "changes export": Action.READ_PUBLIC,
    "counting-rules list": Action.READ_PUBLIC,
    "counting-rules publish": Action.PUBLISH_RULE,
    "db upgrade": Action.OPERATE,
    "demo remove": Action.OPERATE,
    "openapi check": Action.READ_PUBLIC,
    "openapi write": Action.READ_PUBLIC,
    "operator invite": Action.MANAGE_MEMBERS,
    "register import": Action.WRITE_AUTHORITY,
    "register list": Action.READ_PUBLIC,
    "register successions confirm": Action.CONFIRM_SUCCESSION,
    "register successions propose": Action.CONFIRM_SUCCESSION,
    "register successions status": Action.READ_PUBLIC,
    "retention apply": Action.OPERATE,
    "search check": Action.OPERATE,
    "search rebuild": Action.OPERATE,
    "search rollback": Action.OPERATE,
    "search status": Action.OPERATE,
    "seed": Action.OPERATE,
    "serve": Action.OPERATE,
    "services import": Action.WRITE_SERVICE,
    "settings": Action.OPERATE,
    "statistics check": Action.OPERATE,
    "statistics rebuild": Action.OPERATE,
    "statistics tick": Action.OPERATE,
    "thesaurus export": Action.READ_PUBLIC,
    "thesaurus import": Action.EDIT_THESAURUS,
    "token create": Action.MANAGE_TOKENS,
    "token list": Action.MANAGE_TOKENS,
    "token revoke": Action.MANAGE_TOKENS,
    "usage import": Action.REPORT_USAGE,
    "worker run": Action.OPERATE,
    "worker status": Action.OPERATE,
}


def require_right(context: click.Context) -> None:
    """Let a command reach the data whose right is declared and which the operator has.

    Raises:
        KeyError: nobody declared what the command needs.
        Forbidden: an operator may not.
    """
    require(decide(OPERATOR, NEEDED[name_of(context)]))


def name_of(context: click.Context) -> str:
    """Return a command's name with those of its groups, without the program's."""
    names: list[str] = []
    while context.parent is not None:
        names.insert(0, context.info_name or "")
        context = context.parent
    return " ".join(names)
