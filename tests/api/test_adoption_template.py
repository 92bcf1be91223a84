"""The empty file of events."""

from flask.testing import FlaskClient

from marketplace.exchange.adoption_rows import COLUMNS

ADDRESS = "/api/v1/adoption-events/template"


def test_the_template_comes_as_csv_workbook_and_words(reader: FlaskClient) -> None:
    csv = reader.get(f"{ADDRESS}?format=csv")
    assert csv.data.decode("utf-8-sig") == ";".join(COLUMNS) + "\r\n"
    assert csv.headers["Content-Disposition"] == 'attachment; filename="adoption-events.csv"'
    assert reader.get(f"{ADDRESS}?format=xlsx").data.startswith(b"PK")
    columns = reader.get(ADDRESS).get_json()["columns"]
    assert [column["name"] for column in columns] == list(COLUMNS)
    assert [column["name"] for column in columns if column["required"]] == [
        "service_id", "authority_key", "status", "effective_on",
    ]  # fmt: skip


def test_the_pages_offer_it_too(reader: FlaskClient) -> None:
    assert reader.get("/import-vorlage").data == reader.get(f"{ADDRESS}?format=xlsx").data
    assert reader.get("/import-vorlage?format=csv").mimetype == "text/csv"
    assert reader.get("/import-vorlage?format=pdf").status_code == 404
