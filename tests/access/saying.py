"""What is said in boxes of which the page alone does not tell what they take."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from django.db import transaction
from openpyxl import Workbook

from awards.actions.register_import import REGISTER
from awards.documents.write import starting_template
from awards.enums import DocumentKind
from campaigns.models import Campaign, DraftValue
from campaigns.queries.reporting_grid import read_grid
from campaigns.workbook.report_sheet import write_report_sheet
from campaigns.workbook.writer import export_campaign

from .posting import Box, Data, Form
from .world import NOW, PASSWORD, World

Said = str | Callable[[Box, World], Any]


def last(box: Box, _world: World) -> str:
    """The last choice."""
    return box.choices[-1]


def every(box: Box, _world: World) -> list[str]:
    """Every choice."""
    return list(box.choices)


def workbook(_box: Box, world: World) -> Any:
    """The campaign as a workbook, with another theme."""
    content = io.BytesIO()
    with transaction.atomic():
        Campaign.objects.filter(pk=world.campaign.pk).update(theme="Chủ đề khác")
        export_campaign(campaign=Campaign.objects.get(pk=world.campaign.pk), file=content)
        transaction.set_rollback(True)
    return "phong-trao.xlsx", content.getvalue(), "application/octet-stream"


def register(_box: Box, _world: World) -> Any:
    """A register of earlier awards."""
    content, book = io.BytesIO(), Workbook()
    page = book.active
    page.title = REGISTER.name
    page.append([column.header for column in REGISTER.columns])
    page.append([2023, "cá nhân", "Nguyễn Văn An", "Phường Hòa An", "Giấy khen", "Cải cách", "18/QĐ-UBND", ""])
    book.save(content)
    return "so-khen-thuong.xlsx", content.getvalue(), "application/octet-stream"


def sheet(_box: Box, world: World) -> Any:
    """The period's sheet with another number in it."""
    content = io.BytesIO()
    with transaction.atomic():
        DraftValue.objects.filter(target=world.a.rows["target"]).update(typed="61")
        write_report_sheet(read_grid(participant=world.a.participant, period=world.a.rows["period"], now=NOW), content)
        transaction.set_rollback(True)
    return "bao-cao.xlsx", content.getvalue(), "application/octet-stream"


def template(_box: Box, _world: World) -> Any:
    """The portal's own layout of a decision, with its placeholders."""
    return "quyet-dinh.docx", starting_template(DocumentKind.DECISION), "application/octet-stream"


_NEW = "mot mat khau khac cho phep thu"
#: View → name of a box → what is said in it.
SAID: dict[str, dict[str, Said]] = {
    "account_change_password": {"oldpassword": PASSWORD, "password1": _NEW, "password2": _NEW},
    "account_reauthenticate": {"password": PASSWORD},
    "admin:password_change": {"old_password": PASSWORD, "new_password1": _NEW, "new_password2": _NEW},
    "admin:campaigns_user_password": {"password": _NEW, "password_again": _NEW},
    "admin:campaigns_user_add": {"username": "nguoi.moi"},
    "admin:campaigns_user_invite_many": {"text": "Trần Thị Mới;Chuyên viên;Lãnh đạo đơn vị;P-A;;"},
    "admin:campaigns_campaign_open": {"acknowledged": every},
    "admin:campaigns_lateexception_enter": {"ends_at": "10/05/2026"},
    "admin:campaigns_verification_correct": {"value": "45"},
    "admin:campaigns_workbookimport_preview": {"file": workbook},
    "admin:campaigns_area_add": {"number": "9"},
    "admin:campaigns_participant_add": {"unit": last},
    "admin:campaigns_period_add": {"code": "K99", "due_at": "02/05/2026 17:00", "locks_at": "05/05/2026 17:00"},
    "admin:awards_documenttemplate_upload": {"kind": "decision", "file": template},
    "admin:awards_awardcategory_copy": {"source": last},
    "admin:awards_awardpolicy_add": {"campaign": last, "quorum_denominator": "2", "majority_denominator": "2"},
    "admin:awards_basesalary_add": {"valid_from": "01/01/2020", "valid_to": "31/12/2020"},
    "admin:awards_earlieraward_upload": {"file": register},
    "admin:awards_earlieraward_add": {"year": "2025", "decided_on": "30/04/2025"},
    "admin:awards_earlieraward_change": {"title": "Bằng khen"},
    "admin:awards_eligibilityrule_add": {"figure": "80"},
    "campaigns:paste": {"text": "61"},
    "campaigns:sheet": {"file": sheet},
}


def said_in(form: Form, world: World) -> Data:
    """What the tables say of this form's boxes."""
    said = SAID.get(form.view, {})
    values = {
        box.name: one if isinstance(one, str) else one(box, world)
        for box in form.boxes
        if (one := said.get(box.name)) is not None
    }
    return {name: value if isinstance(value, list) else [value] for name, value in values.items()}
