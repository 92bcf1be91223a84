"""The tables, one file an aggregate. Importing this package fills ``Table.metadata``."""

from marketplace.store.tables.audit import AuditEntryRow
from marketplace.store.tables.authorities import AuthorityRow, AuthoritySetRow, AuthoritySetVersionRow
from marketplace.store.tables.base import Instant, Table
from marketplace.store.tables.catalogue import BundleProcedureRow, BundleRow, ProcedureRow, ThemeFieldRow
from marketplace.store.tables.changes import ChangeJobRow, ChangeRow
from marketplace.store.tables.ledger import AdoptionEventRow, LedgerRow
from marketplace.store.tables.organisations import (
    DelegationRow,
    OrganisationAuthorityRow,
    OrganisationMergerRow,
    OrganisationRow,
    ServiceTransferRow,
)
from marketplace.store.tables.people import (
    FormDraftRow,
    InvitationRow,
    MembershipRow,
    PersonRow,
    TokenRow,
    WebSessionRow,
)
from marketplace.store.tables.projection import AdoptionIntervalRow, ServiceProjectionRow
from marketplace.store.tables.regions import RegionRow, RegionVersionRow, RegisterRow, SuccessionRow
from marketplace.store.tables.revisions import (
    RevisionCommentRow,
    SelfCheckAnswerRow,
    ServiceRevisionRow,
    ServiceVersionRow,
    ServiceWithdrawalRow,
)
from marketplace.store.tables.rules import CountingRuleRow
from marketplace.store.tables.search import (
    SearchChangeRow,
    SearchMissRow,
    SearchNeedRow,
    SearchOutboxRow,
    ThesaurusRow,
)
from marketplace.store.tables.seed import SeedStateRow
from marketplace.store.tables.services import (
    OfferRow,
    ServiceBundleRow,
    ServiceFactRow,
    ServiceProcedureRow,
    ServiceRequirementRow,
    ServiceRow,
)
from marketplace.store.tables.subscriptions import FollowerRow, MailRow, NotificationRow, SubscriptionRow
from marketplace.store.tables.usage import AuthorityAttributeRow, CaseNumberRow, UsageReportRow
from marketplace.store.tables.webhooks import WebhookAttemptRow, WebhookDeliveryRow, WebhookRow
from marketplace.store.tables.worker import StepFailureRow

__all__ = [
    "AdoptionEventRow",
    "AdoptionIntervalRow",
    "AuditEntryRow",
    "AuthorityAttributeRow",
    "AuthorityRow",
    "AuthoritySetRow",
    "AuthoritySetVersionRow",
    "BundleProcedureRow",
    "BundleRow",
    "CaseNumberRow",
    "ChangeJobRow",
    "ChangeRow",
    "CountingRuleRow",
    "DelegationRow",
    "FollowerRow",
    "FormDraftRow",
    "Instant",
    "InvitationRow",
    "LedgerRow",
    "MailRow",
    "MembershipRow",
    "NotificationRow",
    "OfferRow",
    "OrganisationAuthorityRow",
    "OrganisationMergerRow",
    "OrganisationRow",
    "PersonRow",
    "ProcedureRow",
    "RegionRow",
    "RegionVersionRow",
    "RegisterRow",
    "RevisionCommentRow",
    "SearchChangeRow",
    "SearchMissRow",
    "SearchNeedRow",
    "SearchOutboxRow",
    "SeedStateRow",
    "SelfCheckAnswerRow",
    "ServiceBundleRow",
    "ServiceFactRow",
    "ServiceProcedureRow",
    "ServiceProjectionRow",
    "ServiceRequirementRow",
    "ServiceRevisionRow",
    "ServiceRow",
    "ServiceTransferRow",
    "ServiceVersionRow",
    "ServiceWithdrawalRow",
    "StepFailureRow",
    "SubscriptionRow",
    "SuccessionRow",
    "Table",
    "ThemeFieldRow",
    "ThesaurusRow",
    "TokenRow",
    "UsageReportRow",
    "WebSessionRow",
    "WebhookAttemptRow",
    "WebhookDeliveryRow",
    "WebhookRow",
]
