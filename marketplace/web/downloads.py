"""Tables as files to keep."""

from flask import Response

from marketplace.actions.tables import Table, write_table


def csv_file(table: Table) -> Response:
    """Send a table as a CSV file."""
    return table_file(table, "csv")


def table_file(table: Table, form: str) -> Response:
    """Send a table as a ``csv`` or ``xlsx`` file."""
    written = write_table(table, form)
    response = Response(written.content, content_type=written.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=written.name)
    return response
