"""Why a status cannot follow another, in the words of the pages."""

from flask_babel import LazyString, get_locale
from flask_babel import lazy_gettext as _

from marketplace.actions.event_sequences import StepError
from marketplace.domain.adoption import Status
from marketplace.formats import day as format_day
from marketplace.web.labels import ENUMS
from marketplace.web.reasons import GERMAN


def step_in_words(error: StepError) -> LazyString:
    """Return the words for a step that is none: both statuses, and since when the one on record holds."""
    locale = get_locale() or GERMAN
    names = ENUMS[Status]
    status = names[error.status]
    if error.is_on_record:
        return _(
            "Ab dem %(day)s ist schon „%(status)s“ gemeldet, und das passt nicht mehr zu dem, was davor stünde. "
            "Berichtigen Sie zuerst diese Meldung.",
            day=format_day(error.status_on, locale), status=status,
        )  # fmt: skip
    if error.previous is None:
        return _("Es ist nichts gemeldet, was enden könnte.")
    said = {"before": names[error.previous], "day": format_day(error.previous_on, locale)}
    if error.status is Status.ENDED:
        return _("Seit dem %(day)s ist „%(before)s“ gemeldet: Da ist nichts, was enden könnte.", **said)
    return _(
        "Seit dem %(day)s ist „%(before)s“ gemeldet, darauf kann „%(status)s“ nicht folgen. "
        "Melden Sie zuerst „%(ended)s“, oder berichtigen Sie die frühere Meldung.",
        status=status, ended=names[Status.ENDED], **said,
    )  # fmt: skip
