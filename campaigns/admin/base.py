"""What every list and form of the administration shares.

Rights come from ``campaigns.permissions`` (a superuser holds none over scores or plans), rows from the scoped
querysets, changes go through actions. No bulk actions, no deleting, no lookups but the filters on the page.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied, SuspiciousOperation, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from campaigns.actions.records import PlanRefused, StaleRecord, digest_of_record, first_message
from campaigns.display import input_number
from campaigns.forms.boxes import DayBox, NumberBox, WholeBox
from campaigns.forms.picking import PATHS, PickField, PickingMixin
from campaigns.models import User
from campaigns.models.fields import ScaledDecimalField
from campaigns.permissions import Permission, can
from campaigns.vietnamese import fold
from campaigns.views.form_key import run_once, was_sent
from campaigns.visibility import scope_registry, visible_to

ROWS = 60  # units on one page of our own pages


class SeenForm(PickingMixin, forms.ModelForm):
    """A form that remembers what its reader was shown."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "seen" in self.fields and self.instance.pk and not self.is_bound:
            self.initial["seen"] = digest_of_record(self.instance)


class BasisPointBox(NumberBox):
    """Basis points, shown and typed as points or percent with at most two decimals."""

    def __init__(self, **options: Any) -> None:
        super().__init__(places=2, max_digits=9, **options)

    def clean(self, value: object) -> int | None:  # type: ignore[override]  # text in, whole number out
        number = super().clean(value)
        return None if number is None else int(number * 100)

    def prepare_value(self, value: Any) -> Any:
        return _as_points(value) if isinstance(value, int) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return _as_points(initial) != (data or "")


def _as_points(value: Any) -> str:
    return "" if value is None else input_number(Decimal(value).scaleb(-2))


class PortalAdmin(admin.ModelAdmin):
    """A list and form whose rights, rows and changes are the portal's own."""

    view_permissions: tuple[Permission, ...] = (Permission.VIEW_ALL_UNITS,)
    edit_permissions: tuple[Permission, ...] = ()
    search_path = ""  # column of folded text that the search looks into
    form = SeenForm
    # One box for day and time together; Django's own field expects two.
    formfield_overrides = {
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput({"placeholder": "dd/mm/yyyy hh:mm"}),
        }
    }
    actions = None
    show_full_result_count = False
    list_per_page = 50
    save_on_top = False
    change_form_template = "admin/campaigns/change_form.html"
    change_list_template = "admin/campaigns/change_list.html"

    # --- rights and rows ---------------------------------------------------------------------

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _can_any(request, (*self.view_permissions, *self.edit_permissions))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _can_any(request, self.edit_permissions)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _can_any(request, self.edit_permissions)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any]
        if self.model in scope_registry():
            rows = visible_to(person(request), self.model)
        else:
            rows = self.model._default_manager.all()
            rows = rows if self.has_view_permission(request) else rows.none()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    # --- lists -------------------------------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only what the filters on the page send."""
        names = [name for name in self.list_filter if isinstance(name, str)]
        allowed = {f"{name}{end}" for name in names for end in ("", "__exact", "__id__exact", "__isnull")}
        return lookup in allowed

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        return [self.search_path] if self.search_path else list(self.search_fields)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """Find "Nguyễn" by "nguyen": the folded column holds every folded word."""
        if not self.search_path:
            return super().get_search_results(request, queryset, search_term)
        for word in fold(search_term).split():
            queryset = queryset.filter(**{f"{self.search_path}__contains": word})
        return queryset, False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        try:
            return super().changelist_view(request, extra_context)
        except (SuspiciousOperation, ValidationError, OverflowError, ValueError):
            if "e" in request.GET:
                raise
            return HttpResponseRedirect(f"{request.path}?e=1")

    # --- forms -------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # What the person saw travels beside the fields (templates/admin/change_form.html), not as one of them.
        return [name for name in super().get_fields(request, obj) if name != "seen"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.AutoField):  # whole numbers too, which nobody types
            return None
        shared = {
            "label": capfirst(db_field.verbose_name),
            "help_text": db_field.help_text,
            "required": not db_field.blank,
        }
        if isinstance(db_field, ScaledDecimalField):
            return NumberBox(places=db_field.places, max_digits=db_field.max_digits, **shared)
        if db_field.name.endswith("_bp"):
            return BasisPointBox(**{**shared, "help_text": _("In percent or points, at most two decimals.")})
        if isinstance(db_field, models.IntegerField) and not db_field.choices:
            return WholeBox(min_value=0 if db_field.get_internal_type().startswith("Positive") else None, **shared)
        if isinstance(db_field, models.DateField) and not isinstance(db_field, models.DateTimeField):
            return DayBox(**shared)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget  # rows are added on their own pages, not in windows of others
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.remote_field.model in PATHS:
            kwargs.setdefault("form_class", PickField)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        context = {**context, "show_save_and_add_another": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Save once, however often the form is sent; the second sending goes where the first one went."""

        def first_time() -> dict[str, Any]:
            self.save_row(request, obj, form.cleaned_data.get("seen", ""))
            return {"pk": obj.pk}

        obj.pk = run_once(request, first_time, now=timezone.now())["pk"]

    def save_row(self, request: HttpRequest, obj: Any, seen: str) -> None:
        """Save through the noun's action."""
        raise NotImplementedError

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if object_id is not None and "_saveasnew" in request.POST:
            raise PermissionDenied  # no page offers it; Django would take it all the same
        try:
            again = self._sent_before(request)
            if again is not None:
                return again
            return super().changeform_view(request, object_id, form_url, extra_context)
        except StaleRecord as stale:
            return self._refused(request, str(stale), rows=stale.rows)
        except PlanRefused as refused:
            return self._refused(request, str(refused))
        except ValidationError as error:
            return self._refused(request, first_message(error))

    def _sent_before(self, request: HttpRequest) -> HttpResponse | None:
        """Where the first sending of the same form has led; its row would be refused as there already."""
        if request.method != "POST" or not was_sent(request):
            return None
        self.said(request, _("This form had been sent already; it was saved once."))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _refused(
        self, request: HttpRequest, message: str, rows: list[tuple[str, Any, Any]] | None = None
    ) -> TemplateResponse:
        """Say why nothing was saved, with both versions where two people edited the same."""
        context = {"message": message, "rows": rows or [], "title": _("Not saved"), "back": request.get_full_path()}
        return self.page(request, "admin/campaigns/refused.html", context, status=409)

    def page(
        self, request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200
    ) -> TemplateResponse:
        """Render a page of our own inside the administration."""
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "now": timezone.now()}
        return TemplateResponse(request, template, {**shared, **context}, status=status)

    def said(self, request: HttpRequest, message: str) -> None:
        messages.success(request, message)

    # --- the trail stands in the place of Django's own log -----------------------------------

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return None

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Show the audit trail of the row."""
        url = reverse("admin:campaigns_auditentry_changelist")
        label = f"{self.opts.app_label}.{self.opts.model_name}"
        return redirect(f"{url}?{urlencode({'subject_type': label, 'subject_id': object_id})}")


class ReadOnlyAdmin(PortalAdmin):
    """Looked at here, written elsewhere."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def person(request: HttpRequest) -> User:
    """Return who is signed in; the administration lets nobody else in."""
    return cast(User, request.user)


def _can_any(request: HttpRequest, permissions: tuple[Permission, ...]) -> bool:
    return any(can(person(request), permission) for permission in permissions)
