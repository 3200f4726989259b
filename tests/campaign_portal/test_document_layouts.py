"""The table of docs/documents.md is what the written files measure."""

from django.utils.translation import override

from campaign_portal.management.commands.document_layouts import BEGIN, END, TABLE, measured_table


def test_the_table_in_the_documents_is_what_the_files_measure():
    with override("vi"):
        table = measured_table()
    assert TABLE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip() == table
    assert "✗" not in table
