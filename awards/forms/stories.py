"""Forms of the public page: a story, why it is sent back or taken down, the plan's text and file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from awards.actions.stories import StoryData
from awards.enums import RecipientKind
from awards.models import Exemplar, PublicPlan
from campaigns.actions.threads import SentFile
from campaigns.files.checks import MAX_BYTES
from campaigns.files.refusals import Refusal
from campaigns.forms.idempotency import FormKeyMixin
from campaigns.models import Participant

#: Characters; about four pages.
LONGEST_STORY = 8_000
LONGEST_PLAN = 40_000


class OneFileField(forms.FileField):
    """One file as a ``SentFile``; what it may be is decided from its content by the action."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=255, allow_empty_file=True, **options)

    def clean(self, data: Any, initial: Any = None) -> SentFile | None:
        file: UploadedFile | None = super().clean(data, initial)
        if not file:
            return None
        if (file.size or 0) > MAX_BYTES:
            raise forms.ValidationError(str(Refusal.TOO_LARGE.label), code="size")
        return SentFile(file.name or "", file.read())


def _file(accept: str) -> forms.FileInput:
    return forms.FileInput(attrs={"accept": accept})


class StoryForm(FormKeyMixin, forms.Form):
    """Whom the story is about, what they did, and a picture that says what it shows."""

    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    kind = forms.ChoiceField(label=_("Who it is about"), choices=RecipientKind.choices)
    name = forms.CharField(label=_("Name of the person or collective"), max_length=200)
    title = forms.CharField(label=_("Title"), max_length=200)
    story = forms.CharField(
        label=_("Story"),
        max_length=LONGEST_STORY,
        widget=forms.Textarea({"rows": 12}),
        help_text=_("What was done, how, and what others can learn from it. No telephone number, no address."),
    )
    picture = OneFileField(
        label=_("Picture"),
        widget=_file("image/jpeg,image/png"),
        help_text=_("JPG or PNG. Place and camera are taken out of it before it is stored."),
    )
    picture_text = forms.CharField(label=_("What the picture shows"), max_length=300, required=False)
    drops_picture = forms.BooleanField(label=_("Take the picture off"), required=False)
    has_consent = forms.BooleanField(
        label=_("The person or household agrees to be published"),
        required=False,
        help_text=_("Needed before publishing for individuals and households."),
    )
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, initial=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, units: Sequence[Participant], story: Exemplar | None = None, **kwargs: Any) -> None:
        if story is not None:
            names = ("kind", "name", "title", "story", "picture_text", "has_consent", "version")
            kwargs.setdefault(
                "initial", {name: getattr(story, name) for name in names} | {"unit": story.participant_id}
            )
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit.pk, unit.name) for unit in units]  # type: ignore[attr-defined]
        if story is None or story.picture_id is None:
            del self.fields["drops_picture"]
        if story is not None:
            self.fields["unit"].disabled = True

    def typed(self) -> StoryData:
        """Return what was typed, for the action."""
        said = self.cleaned_data
        names = ("name", "title", "story", "picture_text", "has_consent")
        return StoryData(kind=RecipientKind(said["kind"]), **{name: said[name] for name in names})


class StoryStepForm(forms.Form):
    """A step on a story as it was shown."""

    version = forms.IntegerField(min_value=0, max_value=2_000_000_000)
    reason = forms.CharField(max_length=1000, required=False)


class PublicPlanForm(FormKeyMixin, forms.Form):
    """The plan as strangers read it."""

    text = forms.CharField(
        label=_("Text of the plan"), max_length=LONGEST_PLAN, required=False, widget=forms.Textarea({"rows": 14})
    )
    file = OneFileField(
        label=_("File of the plan"), widget=_file(".pdf,.docx"), help_text=_("The signed plan, as PDF or Word (.docx).")
    )
    drops_file = forms.BooleanField(label=_("Take the file off"), required=False)
    is_published = forms.BooleanField(label=_("On the public page"), required=False)
    version = forms.IntegerField(min_value=0, max_value=2_000_000_000, initial=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, plan: PublicPlan | None, **kwargs: Any) -> None:
        if plan is not None:
            kwargs.setdefault("initial", {n: getattr(plan, n) for n in ("text", "is_published", "version")})
        super().__init__(*args, **kwargs)
        if plan is None or not plan.file_sha256:
            del self.fields["drops_file"]
