"""The components page: every part of the look with made-up contents, for whoever builds a page."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Column, Field, Layout, Row, Submit
from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from campaigns.statuses import STATUSES


class ExampleForm(forms.Form):
    """The conventions of a form, on the components page only."""

    title = forms.CharField(label=gettext_lazy("Title of the achievement"), max_length=200)
    value = forms.DecimalField(
        label=gettext_lazy("Value"), localize=True, help_text=gettext_lazy("Decimal comma: 1.236,83 or 1236,83.")
    )
    day = forms.DateField(label=gettext_lazy("Day"), localize=True)
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea({"rows": 4}), required=False)
    evidence = forms.FileField(label=gettext_lazy("Evidence"), required=False)
    sure = forms.BooleanField(label=gettext_lazy("I have checked the figures"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.attrs = {"data-guard": ""}
        self.helper.layout = Layout(
            "title",
            Row(Column(Field("value", css_class="number")), Column("day")),
            "note",
            "evidence",
            "sure",
            Submit("send", _("Send")),
        )


@require_GET
def components(request: HttpRequest) -> HttpResponse:
    """Show every component; for staff of the administration only, others have no such page."""
    if not request.user.is_staff:
        raise Http404
    now = timezone.now()
    form = ExampleForm({"title": "", "value": "1.2.3", "day": "31/02/2026"} if "errors" in request.GET else None)
    context = {
        "now": now,
        "form": form,
        "statuses": STATUSES,
        "page": Paginator(range(200), 20).get_page(request.GET.get("page", 4)),
        "deadlines": [now + offset for offset in DEADLINES],
        "heat_rows": HEAT_ROWS,
        "trend": [4200, 4800, None, 5900, 6400, 7100, 6900, 8735],
        "value": Decimal("1236.8300"),
        "breadcrumb": [
            {"label": _("Home"), "url": "/"},
            {"label": _("Reports"), "url": "/"},
            {"label": _("Components"), "url": ""},
        ],
        "tabs": [
            {"label": _("To verify"), "url": "#", "active": True, "count": 12},
            {"label": _("Returned"), "url": "#", "active": False, "count": 0},
            {"label": _("All"), "url": "#", "active": False, "count": 0},
        ],
        "thread": [
            {
                "title": _("Submitted"),
                "who": "Nguyễn Thị Hạnh",
                "moment": now - timedelta(days=2),
                "icon": "send",
                "tone": "info",
            },
            {
                "title": _("Returned"),
                "who": "Trần Quốc Bảo",
                "moment": now - timedelta(days=1),
                "text": "Số liệu thu ngân sách chưa khớp với xác nhận của Chi cục Thuế.",
                "icon": "arrow-return-left",
                "tone": "warn",
            },
        ],
        "steps": [
            {"label": _("Draft"), "state": "done", "note": "03/11/2026"},
            {"label": _("Appraised"), "state": "done", "note": "05/11/2026"},
            {"label": _("Waiting for a decision"), "state": "current", "note": _("with the chairman")},
            {"label": _("Issued"), "state": "todo", "note": ""},
        ],
        "files": [
            {
                "name": "Biên bản họp xét.pdf",
                "url": "#",
                "size": 482_133,
                "icon": "file-earmark-pdf",
                "moment": now,
                "who": "Lê Văn Đức",
            },
            {
                "name": "Ảnh ra quân.jpg",
                "url": "#",
                "size": 1_936_402,
                "icon": "file-earmark-image",
                "moment": now,
                "who": "Lê Văn Đức",
            },
        ],
    }
    return render(request, "components.html", context)


DEADLINES = (
    timedelta(days=6, hours=4),
    timedelta(days=2, hours=3),
    timedelta(hours=5, minutes=20),
    timedelta(days=-1, hours=-2),
)

#: Unit, rank now and before, total, area scores (bp).
HEAT_ROWS = (
    ("Phường Hòa Bình", 1, 3, 9412, (10000, 9120, 10250, 8890, 10000, 9300, 9655, None, 8900)),
    ("Phường An Khê", 2, 2, 8735, (9500, 8816, 7400, 8200, 10000, 8950, 9010, None, 8105)),
    ("Phường Vĩnh Điện", 3, 1, 7288, (10000, 6120, 5810, 6450, 7500, 8020, 7745, None, 7000)),
    ("Phường Lạc Viên", 4, 4, 5123, (7500, 4380, 2650, 5535, 5000, 6120, 5845, None, 4010)),
)
