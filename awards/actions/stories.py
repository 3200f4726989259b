"""Stories of exemplary collectives and people: written by a unit or a publisher, published by another, taken down.

    draft → in review → published → taken down → (changed) draft

Whose words they are is whoever changed them last; that person does not publish them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_noop

from awards.enums import ExemplarState, RecipientKind
from awards.models import Exemplar
from awards.permissions import may_publish, may_write_story
from awards.workflow import Refusal, SameHands, WrongState
from campaigns import evidence
from campaigns.actions.audit import record
from campaigns.actions.idempotency import once
from campaigns.actions.notices import tell_people
from campaigns.actions.threads import SentFile
from campaigns.actions.uploads import EvidenceRefused, Upload, check_upload, keep_file
from campaigns.calendar import local_day
from campaigns.enums import NoticeKind
from campaigns.files.refusals import Refusal as FileRefusal
from campaigns.models import Participant, User
from campaigns.pictures import small_copy
from campaigns.vietnamese import normalise

#: Longest side of the copy that lists show, in pixels.
SMALL_SIDE = 360
#: States in which the words may still change; what is published is taken down first.
CHANGEABLE = (ExemplarState.DRAFT, ExemplarState.REVIEW, ExemplarState.TAKEN_DOWN)

_TOLD = {
    "exemplar.published": gettext_noop("Story published: %(title)s"),
    "exemplar.sent_back": gettext_noop("Story sent back: %(title)s"),
    "exemplar.taken_down": gettext_noop("Story taken down: %(title)s"),
}


@dataclass(frozen=True, kw_only=True)
class StoryData:
    """What is written."""

    kind: RecipientKind
    name: str  # of the person or collective
    title: str
    story: str
    picture_text: str = ""  # what the picture shows, for who cannot see it
    has_consent: bool = False  # the person or household agrees to be published


def save_story(
    *,
    participant_id: int,
    data: StoryData,
    story_id: int | None = None,
    picture: SentFile | None = None,
    drops_picture: bool = False,
    version: int = 0,
    key: str,
    by: User,
    now: dt.datetime,
) -> Exemplar:
    """Write a story or change it; ``version`` is the one that was shown. A changed one that was down is a draft again.

    A picture is written anew, without metadata. Raises PermissionDenied, EvidenceRefused, EvidenceStoreFull,
    WrongState, Refusal("stale_version", "picture_text_missing"), IdempotencyMismatch.
    """
    unit = Participant.objects.select_related("campaign", "unit").get(pk=participant_id)
    if not may_write_story(by, unit, on=local_day(now)):
        raise PermissionDenied
    upload = _checked(picture, unit, by, now) if picture is not None else None
    request = {
        "act": "exemplar.save", "story": story_id, "unit": participant_id, **asdict(data),
        "picture": upload.sha256_as_sent if upload else "", "drops": drops_picture,
    }  # fmt: skip
    with transaction.atomic(), once(actor=by, key=key, request=request, now=now) as earlier:
        if earlier.result is not None:
            return Exemplar.objects.get(pk=earlier.result["story"])
        story = _changeable(story_id, unit, version, by=by, now=now)
        before = _told(story) if story.pk else {}
        for name, value in asdict(data).items():
            setattr(story, name, normalise(value) if isinstance(value, str) else value)
        _set_picture(story, unit, upload, drops_picture, by=by, now=now)
        if story.picture_id and not story.picture_text:
            raise Refusal("picture_text_missing")
        if story.state == ExemplarState.TAKEN_DOWN:
            story.state, story.published_at = ExemplarState.DRAFT, None
        story.participant, story.campaign = unit, unit.campaign
        story.written_by, story.written_at, story.reviewed_by = by, now, None
        story.version += 1 if story.pk else 0
        story.save()
        action = "exemplar.changed" if before else "exemplar.written"
        record(action=action, subject=story, by=by, now=now, participant=unit, before=before, after=_told(story))
        earlier.keep({"story": story.pk})
    return story


def _checked(picture: SentFile, unit: Participant, by: User, now: dt.datetime) -> Upload:
    upload = check_upload(participant=unit, content=picture.content, name=picture.name, by=by, now=now)
    if not upload.checked.is_picture:
        raise EvidenceRefused(FileRefusal.NOT_ALLOWED.label)
    return upload


def _changeable(story_id: int | None, unit: Participant, version: int, *, by: User, now: dt.datetime) -> Exemplar:
    """Return the locked story, or a new one. What lies in review is changed by who publishes."""
    if story_id is None:
        return Exemplar()
    story = _locked(story_id)
    writer, publisher = may_write_story(by, story.participant, on=local_day(now)), may_publish(by, on=local_day(now))
    if not writer:
        raise PermissionDenied
    if story.state not in CHANGEABLE or (story.state == ExemplarState.REVIEW and not publisher):
        raise WrongState("story_moved")
    if story.version != version:
        raise WrongState("stale_version")
    return story


def _set_picture(
    story: Exemplar, unit: Participant, upload: Upload | None, drops: bool, *, by: User, now: dt.datetime
) -> None:
    if upload is not None:
        story.picture = keep_file(participant=unit, upload=upload, by=by, now=now)
        story.picture_small = evidence.store(small_copy(upload.content, side=SMALL_SIDE), shelf=evidence.PREVIEWS)
    elif drops:
        story.picture, story.picture_small, story.picture_text = None, "", ""


def _told(story: Exemplar) -> dict[str, object]:
    names = ("kind", "name", "title", "story", "picture_text", "has_consent", "picture_id")
    return {name.removesuffix("_id"): getattr(story, name) for name in names}


def _locked(story_id: int) -> Exemplar:
    rows = Exemplar.objects.select_for_update(of=("self",))
    return rows.select_related("participant__unit", "participant__campaign", "written_by").get(pk=story_id)


def send_for_review(*, story_id: int, version: int, by: User, now: dt.datetime) -> Exemplar:
    """Hand a story to those who publish; a person's needs their consent. Raises as ``publish``."""

    def check(story: Exemplar) -> None:
        if not may_write_story(by, story.participant, on=local_day(now)):
            raise PermissionDenied
        if story.state not in (ExemplarState.DRAFT, ExemplarState.TAKEN_DOWN):
            raise WrongState("story_moved")
        _complete(story)

    return _move(story_id, version, ExemplarState.REVIEW, "exemplar.sent", check, by=by, now=now)


