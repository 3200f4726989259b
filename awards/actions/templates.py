"""Versions of document templates: the portal's own layout as staff set it, or a file of their own, checked first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max

from awards.documents.certificates import BOXES, Blank, blank_of, stored_blank
from awards.documents.kinds import KINDS
from awards.enums import DocumentKind
from awards.models import DocumentTemplate
from campaigns import evidence
from campaigns.actions.audit import record
from campaigns.calendar import local_day
from campaigns.documents.placeholders import Unfillable, fill, placeholders
from campaigns.files.checks import check_file
from campaigns.files.refusals import FileRefused
from campaigns.models import User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

BUILT_IN = "Mẫu có sẵn"
MAX_TEMPLATE_BYTES = 5 * 1024 * 1024


class TemplateRefused(Exception):
    """A file that cannot be a template; ``code`` says why, ``names`` which placeholders it is about."""

    def __init__(self, code: str, names: Sequence[str] = (), reason: str = "") -> None:
        super().__init__(code)
        self.code, self.names, self.reason = code, list(names), reason


def shown_template(kind: str) -> DocumentTemplate:
    """Return the version in use to look at; before the first document it is not stored yet."""
    found = DocumentTemplate.objects.filter(kind=kind, is_active=True).first()
    return found or DocumentTemplate(kind=kind, version_number=1, name=BUILT_IN, is_active=True)


def template_in_use(kind: str, *, now: dt.datetime) -> DocumentTemplate:
    """Return the version in use; the portal's own layout, as version 1, until staff make another."""
    found = shown_template(kind)
    if not found._state.adding:
        return found
    made, _new = DocumentTemplate.objects.get_or_create(
        kind=kind, version_number=1, defaults={"name": BUILT_IN, "is_active": True, "created_at": now}
    )
    return made


def checked_template(kind: str, content: bytes, *, name: str) -> None:
    """Look at an uploaded template: a harmless .docx whose placeholders are known, with all that is essential.

    It is also filled with example data. Raises TemplateRefused, saying what is wrong and naming the placeholders.
    """
    if len(content) > MAX_TEMPLATE_BYTES:
        raise TemplateRefused("too_large")
    try:
        checked = check_file(content, name=name)
    except FileRefused as refused:
        raise TemplateRefused("file", reason=str(refused.reason.label)) from refused
    if checked.kind != "docx":
        raise TemplateRefused("not_docx")
    try:
        found = placeholders(content)
        own = KINDS[kind]
        if found.odd:
            raise TemplateRefused("odd", sorted(found.odd))
        if found.fields - own.names():
            raise TemplateRefused("unknown", sorted(found.fields - own.names()))
        if own.essential() - found.fields:
            raise TemplateRefused("missing", sorted(own.essential() - found.fields))
        left = placeholders(fill(content, own.sample()))
    except Unfillable as unfillable:
        raise TemplateRefused(unfillable.why, unfillable.names) from unfillable
    except TemplateRefused:
        raise
    except Exception as error:  # whatever the library trips over, the file is no template
        raise TemplateRefused("unreadable") from error
    if left.fields:
        raise TemplateRefused("not_filled", sorted(left.fields))


def left_out(kind: str, content: bytes) -> list[str]:
    """Return the fields of a kind that a template does not use; said, not refused."""
    return sorted(KINDS[kind].names() - placeholders(content).fields)


@transaction.atomic
def add_template(
    *,
    kind: str,
    name: str,
    form_number: str,
    by: User,
    now: dt.datetime,
    content: bytes | None = None,
    file_name: str = "",
    layout: Mapping[str, Any] | None = None,
) -> DocumentTemplate:
    """Add a version and put it in use. With ``content`` it is a file of one's own, without it the portal's layout.

    Raises PermissionDenied, TemplateRefused, EvidenceStoreFull.
    """
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    sha256 = ""
    if content is not None:
        checked_template(kind, content, name=file_name)
        sha256 = evidence.store(content)
    template_in_use(kind, now=now)  # the portal's own layout stays version 1
    rows = DocumentTemplate.objects.select_for_update().filter(kind=kind)
    last = rows.order_by("-version_number").first()
    rows.filter(is_active=True).update(is_active=False)
    number = DocumentTemplate.objects.filter(kind=kind).aggregate(last=Max("version_number"))["last"] or 0
    made = DocumentTemplate.objects.create(
        kind=kind,
        version_number=number + 1,
        name=normalise(name) or BUILT_IN,
        form_number=normalise(form_number),
        sha256=sha256,
        layout=dict(layout or {}),
        is_active=True,
        created_by=by,
        created_at=now,
    )
    record(
        action="document.template_added",
        subject=made,
        by=by,
        now=now,
        before={"version": last.version_number if last else None},
        after={
            "kind": DocumentKind(kind).value,
            "version": made.version_number,
            "sha256": sha256,
            "layout": made.layout,
        },
    )
    return made


@transaction.atomic
def use_template(*, template_id: int, by: User, now: dt.datetime) -> DocumentTemplate:
    """Put an earlier version in use again. Raises PermissionDenied."""
    require(by, Permission.EDIT_AWARD_RULES, on=local_day(now))
    chosen = DocumentTemplate.objects.get(pk=template_id)
    rows = DocumentTemplate.objects.select_for_update().filter(kind=chosen.kind)
    before = next((row.version_number for row in rows if row.is_active), None)
    if before == chosen.version_number:
        return chosen
    rows.filter(is_active=True).update(is_active=False)
    DocumentTemplate.objects.filter(pk=chosen.pk).update(is_active=True)
    record(
        action="document.template_used",
        subject=chosen,
        by=by,
        now=now,
        before={"version": before},
        after={"version": chosen.version_number},
    )
    chosen.refresh_from_db()
    return chosen


def checked_blank(blank: Blank) -> Blank:
    """Return the blank where every box lies on it. Raises TemplateRefused naming the boxes that do not."""
    outside = [
        BOXES[name][0]
        for name, box in blank.boxes.items()
        if box.shown
        and not (box.x >= 0 and 0 <= box.y < blank.height_mm and box.width > 0 and box.x + box.width <= blank.width_mm)
    ]
    if outside:
        raise TemplateRefused("outside", outside)
    return blank


def add_blank(*, name: str, blank: Blank, by: User, now: dt.datetime) -> DocumentTemplate:
    """Add a version of the certificates' layout and put it in use. Raises PermissionDenied, TemplateRefused."""
    return add_template(
        kind=DocumentKind.CERTIFICATE,
        name=name,
        form_number="",
        by=by,
        now=now,
        layout=stored_blank(checked_blank(blank)),
    )


def blank_in_use() -> Blank:
    """Return the certificates' layout in use."""
    return blank_of(shown_template(DocumentKind.CERTIFICATE).layout)
