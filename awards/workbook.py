"""The award sheets of the campaign workbook: categories, and the criteria of each.

Headers and fixed words are the file format, so they are Vietnamese here and never translated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from awards.eligibility import RuleError
from awards.enums import AwardingAuthority, Basis, RecipientKind, RuleKind
from awards.models import AwardCategory, EligibilityOutcome, EligibilityRule
from awards.rule_parts import Parts, codes_in, params_from, parts_of
from campaigns.models import Campaign
from campaigns.workbook.columns import Choice, Date, Text, YesNo
from campaigns.workbook.number_columns import Number, Whole
from campaigns.workbook.plan import ImportPlan, Stage
from campaigns.workbook.reader import Row
from campaigns.workbook.registry import register
from campaigns.workbook.sheets import Sheet
from scoring.enums import ScoreClass

RECIPIENTS = {
    "tập thể": RecipientKind.COLLECTIVE,
    "cá nhân": RecipientKind.INDIVIDUAL,
    "hộ gia đình": RecipientKind.HOUSEHOLD,
}
AUTHORITIES = {
    "chủ tịch cấp huyện": AwardingAuthority.DISTRICT,
    "chủ tịch cấp xã": AwardingAuthority.COMMUNE,
    "thủ trưởng sở, ngành, đơn vị": AwardingAuthority.AGENCY,
    "chủ tịch cấp tỉnh": AwardingAuthority.PROVINCE,
}
RULE_KINDS = {
    "tổng điểm": RuleKind.MIN_TOTAL,
    "điểm nội dung": RuleKind.MIN_AREA,
    "tỷ lệ chỉ tiêu hoàn thành": RuleKind.MIN_FULFILLED_SHARE,
    "chỉ tiêu bắt buộc": RuleKind.REQUIRED_INDICATORS,
    "thứ hạng": RuleKind.TOP_RANK,
    "nhóm dẫn đầu": RuleKind.TOP_SHARE,
    "xếp loại": RuleKind.CLASS_AT_LEAST,
    "kế hoạch riêng": RuleKind.OWN_PLAN_BY,
    "tỷ lệ có số liệu": RuleKind.MIN_COVERAGE,
    "báo cáo muộn, thiếu": RuleKind.MAX_LATE_REPORTS,
}
CLASSES = {
    "Hoàn thành xuất sắc": ScoreClass.EXCELLENT,
    "Hoàn thành tốt": ScoreClass.GOOD,
    "Hoàn thành": ScoreClass.COMPLETED,
    "Chưa hoàn thành": ScoreClass.NOT_COMPLETED,
}


def _count(header: str, key: str, *, example: int | None = None, default: int | None = None) -> Whole:
    return Whole(header=header, key=key, lowest=Decimal(0), highest=Decimal(32_000), example=example, default=default)


def _choice(header: str, key: str, words: Mapping[str, Any], example: Any) -> Choice:
    return Choice(header=header, key=key, required=True, words=words, example=example)


CATEGORIES = Sheet(
    "Danh mục khen thưởng",
    (
        Text(header="Mã danh mục", key="code", required=True, longest=40, example="GK-TT"),
        Text(header="Tên danh mục", key="name", required=True, longest=200, example="Giấy khen cho tập thể"),
        _choice("Đối tượng", "recipient_kind", RECIPIENTS, RecipientKind.COLLECTIVE),
        _choice("Thẩm quyền", "authority", AUTHORITIES, AwardingAuthority.DISTRICT),
        Text(header="Hình thức", key="title", required=True, longest=200, example="Giấy khen của Chủ tịch UBND quận"),
        _count("Số lượng", "quota_total", example=10),
        _count("Số lượng mỗi khối", "quota_per_bloc", example=3),
        _count("Số lượng mỗi đơn vị", "quota_per_unit", example=1),
        Number(header="Hệ số", key="coefficient", places=2, max_digits=5, above=Decimal(0)),
        Date(header="Ngày sơ kết", key="basis_day"),
        _count("Thứ tự", "position", example=1, default=0),
        YesNo(header="Áp dụng", key="is_active"),
    ),
)

RULES = Sheet(
    "Tiêu chí khen thưởng",
    (
        Text(header="Mã danh mục", key="category", required=True, longest=40, example="GK-TT"),
        Whole(
            header="Thứ tự",
            key="position",
            required=True,
            lowest=Decimal(0),
            highest=Decimal(32_000),
            example=1,
        ),
        Choice(header="Loại", key="kind", required=True, words=RULE_KINDS, example=RuleKind.MIN_TOTAL),
        Number(header="Ngưỡng", key="figure", places=2, max_digits=9, lowest=Decimal(0), example=Decimal(90)),
        Whole(header="Số nội dung", key="area", lowest=Decimal(1), highest=Decimal(999)),
        Text(header="Mã chỉ tiêu", key="codes", longest=1000),
        Choice(header="Xếp loại", key="score_class", words=CLASSES),
        Date(header="Ngày", key="day"),
        YesNo(header="Đơn vị xếp hạng", key="for_ranked"),
        YesNo(header="Đơn vị phối hợp", key="for_supporting", default=False),
        YesNo(header="Cá nhân, hộ gia đình", key="for_individuals"),
        Date(header="Hiệu lực từ", key="valid_from"),
        Date(header="Hiệu lực đến", key="valid_to"),
    ),
)


class CategorySheet:
    """Categories by code. Nothing of a closed campaign changes; recipient and basis stay once there are proposals."""

    sheet = CATEGORIES

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the rows with the campaign's categories and plan what is new or changed."""
        known = plan.known[self.sheet.name]
        if not plan.is_new:
            known.update({row.code: row for row in AwardCategory.objects.filter(campaign=plan.campaign)})
        seen: set[str] = set()
        for row in rows:
            code = row.values.get("code")
            if code is None:
                plan.unnamed.add(self.sheet.name)
            elif code in seen:
                plan.problem(row, "code", _("This code stands twice on the sheet."))
            elif row.broken:
                plan.suspects[self.sheet.name].add(code)
            else:
                seen.add(code)
                self._compare_row(row, known, plan)

    def _compare_row(self, row: Row, known: dict[Any, Any], plan: ImportPlan) -> None:
        wanted = dict(row.values)
        wanted["basis"] = Basis.INTERIM if wanted.get("basis_day") else Basis.FINAL
        category = known.get(wanted["code"])
        if category is None:
            if plan.may_enter(row, "code", None):
                full = {column.key: column.default for column in self.sheet.columns} | wanted
                category = known[wanted["code"]] = AwardCategory(campaign=plan.campaign, **full)
                plan.create(row, category)
            else:
                plan.suspects[self.sheet.name].add(wanted["code"])
            return
        still = set(wanted)
        if category.proposals.exists():
            still -= {"recipient_kind", "basis_day", "basis"}
            if wanted.get("basis_day") == category.basis_day:
                wanted.pop("basis")
        plan.settle(row, category, wanted, still=still)

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the categories in the order in which they were entered."""
        for row in AwardCategory.objects.filter(campaign=campaign).order_by("pk"):
            yield {column.key: getattr(row, column.key) for column in self.sheet.columns}


class RuleSheet:
    """Criteria, each known by category, order and first day. What nights were judged by may only end."""

    sheet = RULES

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the rows with the criteria and plan what is new or changed."""
        stored = {}
        if not plan.is_new:
            for rule in EligibilityRule.objects.filter(category__campaign=plan.campaign).select_related("category"):
                stored[rule.category.code, rule.position, rule.valid_from] = rule
        seen: set[tuple[str, int, dt.date | None]] = set()
        for row in rows:
            category = plan.find(row, "category", CATEGORIES)
            if category is None or row.broken:
                continue
            identity = (category.code, row.values["position"], row.values.get("valid_from"))
            if identity in seen:
                plan.problem(row, "position", _("This criterion stands twice on the sheet."))
                continue
            seen.add(identity)
            wanted = self._wanted(row, category, plan)
            if wanted is not None:
                self._settle(row, stored.get(identity), wanted, plan)

    def _wanted(self, row: Row, category: AwardCategory, plan: ImportPlan) -> dict[str, Any] | None:
        values = row.values
        first, last = values.get("valid_from"), values.get("valid_to")
        if first is not None and last is not None and last < first:
            plan.problem(row, "valid_to", _("The last day lies before the first."))
            return None
        audience = {key: values.get(key, self.sheet.column(key).default) for key in _AUDIENCE}
        if not any(audience.values()):
            plan.problem(row, "for_ranked", _("A rule is for somebody."))
            return None
        kind = RuleKind(values["kind"])
        parts = Parts(
            values.get("figure"),
            values.get("area"),
            codes_in(values.get("codes") or ""),
            values.get("score_class") or "",
            values.get("day"),
        )
        try:
            params = params_from(kind, parts)
        except RuleError as error:
            plan.problem(row, str(error), _("The parameters do not fit this kind of rule."))
            return None
        own = {"category": category, "kind": kind.value, "position": values["position"]}
        return {**own, "params": params, "valid_from": first, "valid_to": last, **audience}

    def _settle(self, row: Row, rule: EligibilityRule | None, wanted: dict[str, Any], plan: ImportPlan) -> None:
        if rule is None:
            nights = plan.stage is not Stage.SETUP and _has_nights(wanted["category"])
            first = wanted["valid_from"] or plan.campaign.starts_on
            if plan.may_enter(row, "valid_from", first if nights else None):
                plan.create(row, EligibilityRule(created_by=plan.by, **wanted))
            return
        changed = {name for name, value in wanted.items() if name != "category" and getattr(rule, name) != value}
        if changed - {"valid_to"} and _has_nights(rule.category):
            plan.problem(row, "kind", _("Nights were judged by this criterion: end it and add a new one."))
            return
        plan.settle(row, rule, wanted, still=wanted)

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield the criteria, category by category, in the order in which they were entered."""
        rules = EligibilityRule.objects.filter(category__campaign=campaign).select_related("category")
        for rule in rules.order_by("category_id", "pk"):
            parts = parts_of(RuleKind(rule.kind), rule.params)
            yield {
                "category": rule.category.code,
                "position": rule.position,
                "kind": rule.kind,
                "figure": parts.figure,
                "area": parts.area,
                "codes": ", ".join(parts.codes),
                "score_class": parts.score_class or None,
                "day": parts.day,
                **{key: getattr(rule, key) for key in (*_AUDIENCE, "valid_from", "valid_to")},
            }


_AUDIENCE = ("for_ranked", "for_supporting", "for_individuals")


def _has_nights(category: AwardCategory) -> bool:
    return category.pk is not None and EligibilityOutcome.objects.filter(category=category).exists()


def register_sheets() -> None:
    """Add both sheets to the workbook (from the app's configuration)."""
    register(CategorySheet())
    register(RuleSheet())
