"""Exemplars behind the sign-in: written by units and publishers, reviewed, published, taken down; and the plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from awards.actions.public_plan import save_public_plan
from awards.actions.stories import CHANGEABLE, publish, save_story, send_back, send_for_review, take_down
from awards.enums import ExemplarState
from awards.forms.stories import PublicPlanForm, StoryForm, StoryStepForm
from awards.models import Exemplar, PublicPlan
from awards.permissions import may_publish, may_write_story
from awards.refusal_wording import refusal_sentence
from awards.workflow import Refusal
from campaigns import evidence
from campaigns.actions.idempotency import IdempotencyMismatch
from campaigns.actions.uploads import EvidenceRefused
from campaigns.calendar import local_day
from campaigns.models import Campaign, Participant, User
from campaigns.permissions import Permission, units_with
from campaigns.views.campaign_choice import chosen_campaign
from campaigns.views.inert import shown_picture
from campaigns.views.step_up import confirm_identity, must_confirm_identity
from campaigns.visibility import visible_to

from .access import attempt, signed_in, status_of

PAGE = 20


@require_GET
def stories(request: HttpRequest) -> HttpResponse:
    """The stories of the campaign that exist for the person, what waits for review first."""
    user, campaign = signed_in(request), chosen_campaign(request)
    rows = visible_to(user, Exemplar).filter(campaign=campaign).select_related("participant", "written_by")
    waiting = rows.filter(state=ExemplarState.REVIEW) if may_publish(user) else Exemplar.objects.none()
    others = rows.exclude(pk__in=waiting) if may_publish(user) else rows
    context = {
        "waiting": waiting,
        "page": Paginator(others, PAGE).get_page(request.GET.get("page")),
        "may_write": bool(_units(user, campaign)),
        "may_publish": may_publish(user),
        "breadcrumb": [{"label": _("Exemplars"), "url": ""}],
    }
    return render(request, "awards/stories.html", context)


def _units(user: User, campaign: Campaign) -> list[Participant]:
    """Return the units that the person may write about."""
    rows = Participant.objects.filter(campaign=campaign).valid_on(local_day(timezone.now()))
    if not may_publish(user):
        rows = rows.filter(unit__in=units_with(user, Permission.DRAFT_PROPOSAL))
    return list(rows)


def _story(request: HttpRequest, pk: int) -> Exemplar:
    rows = visible_to(signed_in(request), Exemplar)
    return get_object_or_404(rows.select_related("participant__unit", "campaign", "written_by", "reviewed_by"), pk=pk)


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write a story."""
    user, campaign = signed_in(request), chosen_campaign(request)
    units = _units(user, campaign)
    if not units:
        raise PermissionDenied
    form = StoryForm(request.POST or None, request.FILES or None, units=units)
    return _form_page(request, form, heading=_("Write a story"))


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a story that is not published."""
    story = _story(request, pk)
    if not _may_change(signed_in(request), story):
        raise PermissionDenied
    assert story.participant is not None
    form = StoryForm(request.POST or None, request.FILES or None, units=[story.participant], story=story)
    return _form_page(request, form, heading=_("Change the story"), story=story)


def _may_change(user: User, story: Exemplar) -> bool:
    if story.participant is None or not may_write_story(user, story.participant) or story.state not in CHANGEABLE:
        return False
    return story.state != ExemplarState.REVIEW or may_publish(user)


def _form_page(request: HttpRequest, form: StoryForm, *, heading: str, story: Exemplar | None = None) -> HttpResponse:
    """Show the form, or keep what was typed; where somebody was faster, both versions stand side by side."""
    status = 200
    if request.method == "POST":
        kept: list[Exemplar] = []

        def act(said: dict[str, Any]) -> None:
            kept.append(
                save_story(
                    participant_id=said["unit"],
                    data=form.typed(),
                    story_id=story.pk if story else None,
                    picture=said["picture"],
                    drops_picture=said.get("drops_picture", False),
                    version=said["version"],
                    key=said["form_key"],
                    by=signed_in(request),
                    now=timezone.now(),
                )
            )

        status = _tried(form, act, file_field="picture")
        if status == 200:
            messages.success(request, _("The story has been saved."))
            return redirect("awards:story", kept[0].pk)
        if story is not None:
            story.refresh_from_db()
    context = {
        "form": form,
        "heading": heading,
        "story": story,
        "stored": story if status == 409 else None,
        "breadcrumb": _trail(heading),
    }
    return render(request, "awards/story_form.html", context, status=status)


def _tried(form: Form, act: Callable[[dict[str, Any]], None], *, file_field: str) -> int:
    """Do what the form asks for; return the status of the answer, with the refusal's sentence on the form."""
    if not form.is_valid():
        return 422
    try:
        act(form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal_sentence(refusal))
        return status_of(refusal)
    except EvidenceRefused as refused:
        form.add_error(file_field, str(refused.message))
        return 422
    except IdempotencyMismatch as mismatch:
        form.add_error(None, mismatch.messages[0])
        return 422
    except evidence.EvidenceStoreFull:
        form.add_error(
            file_field, _("The portal's disk is full: the file was not stored. Tell Internal Affairs staff.")
        )
        return 507
    return 200


