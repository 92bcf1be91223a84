"""Declaring by file: a table of statements, one a row, with what became of each."""

from flask import Response, make_response, render_template, request
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as AnyResponse

from marketplace.actions.adoption_files import import_with_rejects
from marketplace.actions.bulk_recording import FileOptions
from marketplace.actions.bulk_report import FileReport
from marketplace.actions.tables import CSV
from marketplace.domain.access import Action
from marketplace.errors import InvalidInput
from marketplace.http import actor, context, needs
from marketplace.web.blueprint import web
from marketplace.web.desk_forms import refused
from marketplace.web.desk_words import LABELS, why
from marketplace.web.organisation_forms import Form

SHOWN_ROWS = 200
WAYS = {
    "check": _("nur prüfen, nichts aufnehmen"),
    "all": _("alle Zeilen aufnehmen, oder keine, wenn eine nicht passt"),
    "rest": _("aufnehmen, was passt, und den Rest auslassen"),
}


@web.get("/behoerde/datei")
@needs(Action.ANSWER_CLAIM)
def declare_by_file() -> str:
    """Show the form for a file."""
    return _page(Form({"way": "check"}), None)


@web.post("/behoerde/datei")
@needs(Action.ANSWER_CLAIM)
def send_declaration_file() -> AnyResponse:
    """Judge or record a file and show its report, or send back the rows that do not fit."""
    way, given = request.form.get("way", ""), request.files.get("file")
    filled = {"way": way if way in WAYS else "check"}
    try:
        if given is None or not given.filename:
            raise InvalidInput.one("file", "required", "no file was sent")
        options = FileOptions(dry_run=filled["way"] == "check", skip_rejected=filled["way"] == "rest")
        if request.form.get("do") == "rejects":
            options = FileOptions(dry_run=True)
        done = import_with_rejects(context(), actor(), given.stream.read(), options)
    except InvalidInput as error:
        form = refused(error, filled)
        return make_response(_page(form, None), form.status)
    if request.form.get("do") == "rejects" and done.rejects is not None:
        response = Response(done.rejects, content_type=CSV)
        response.headers.set("Content-Disposition", "attachment", filename="nicht-aufgenommen.csv")
        return response
    status = 422 if done.report.rejected and filled["way"] == "all" else 200
    return make_response(_page(Form(filled), done.report), status)


def _page(form: Form, report: FileReport | None) -> str:
    rejected = [] if report is None else list(report.rejected_rows())
    return render_template(
        "desk/file.html",
        form=form,
        ways=WAYS.items(),
        labels=LABELS,
        report=report,
        rejected=[(row, [(one.field, why(one)) for one in row.errors]) for row in rejected[:SHOWN_ROWS]],
        more_rejected=max(0, len(rejected) - SHOWN_ROWS),
    )
