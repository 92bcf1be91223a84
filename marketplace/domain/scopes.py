"""Which scope a machine's token needs for an action, beside the role that may take it."""

from marketplace.domain.roles import Action, TokenScope

NEEDED_SCOPE: dict[Action, TokenScope] = {
    Action.READ_RESTRICTED: TokenScope.READ,
    Action.OWN_ACCOUNT: TokenScope.READ,
    Action.FOLLOW: TokenScope.ORGANISATION,
    Action.WRITE_SERVICE: TokenScope.SERVICES,
    Action.READ_REVISION: TokenScope.READ,
    Action.REVIEW_SERVICE: TokenScope.REVIEWS,
    Action.TRANSFER_SERVICE: TokenScope.SERVICES,
    Action.MERGE_SERVICES: TokenScope.REVIEWS,
    Action.RECORD_ADOPTION: TokenScope.ADOPTIONS,
    Action.ANSWER_CLAIM: TokenScope.ADOPTIONS,
    Action.DELEGATE: TokenScope.ADOPTIONS,
    Action.WRITE_AUTHORITY_SET: TokenScope.OPERATIONS,
    Action.CONFIRM_SUCCESSION: TokenScope.OPERATIONS,
    Action.WRITE_AUTHORITY: TokenScope.OPERATIONS,
    Action.REPORT_USAGE: TokenScope.USAGE,
    Action.REPORT_CASES: TokenScope.USAGE,
    Action.PUBLISH_RULE: TokenScope.OPERATIONS,
    Action.EXPLAIN_SEARCH: TokenScope.READ,
    Action.EDIT_THESAURUS: TokenScope.OPERATIONS,
    Action.MANAGE_MEMBERS: TokenScope.ORGANISATION,
    Action.MANAGE_TOKENS: TokenScope.ORGANISATION,
    Action.MANAGE_WEBHOOKS: TokenScope.ORGANISATION,
    Action.READ_OWN_LOG: TokenScope.READ,
    Action.MANAGE_ORGANISATIONS: TokenScope.OPERATIONS,
    Action.OPERATE: TokenScope.READ,
    Action.READ_LOG: TokenScope.READ,
}
