"""Who acts: roles, what they may be asked to do, and the actor who has them. What is allowed stands in ``access``."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What somebody does for an organisation."""

    PUBLISHER = "publisher"
    REVIEWER = "reviewer"
    AUTHORITY = "authority"
    COORDINATION = "coordination"
    ANALYST = "analyst"
    ADMIN = "admin"
    OPERATOR = "operator"


class Action(StrEnum):
    """What a route or command does, as far as rights go."""

    READ_PUBLIC = "public.read"
    READ_RESTRICTED = "restricted.read"
    OWN_ACCOUNT = "account.own"
    FOLLOW = "subscription.follow"
    WRITE_SERVICE = "service.write"
    READ_REVISION = "revision.read"
    REVIEW_SERVICE = "service.review"
    TRANSFER_SERVICE = "service.transfer"
    MERGE_SERVICES = "service.merge"
    RECORD_ADOPTION = "adoption.record"
    ANSWER_CLAIM = "claim.answer"
    DELEGATE = "delegation.grant"
    WRITE_AUTHORITY_SET = "authority_set.write"
    CONFIRM_SUCCESSION = "succession.confirm"
    WRITE_AUTHORITY = "authority.write"
    REPORT_USAGE = "usage.report"
    REPORT_CASES = "cases.report"
    PUBLISH_RULE = "counting_rule.publish"
    EXPLAIN_SEARCH = "search.explain"
    EDIT_THESAURUS = "thesaurus.edit"
    MANAGE_MEMBERS = "members.manage"
    MANAGE_TOKENS = "tokens.manage"
    MANAGE_WEBHOOKS = "webhooks.manage"
    READ_OWN_LOG = "log_of_organisation.read"
    MANAGE_ORGANISATIONS = "organisations.manage"
    OPERATE = "operations.read"
    READ_LOG = "log.read"
    REPORT_NEED = "need.report"
    FOLLOW_BY_MAIL = "subscription.by_mail"
    USE_MAIL_LINK = "subscription.mail_link"
    SIGN_IN = "session.open"


class TokenScope(StrEnum):
    """What a machine's token is good for; it never allows more than its role does."""

    READ = "read"
    SERVICES = "services:write"
    REVIEWS = "services:review"
    ADOPTIONS = "adoptions:write"
    USAGE = "usage:write"
    ORGANISATION = "organisation:write"
    OPERATIONS = "operations:write"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a name for the log, the organisation acted for, the roles there, the regions the roles are bound to.

    ``region_keys`` are the authorities that the organisation speaks for, or the state it coordinates. ``person_id``
    is None for a machine; ``scopes`` is what its token is good for, None: for whatever the roles may; ``behind`` is
    the person who made its token, None where nobody is known.
    """

    name: str
    organisation_id: str
    roles: frozenset[Role]
    region_keys: frozenset[str] = frozenset()
    person_id: str | None = None
    scopes: frozenset[TokenScope] | None = None
    behind: str | None = None

    @classmethod
    def of(cls, name: str, organisation_id: str, role: Role, region_key: str | None = None) -> "Actor":
        """Return who has one role and is bound to one region at most."""
        bound = frozenset() if region_key is None else frozenset({region_key})
        return cls(name, organisation_id, frozenset({role}), bound)

    @property
    def is_operator(self) -> bool:
        """Whether it runs the marketplace."""
        return Role.OPERATOR in self.roles

    @property
    def id(self) -> str:
        """What stands for this actor where two are compared: the person, or the token's name."""
        return self.person_id or self.name

    @property
    def ids(self) -> tuple[str, ...]:
        """Its own id and, of a machine, that of the person behind it: a machine is no second pair of eyes for them."""
        return (self.id,) if self.behind is None else (self.id, self.behind)
