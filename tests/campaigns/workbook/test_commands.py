"""The commands: what they print, their exit status, and files that fail."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from openpyxl import load_workbook

from campaigns.enums import Role
from campaigns.models import AuditEntry, Campaign, Measurement, WorkbookImport
from campaigns.workbook.registry import extensions
from campaigns.workbook.sheets import GUIDE, OWN_SHEETS
from tests.factories import make_person
from tests.scoring.workbook_layout import SHEETS

from .books import cells_of, file_of, small, with_cell

pytestmark = pytest.mark.django_db


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=err, no_color=True)
    return out.getvalue().splitlines()


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "phong trào.xlsx"
    path.write_bytes(file_of(small()).getvalue())
    return path


def test_import_says_what_it_did(path):
    lines = run("import_workbook", path)
    assert lines[0] == "Phong trào: 1 mới, 0 thay đổi, 0 giữ nguyên"
    assert "Số liệu: 2 mới, 0 thay đổi, 0 giữ nguyên" in lines
    assert lines[-1] == "Đã nhập và mở phong trào PT-01."
    assert run("import_workbook", path)[-1] == "Phong trào PT-01: không có gì thay đổi, không ghi gì."
    assert WorkbookImport.objects.get().file_name == "phong trào.xlsx"
    assert '"command":"import_workbook"' in AuditEntry.objects.first().payload.content


def test_dry_run(path):
    lines = run("import_workbook", path, "--dry-run")
    assert lines[-1] == "Phong trào PT-01: trên đây là những gì sẽ được nhập; chưa ghi gì."
    assert not Campaign.objects.exists()


def test_errors_go_to_stderr_with_status_1(tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(file_of(with_cell("Giao chỉ tiêu", 2, "Mức giao", "1.234")).getvalue())
    err = io.StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("import_workbook", str(path), stderr=err, no_color=True)
    assert (str(failed.value), failed.value.returncode) == ("Có 1 lỗi; không ghi gì.", 1)
    assert err.getvalue().splitlines() == [
        "Giao chỉ tiêu, dòng 2, cột “Mức giao”, giá trị “1.234”: “1.234” có thể hiểu hai cách: hãy ghi 1234 hoặc 1,234."
    ]
    assert not Measurement.objects.exists()


def test_by_somebody(path):
    staff = make_person(Role.INTERNAL_AFFAIRS, username="canbo")
    make_person(Role.VIEWER, username="xem")
    with pytest.raises(CommandError, match="Người này không có quyền nhập phong trào"):
        run("import_workbook", path, "--by", "xem")
    with pytest.raises(CommandError, match="Không có tài khoản đang hoạt động “ai”"):
        run("import_workbook", path, "--by", "ai")
    run("import_workbook", path, "--by", "canbo")
    assert WorkbookImport.objects.get().imported_by == staff


def test_files_that_are_not_there(tmp_path, path):
    with pytest.raises(CommandError, match="Không đọc được tệp"):
        run("import_workbook", tmp_path / "không có.xlsx")
    with pytest.raises(CommandError, match="Không đọc được tệp"):
        run("import_workbook", tmp_path)
    with pytest.raises(CommandError, match="Không có phong trào “X”"):
        run("export_workbook", "--campaign", "X", tmp_path / "x.xlsx")
    run("import_workbook", path)
    with pytest.raises(CommandError, match="Không ghi được tệp"):
        run("export_workbook", "--campaign", "PT-01", tmp_path / "không có" / "x.xlsx")


def test_export(path, tmp_path):
    run("import_workbook", path)
    target = tmp_path / "ra.xlsx"
    lines = run("export_workbook", "--campaign", "PT-01", target)
    assert lines[0].startswith("Phong trào PT-01: đã ghi 29 dòng vào ")
    titles = [page.title for page in load_workbook(target).worksheets]
    assert titles == [sheet.name for sheet in OWN_SHEETS] + [handler.sheet.name for handler in extensions()]
    assert list(tmp_path.glob("*.part")) == []


def test_the_layout_is_that_of_the_paper():
    """The independent reader's headers, written down from workbook.md, in the same order."""
    ours = {sheet.name: [column.header for column in sheet.columns] for sheet in OWN_SHEETS}
    assert {name: ours[name] for name in SHEETS} == SHEETS
    assert set(ours) - set(SHEETS) == {"Đăng ký tham gia"}


# --- the template --------------------------------------------------------------------------------------------


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "mẫu.xlsx"
    run("export_workbook", "--template", path)
    return path


def test_the_template_has_headers_lists_and_marked_examples(template):
    book = load_workbook(template)
    assert book.sheetnames[0] == GUIDE
    for sheet in OWN_SHEETS:
        page = book[sheet.name]
        assert [cell.value for cell in page[1]] == [column.header for column in sheet.columns]
        assert str(page["A2"].value).startswith("Ví dụ: ")
        assert page.max_row == 2
    kinds = book["Đơn vị"].data_validations.dataValidation
    assert kinds[0].sqref == "C2:C5000"
    listed = book[GUIDE][kinds[0].formula1.split("!")[1].replace("$", "")]
    assert [cell[0].value for cell in listed][-2:] == ["mặt trận, đoàn thể", "khác"]


def test_the_template_by_itself_holds_no_campaign(template):
    with pytest.raises(CommandError):
        run("import_workbook", template)


def test_a_filled_template_is_taken_and_its_examples_are_skipped(template, tmp_path):
    book = load_workbook(template)
    for title, lines in small().items():
        page = book[title]
        headers = {cell.value: cell.column for cell in page[1]}
        for number, line in enumerate(lines, start=3):
            for name, value in line.items():
                page.cell(number, headers[name], value)
    path = tmp_path / "điền.xlsx"
    book.save(path)
    lines = run("import_workbook", path)
    assert "Lưu ý: Trang “Khối”, dòng 2 là dòng ví dụ của tệp mẫu nên được bỏ qua." in lines
    assert lines[-1] == "Đã nhập và mở phong trào PT-01."
    assert Campaign.objects.get().blocs.count() == 2


def test_the_examples_are_a_valid_campaign(template, tmp_path):
    """What the template shows can be imported once the mark is taken off."""
    book = load_workbook(template)
    for sheet in OWN_SHEETS:
        cell = book[sheet.name]["A2"]
        text = cell.value.removeprefix("Ví dụ: ")
        cell.value = int(text) if sheet.columns[0].header == "Số" else text
    path = tmp_path / "ví dụ.xlsx"
    book.save(path)
    assert run("import_workbook", path)[-1] == "Đã nhập phong trào TD90-2026."
    assert cells_of(io.BytesIO(path.read_bytes()))["Khối"][1][0] == ("K1", "s")
