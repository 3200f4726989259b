"""The register and its import, the fund, recovered money, refusals, and the year's figures."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from awards.actions import appraisal, issue
from awards.actions.register_import import REGISTER, import_register
from awards.enums import FundKind
from awards.models import Award, EarlierAward, FundMovement
from awards.queries.money import fund_movements, fund_year
from awards.queries.year_end import evaluation_of, statistics_of
from campaigns.enums import Role
from campaigns.models import AuditEntry, Notice, User
from campaigns.workbook.problems import WorkbookRefused
from campaigns.workbook.tables import Table, write_tables
from campaigns.workbook.writer import write_template
from tests.cast import client_of
from tests.factories import at, day, make_participant, make_person, make_unit

from .makers import Office, make_category

pytestmark = pytest.mark.django_db
HEADERS = [column.header for column in REGISTER.columns]
KEY = "phieu-000000000000000001"


@pytest.fixture
def officer() -> User:
    return make_person(Role.INTERNAL_AFFAIRS)


def row(**cells: Any) -> list[Any]:
    typed = {
        "Năm": 2023, "Đối tượng": "Cá nhân", "Họ tên hoặc tên tập thể": "Nguyễn Văn An", "Đơn vị": "Phường Hoà An",
        "Hình thức khen thưởng": "Giấy khen", "Số quyết định": "12/QĐ-UBND", "Ngày quyết định": "20/12/2023", **cells,
    }  # fmt: skip
    return [typed.get(header) for header in HEADERS]


def workbook(*rows: list[Any], headers: list[str] = HEADERS) -> io.BytesIO:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = REGISTER.name
    page.append(headers)
    for cells in rows:
        page.append(cells)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def bring_in(officer: User, *rows: list[Any], **arguments: Any) -> Any:
    return import_register(file=workbook(*rows), file_name="so.xlsx", by=officer, now=at(50), **arguments)


# --- the import -------------------------------------------------------------------------------------------


def test_a_look_writes_nothing_and_the_writing_leaves_one_entry(officer: User) -> None:
    unit = make_unit("P09", name="Phường Hòa An")
    found = bring_in(officer, row(), row(**{"Họ tên hoặc tên tập thể": "Trần Thị Bé"}), dry_run=True)
    assert (len(found.new), EarlierAward.objects.count(), AuditEntry.objects.count()) == (2, 0, 0)
    assert len(bring_in(officer, row()).new) == 1
    award = EarlierAward.objects.get()
    assert (award.recipient_name, award.year, award.decided_on) == ("Nguyễn Văn An", 2023, dt.date(2023, 12, 20))
    assert (award.entered_by, award.unit_key) == (officer, "phuong hoa an")
    assert award.unit in (None, unit)
    assert AuditEntry.objects.filter(action="register.imported").count() == 1


def test_duplicates_are_left_out(officer: User) -> None:
    bring_in(officer, row())
    again = bring_in(
        officer,
        row(),
        row(**{"Họ tên hoặc tên tập thể": "nguyen van an", "Số quyết định": "12/qđ-ubnd"}),
        row(**{"Số quyết định": "13/QĐ-UBND"}),
        row(**{"Số quyết định": "13/QĐ-UBND"}),
    )
    assert (len(again.new), len(again.skipped), EarlierAward.objects.count()) == (1, 3, 2)


def test_awards_of_this_portal_are_left_out(officer: User) -> None:
    Office().issued(recipient_name="Nguyễn Thị Hoà")
    cells = {"Năm": 2026, "Họ tên hoặc tên tập thể": "Nguyễn Thị Hoà", "Số quyết định": "184/QĐ-UBND",
             "Ngày quyết định": None}  # fmt: skip
    found = import_register(file=workbook(row(**cells)), file_name="so.xlsx", by=officer, now=at(60))
    assert (len(found.new), len(found.skipped)) == (0, 1)


@pytest.mark.parametrize(
    ("cells", "named"),
    [
        ({"Năm": "hai nghìn"}, "Năm"),
        ({"Năm": 2022}, "Ngày quyết định"),
        ({"Năm": 2098, "Ngày quyết định": None}, "Năm"),
        ({"Đối tượng": "đơn vị"}, "Đối tượng"),
        ({"Họ tên hoặc tên tập thể": None}, "Họ tên hoặc tên tập thể"),
        ({"Họ tên hoặc tên tập thể": "…"}, "Họ tên hoặc tên tập thể"),
        ({"Ngày quyết định": "31/02/2023"}, "Ngày quyết định"),
        ({"Họ tên hoặc tên tập thể": "=1+1"}, "Họ tên hoặc tên tập thể"),
    ],
)
def test_errors_name_row_and_column_and_nothing_is_written(officer: User, cells: dict[str, Any], named: str) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        bring_in(officer, row(**{"Số quyết định": "1/QĐ"}), row(**cells))
    problem = refused.value.problems.found[0]
    assert (problem.row, problem.column) == (3, named)
    assert not EarlierAward.objects.exists()


def bomb() -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    file.seek(0)
    return file


@pytest.mark.parametrize("file", [lambda: io.BytesIO(b""), lambda: io.BytesIO(b"%PDF-1.4"), bomb])
def test_hostile_files_are_refused(officer: User, file: Any) -> None:
    with pytest.raises(WorkbookRefused):
        import_register(file=file(), file_name="so.xlsx", by=officer, now=at(50))


def test_unknown_columns_are_refused_and_the_template_is_read(officer: User) -> None:
    with pytest.raises(WorkbookRefused):
        import_register(
            file=workbook([*row(), "x"], headers=[*HEADERS, "Số CCCD"]), file_name="so.xlsx", by=officer, now=at(50)
        )
    empty = io.BytesIO()
    write_template(empty, (REGISTER,))
    with pytest.raises(WorkbookRefused) as refused:  # nothing but its example: no row, no other problem
        import_register(file=empty, file_name="mau.xlsx", by=officer, now=at(50))
    assert refused.value.problems.count == 1


def test_the_pages_look_first_and_write_what_was_looked_at(officer: User, settings: Any, tmp_path: Any) -> None:
    settings.RUN_DIR = tmp_path
    client = client_of(officer)
    file = workbook(row())
    file.name = "sổ cũ.xlsx"
    looked = client.post(reverse("admin:awards_earlieraward_upload"), {"file": file})
    assert (looked.status_code, EarlierAward.objects.count()) == (200, 0)
    write = reverse("admin:awards_earlieraward_write")
    client.post(write, {"sha256": "0" * 64})
    assert EarlierAward.objects.count() == 0
    assert client.post(write, {"sha256": looked.context["digest"]}).status_code == 302
    assert EarlierAward.objects.count() == 1
    assert client.get(reverse("admin:awards_earlieraward_template")).status_code == 200
    broken = io.BytesIO(b"no workbook")
    broken.name = "so.xlsx"
    assert client.post(reverse("admin:awards_earlieraward_upload"), {"file": broken}).status_code == 422


# --- the register -----------------------------------------------------------------------------------------


def names(user: User, **asked: str) -> list[str]:
    page = client_of(user).get(reverse("awards:register"), asked).context["page"]
    return sorted(found["name"] for found in page.object_list)


def test_the_register_is_searched_with_and_without_diacritics(officer: User) -> None:
    office = Office(make_participant(name="Phường Đồng Tâm", unit=make_unit("P07", name="Phường Đồng Tâm")))
    office.issued(recipient_name="Nguyễn Thị Hoà")
    bring_in(officer, row(), row(**{"Họ tên hoặc tên tập thể": "Đỗ Ước", "Đơn vị": "Phường Đồng Tâm", "Năm": 2023}))
    assert names(officer) == ["Nguyễn Thị Hoà", "Nguyễn Văn An", "Đỗ Ước"]
    for typed in ("do uoc", "Đỗ Ước", "ĐỖ ƯỚC", "uoc"):
        assert names(officer, ten=typed) == ["Đỗ Ước"]
    assert names(officer, **{"don-vi": "dong tam"}) == ["Nguyễn Thị Hoà", "Đỗ Ước"]
    assert names(officer, **{"don-vi": "Đồng Tâm"}) == ["Nguyễn Thị Hoà", "Đỗ Ước"]
    assert names(officer, nam="2023") == ["Nguyễn Văn An", "Đỗ Ước"]
    assert names(officer, nam="2023", ten="nguyen") == ["Nguyễn Văn An"]
    assert names(officer, **{"doi-tuong": "collective"}) == ["Nguyễn Thị Hoà"]
    assert names(officer, ten="…") == []


def test_units_find_this_portals_awards_only(officer: User) -> None:
    office = Office()
    office.issued(recipient_name="Nguyễn Thị Hoà")
    bring_in(officer, row(**{"Họ tên hoặc tên tập thể": "ZZ Sổ Cũ"}))
    assert names(office.leader) == ["Nguyễn Thị Hoà"]
    assert names(officer) == ["Nguyễn Thị Hoà", "ZZ Sổ Cũ"]
    assert "ZZ" not in client_of(office.leader).get(reverse("awards:register")).content.decode()


@pytest.mark.parametrize("page", ["register", "fund", "refusals", "statistics"])
def test_pages_take_the_same_queries_for_one_row_and_for_thirty(officer: User, page: str) -> None:
    counts = []
    office = Office(category=make_category())
    office.with_outcome()
    for many in (1, 30):
        for number in range(many):
            name = {"Họ tên hoặc tên tập thể": f"Người {many} {number}"}
            bring_in(officer, row(**name))
            issue.move_fund(kind=FundKind.ALLOCATION, amount=5, day=day(10), document_number=str(number), note="",
                            by=officer, now=at(50))  # fmt: skip
        for number in range(many // 6 or 1):
            refused = office.submitted(recipient_name=f"Từ chối {many} {number}")
            appraisal.refuse(proposal_id=refused.pk, reason="Không đúng đối tượng", by=office.staff, now=at(50))
        client = client_of(officer)
        address = reverse(f"awards:{page}")
        client.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address).status_code == 200
        counts.append(len(captured.captured_queries))
    assert counts[0] == counts[1] <= 24


# --- the fund and revoked awards ------------------------------------------------------------------------------


def test_the_fund_carries_over_and_runs(officer: User) -> None:
    for kind, amount, when in (
        (FundKind.OPENING, 100, dt.date(2025, 5, 1)),
        (FundKind.ALLOCATION, 50, dt.date(2026, 1, 5)),
        (FundKind.CORRECTION, -30, dt.date(2026, 2, 5)),
    ):
        issue.move_fund(kind=kind, amount=amount, day=when, document_number="1", note="", by=officer, now=at(50))
    year = fund_year(year=2026)
    assert (year.opening, year.sums, year.closing) == (
        100,
        [(FundKind.ALLOCATION, 50), (FundKind.CORRECTION, -30)],
        120,
    )
    assert [(row.amount, int(row.balance)) for row in fund_movements(year=year)] == [(-30, 120), (50, 150)]


def test_a_movement_is_entered_once_and_by_issuers_only(officer: User) -> None:
    form = {"kind": "allocation", "amount": "5000000", "day": "01/03/2026", "document_number": "9/QĐ", "note": "",
            "form_key": KEY}  # fmt: skip
    address = reverse("awards:fund")
    for _twice in range(2):
        assert client_of(officer).post(address, form).status_code == 302
    assert FundMovement.objects.count() == 1
    assert client_of(officer).post(address, {**form, "amount": "6000000"}).status_code == 422  # the same key
    for wrong in ({"amount": "-5"}, {"kind": "award"}, {"document_number": ""}, {"day": "01/03/2099"}):
        answer = client_of(officer).post(address, {**form, "form_key": f"{KEY}{len(wrong)}", **wrong})
        assert answer.status_code == 422, wrong
    for role, status in ((Role.CHAIRMAN, 403), (Role.AUDITOR, 403), (Role.VIEWER, 404)):
        assert client_of(make_person(role)).post(address, form).status_code == status
    assert FundMovement.objects.count() == 1


def test_money_of_a_revoked_award_comes_back_and_everything_stays() -> None:
    office = Office()
    proposal = office.issued()
    award = Award.objects.get()
    client = client_of(office.staff)
    revoke, recovery = (reverse(f"awards:{name}", args=[award.pk]) for name in ("revoke", "recovery"))
    assert client.get(recovery).status_code == 404  # not revoked
    form = {"document_number": "20/QĐ", "revoked_on": "01/05/2026", "recovered": "10000", "reason": "Khai không đúng",
            "form_key": KEY}  # fmt: skip
    for _twice in range(2):
        assert client.post(revoke, form).status_code == 302
    again = {"amount": "20000", "day": "02/05/2026", "document_number": "21/PT", "form_key": f"{KEY}2"}
    for _twice in range(2):
        assert client.post(recovery, again).status_code == 302
    assert client.post(recovery, {**again, "amount": "999999999", "form_key": f"{KEY}3"}).status_code == 422
    rows = FundMovement.objects.order_by("pk").values_list("kind", "amount")
    assert list(rows) == [("award", -award.bonus), ("recovery", 10_000), ("recovery", 20_000)]
    award.refresh_from_db()
    proposal.refresh_from_db()
    assert (proposal.state, award.revocation_reason) == ("revoked", "Khai không đúng")
    assert "Nguyễn Thị Hoà" in client.get(reverse("awards:register")).content.decode()


# --- refusals ---------------------------------------------------------------------------------------------------


def test_a_unit_reads_why_its_own_were_refused_and_nobody_elses() -> None:
    office = Office(category=make_category())
    office.with_outcome()
    twin = Office(make_participant(office.campaign, bloc=office.participant.bloc), category=office.category)
    twin.with_outcome()
    for one, reason in ((office, "ZZA lý do"), (twin, "ZZB lý do")):
        refused = one.submitted(recipient_name=f"{reason[:3]} người")
        appraisal.refuse(proposal_id=refused.pk, reason=reason, by=one.staff, now=at(50))
    address = reverse("awards:refusals")
    mine = client_of(office.leader).get(address).content.decode()
    assert "ZZA lý do" in mine
    assert "ZZB" not in mine
    everybodys = client_of(office.staff).get(address)
    assert {row.reason for row in everybodys.context["rows"]} == {"ZZA lý do", "ZZB lý do"}
    assert [row.told for row in everybodys.context["rows"]] == [2, 2]
    assert client_of(make_person(Role.VIEWER)).get(address).status_code == 404


def test_a_unit_is_told_why_the_council_did_not_pass_it_even_without_words() -> None:
    office = Office()
    office.with_outcome()
    proposal = office.tally(office.before_council(), votes=(1, 3, 1))
    assert proposal.state == "not_passed"
    notice = Notice.objects.filter(person=office.leader).latest("pk")
    assert "1" in notice.text
    assert "5" in notice.text


# --- the year's figures -------------------------------------------------------------------------------------------


def test_the_statistics_count_by_form_recipient_and_person() -> None:
    collective = make_category()
    office = Office(category=collective)
    office.issued(recipient_name="Tập thể A")
    person = make_category(collective.campaign, kind="individual")
    for name, is_leader, gender in (("Người Một", True, "female"), ("Người Hai", False, "female"),
                                    ("Người Ba", False, "male")):  # fmt: skip
        office.category = person
        office.issued(recipient_name=name, is_leader=is_leader, gender=gender)
    gone = Office(make_participant(office.campaign, bloc=office.participant.bloc), category=collective)
    proposal = gone.issued(recipient_name="Tập thể bị thu hồi")
    issue.revoke(proposal_id=proposal.pk, reason="Sai", document_number="9", revoked_on=day(60), by=gone.staff,
                 now=at(61))  # fmt: skip
    EarlierAward.objects.create(year=2026, recipient_kind="household", recipient_name="Hộ", recipient_key="ho",
                                title="Giấy khen xã")  # fmt: skip
    figures = statistics_of(year=2026)
    (line,), (brought,) = figures.forms, figures.brought_in
    assert (line.total, line.collectives, line.individuals, line.leaders, line.workers, line.women) == (
        4, 1, 3, 1, 2, 2,
    )  # fmt: skip
    assert (brought.total, brought.households, figures.total.total, figures.revoked) == (1, 1, 5, 1)
    assert [(row.campaign, row.awards) for row in figures.movements] == [(office.campaign, 4)]
    assert line.bonus == sum(Award.objects.standing().values_list("bonus", flat=True))
    evaluated = {row.participant.pk: row for row in evaluation_of(year=2026)}
    assert (evaluated[office.participant.pk].people, len(evaluated[office.participant.pk].own_awards)) == (3, 1)
    assert (evaluated[gone.participant.pk].own_awards, evaluated[gone.participant.pk].is_final) == ([], False)


@pytest.mark.parametrize("what", ["thong-ke", "danh-gia"])
def test_workbooks_hold_texts_and_no_formula(what: str) -> None:
    office = Office(make_participant(name="=HYPERLINK(1)"), category=None)
    office.issued()
    answer = client_of(office.staff).get(reverse("awards:statistics_download", args=[what]), {"nam": "2026"})
    assert (answer.status_code, answer["Content-Type"].rpartition(".")[2]) == (200, "sheet")
    book = load_workbook(io.BytesIO(answer.content))
    cells = [cell for page in book for cells in page.iter_rows() for cell in cells if cell.value is not None]
    assert len(cells) > 20
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    if what == "danh-gia":
        assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    assert client_of(office.leader).get(reverse("awards:statistics_download", args=[what])).status_code == 404


def test_a_workbook_of_no_known_name_does_not_exist(officer: User) -> None:
    assert client_of(officer).get(reverse("awards:statistics_download", args=["khac"])).status_code == 404


def test_text_cells_never_become_formulas() -> None:
    file = io.BytesIO()
    texts = ["=1+1", "+1", "-1", "@x", "#N/A", "'x", "\t=1", "Thường"]
    write_tables(file, [Table("Thử", "=tiêu đề", ["=đầu"], [[text] for text in texts], ("=ghi chú",))])
    page = load_workbook(file).active
    assert page is not None
    cells = [cell for cells in page.iter_rows() for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells][3:] == ["=1+1", "+1", "-1", "@x", "#N/A", "'x", "=1", "Thường"]