def send_back(*, story_id: int, version: int, reason: str, by: User, now: dt.datetime) -> Exemplar:
    """Give a story back to its writer with a reason. Raises as ``publish``, Refusal("reason_missing")."""

    def check(story: Exemplar) -> None:
        _publisher(story, by, now, ExemplarState.REVIEW)

    return _move(story_id, version, ExemplarState.DRAFT, "exemplar.sent_back", check, by=by, now=now, reason=reason)


def publish(*, story_id: int, version: int, by: User, now: dt.datetime) -> Exemplar:
    """Put a reviewed story on the public page; never by who wrote its words.

    Raises PermissionDenied, SameHands, WrongState, Refusal("consent_missing").
    """

    def check(story: Exemplar) -> None:
        _publisher(story, by, now, ExemplarState.REVIEW)
        if story.written_by_id == by.pk:
            raise SameHands("own_story")
        _complete(story)
        story.reviewed_by, story.published_at = by, now

    return _move(story_id, version, ExemplarState.PUBLISHED, "exemplar.published", check, by=by, now=now)


def take_down(*, story_id: int, version: int, reason: str, by: User, now: dt.datetime) -> Exemplar:
    """Take a story off the public page at once, with a reason. Raises as ``publish``, Refusal("reason_missing")."""

    def check(story: Exemplar) -> None:
        _publisher(story, by, now, ExemplarState.PUBLISHED)

    return _move(
        story_id, version, ExemplarState.TAKEN_DOWN, "exemplar.taken_down", check, by=by, now=now, reason=reason
    )


def _publisher(story: Exemplar, by: User, now: dt.datetime, state: ExemplarState) -> None:
    if not may_publish(by, on=local_day(now)):
        raise PermissionDenied
    if story.state != state:
        raise WrongState("story_moved")


def _complete(story: Exemplar) -> None:
    if story.kind != RecipientKind.COLLECTIVE and not story.has_consent:
        raise Refusal("consent_missing")


@transaction.atomic
def _move(
    story_id: int,
    version: int,
    target: ExemplarState,
    action: str,
    check: Callable[[Exemplar], None],
    *,
    by: User,
    now: dt.datetime,
    reason: str | None = None,
) -> Exemplar:
    """Move a locked story that is as it was shown. The one writer of its state: check, row, notice, trail."""
    story = _locked(story_id)
    came_from = story.state
    check(story)
    if story.version != version:
        raise WrongState("stale_version")
    if reason is not None and not (reason := normalise(reason)):
        raise Refusal("reason_missing")
    story.state, story.note = target, reason or ""
    story.version += 1
    story.save()
    if action in _TOLD and story.written_by_id != by.pk:
        tell_people(
            people=[story.written_by],
            kind=NoticeKind.OTHER,
            key=f"story:{story.pk}:{story.version}",
            words=lambda: (translation.gettext(_TOLD[action]) % {"title": story.title}, reason or ""),
            url=reverse("awards:story", args=[story.pk]),
            now=now,
        )
    record(
        action=action, subject=story, by=by, now=now, participant=story.participant,
        before={"state": came_from}, after={"state": target}, reason=reason or "",
    )  # fmt: skip
    return story
