"""Tables as files to keep."""

from flask import Response

from marketplace.actions.tables import Table, write_table


def csv_file(table: Table) -> Response:
    """Send a table as a CSV file."""
    written = write_table(table, "csv")
    response = Response(written.content, content_type=written.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=written.name)
    return response
