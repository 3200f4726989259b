"""A unit's registration in a campaign: its own plan and the people who answer for it. One writer."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from campaigns.calendar import local_day
from campaigns.models import Participant, Registration, User
from campaigns.permissions import Permission, require
from campaigns.vietnamese import normalise

from .audit import record
from .idempotency import act_once
from .locks import hold_campaign
from .records import PlanRefused, StaleRecord
from .uploads import Upload, check_upload, keep_file


@dataclass(frozen=True, kw_only=True)
class RegistrationData:
    """What a unit says of itself in a campaign."""

    plan_number: str = ""  # of the unit's own plan
    plan_date: dt.date | None = None
    launched_on: dt.date | None = None  # the day the unit launched the campaign at its own place
    head_name: str = ""
    focal_name: str = ""
    focal_contact: str = ""
    deputy_name: str = ""


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent."""

    content: bytes
    name: str


def register_unit(
    *,
    participant: Participant,
    data: RegistrationData,
    file: SentFile | None = None,
    version: int,
    key: str,
    by: User,
    now: dt.datetime,
) -> Registration:
    """Save a unit's registration; return it.

    In order: right of the unit's people; the file is checked (a refusal stands in the trail); then in one
    transaction the campaign held open, the unit and the row locked, ``version`` (0 for none yet) compared, the file
    stored, the row written, the audit entry with what changed. Without ``file`` the file that is there stays.
    ``key`` makes a form sent twice act once. Raises PermissionDenied, EvidenceRefused, EvidenceStoreFull,
    PlanRefused, StaleRecord, IdempotencyMismatch.
    """
    require(by, Permission.REGISTER_UNIT, unit=participant.unit_id, on=local_day(now))
    texts: dict[str, Any] = {name: normalise(value) for name, value in asdict(data).items() if isinstance(value, str)}
    data = replace(data, **texts)
    _check(data, now)
    upload = None
    if file is not None:
        upload = check_upload(participant=participant, content=file.content, name=file.name, by=by, now=now)
    request = {name: str(value) for name, value in asdict(data).items()}
    request |= {
        "participant": str(participant.pk),
        "version": str(version),
        "file": upload.sha256_as_sent if upload else "",
    }

    def act() -> dict[str, Any]:
        return {"registration": _write(participant, data, upload, version=version, by=by, now=now).pk}

    done = act_once(actor=by, key=key, request=request, now=now, act=act)
    return Registration.objects.select_related("plan_file").get(pk=done["registration"])


def _check(data: RegistrationData, now: dt.datetime) -> None:
    today = local_day(now)
    if data.plan_date is not None and data.plan_date > today:
        raise PlanRefused(_("The plan's date lies in the future: register the plan once it has been issued."))
    if data.launched_on is not None and data.launched_on > today:
        raise PlanRefused(_("The day of the launch lies in the future: enter it once the launch has taken place."))
    if bool(data.plan_number) != bool(data.plan_date):
        raise PlanRefused(_("The plan's number and its date belong together: give both."))


@transaction.atomic
def _write(
    participant: Participant,
    data: RegistrationData,
    upload: Upload | None,
    *,
    version: int,
    by: User,
    now: dt.datetime,
) -> Registration:
    if not hold_campaign(participant.campaign_id).is_open:
        raise PlanRefused(_("The campaign is not open; the registration stays as it is."))
    # Locked by its key on both databases, so that two first registrations wait for each other.
    Participant.objects.select_for_update(of=("self",), no_key=True).get(pk=participant.pk)
    stored = Registration.objects.select_for_update(of=("self",)).filter(participant=participant).first()
    row = stored or Registration(participant=participant, version=0)
    if row.version != version:
        raise _stale(row, data)
    before = _shown(row)
    for name, value in asdict(data).items():
        setattr(row, name, value)
    if upload is not None:
        row.plan_file = keep_file(participant=participant, upload=upload, by=by, now=now)
    after = _shown(row)
    changed = [name for name in after if before[name] != after[name]]
    if stored is not None and not changed:
        return stored
    row.updated_by, row.version = by, row.version + 1
    row.save()
    record(
        action="registration.saved",
        subject=row,
        by=by,
        now=now,
        participant=participant,
        before={name: before[name] for name in changed},
        after={name: after[name] for name in changed},
    )
    return row


def _stale(row: Registration, data: RegistrationData) -> StaleRecord:
    typed = asdict(data)
    fields = {field.name: field for field in Registration._meta.concrete_fields}
    return StaleRecord(
        [
            (str(fields[name].verbose_name), getattr(row, name), value)
            for name, value in typed.items()
            if getattr(row, name) != value
        ]
    )


def _shown(row: Registration) -> dict[str, str | None]:
    """The columns as the trail keeps them; of the file its name and content."""
    texts: dict[str, str | None] = {}
    for name in RegistrationData.__dataclass_fields__:
        value = getattr(row, name)
        texts[name] = value.isoformat() if isinstance(value, dt.date) else value
    file = row.plan_file
    texts["plan_file"] = f"{file.name} (SHA-256 {file.sha256})" if file else None
    return texts