def _trail(here: str) -> list[dict[str, str]]:
    return [{"label": _("Exemplars"), "url": reverse("awards:stories")}, {"label": here, "url": ""}]


@require_GET
def story(request: HttpRequest, pk: int) -> HttpResponse:
    """One story as strangers would read it, with the steps the person may take."""
    user, found = signed_in(request), _story(request, pk)
    publishes = may_publish(user)
    writes = found.participant is not None and may_write_story(user, found.participant)
    context = {
        "story": found,
        "picture_url": reverse("awards:story_picture", args=[found.pk]) if found.picture_id else "",
        "may_change": _may_change(user, found),
        "may_send": writes and found.state in (ExemplarState.DRAFT, ExemplarState.TAKEN_DOWN),
        "may_publish": publishes and found.state == ExemplarState.REVIEW,
        "is_own": found.written_by_id == user.pk,
        "may_take_down": publishes and found.state == ExemplarState.PUBLISHED,
        "sees_work": publishes or writes,
        "breadcrumb": _trail(found.title),
    }
    return render(request, "awards/story.html", context)


@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The picture of a story that exists for the person."""
    found = _story(request, pk)
    if found.picture is None:
        raise Http404
    return shown_picture(found.picture.sha256, found.picture.content_type)


@require_POST
def step(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """One step: sent for review, sent back, published, taken down."""
    user, found, form = signed_in(request), _story(request, pk), StoryStepForm(request.POST)
    if word == "dang" and may_publish(user) and must_confirm_identity(request):
        return confirm_identity(request, back=reverse("awards:story", args=[pk]))
    acts: dict[str, tuple[Callable[..., Exemplar], bool, str]] = {
        "gui": (send_for_review, False, _("The story has been sent for review.")),
        "tra-lai": (send_back, True, _("The story has been sent back.")),
        "dang": (publish, False, _("The story stands on the public page.")),
        "go": (take_down, True, _("The story is no longer on the public page.")),
    }
    if word not in acts:
        raise Http404
    act, has_reason, done = acts[word]
    may = may_write_story(user, found.participant) if word == "gui" else may_publish(user)
    if not may:
        raise PermissionDenied
    if not form.is_valid():
        messages.error(request, _("This form is out of date. Open the page again."))
        return redirect("awards:story", found.pk)
    more = {"reason": form.cleaned_data["reason"]} if has_reason else {}
    version = form.cleaned_data["version"]
    attempt(request, lambda: act(story_id=found.pk, version=version, by=user, now=timezone.now(), **more), done=done)
    return redirect("awards:story", found.pk)


@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest) -> HttpResponse:
    """What strangers read of the plan: its text, its file, and whether it is on the public page."""
    user, campaign = signed_in(request), chosen_campaign(request)
    if not may_publish(user):
        raise PermissionDenied
    stored = visible_to(user, PublicPlan).filter(campaign=campaign).first()
    form = PublicPlanForm(request.POST or None, request.FILES or None, plan=stored)
    status = 200
    if request.method == "POST":

        def act(said: dict[str, Any]) -> None:
            save_public_plan(
                campaign_id=campaign.pk,
                text=said["text"],
                is_published=said["is_published"],
                file=said["file"],
                drops_file=said.get("drops_file", False),
                version=said["version"],
                key=said["form_key"],
                by=user,
                now=timezone.now(),
            )

        status = _tried(form, act, file_field="file")
        if status == 200:
            messages.success(request, _("The plan has been saved."))
            return redirect("awards:public_plan")
    context = {
        "form": form,
        "plan": stored,
        "stored": stored if status == 409 else None,
        "shown_campaign": campaign,
        "breadcrumb": _trail(_("The plan on the public page")),
    }
    return render(request, "awards/public_plan.html", context, status=status)
