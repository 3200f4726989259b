"""Several files in one field; what each may be is decided from its content by the action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from campaigns.actions.threads import SentFile
from campaigns.files.checks import CONTENT_TYPES, MAX_BYTES
from campaigns.files.refusals import Refusal
from campaigns.thread_rules import MOST_FILES


class FilesBox(forms.ClearableFileInput):
    """The browser's box for several files, the camera's pictures among them."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Up to ten files, as a list of ``SentFile``."""

    widget = FilesBox(attrs={"accept": ",".join([*CONTENT_TYPES.values(), ".pdf", ".docx", ".xlsx", ".jpg", ".png"])})

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Files"))
        options.setdefault(
            "help_text",
            _("PDF, Word (.docx), Excel (.xlsx), JPG or PNG, together at most 20 MB. No citizens' ID numbers."),
        )
        options.setdefault("required", False)
        super().__init__(max_length=255, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> list[SentFile]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most 10 files are taken at once."), code="files")
        files: list[UploadedFile] = [super(FilesField, self).clean(one, initial) for one in given]
        if sum(file.size or 0 for file in files) > MAX_BYTES:
            raise forms.ValidationError(str(Refusal.TOO_LARGE.label), code="size")
        return [SentFile(file.name or "", file.read()) for file in files]
