"""Carrying an import's plan out: a few statements a table, inside the caller's transaction."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import models
from django.db.models import F

from campaigns.actions.audit import record
from campaigns.actions.reminder_rules import give_default_ladder
from campaigns.models import Campaign, Measurement

from .plan import ImportPlan

_BATCH = 1000
_HISTORY = (Measurement,)  # left out of a rehearsal: no plan rule depends on it
_SHOWN_CHANGES = 500  # kept in the audit entry


def write(plan: ImportPlan, *, with_history: bool = True) -> None:
    """Write the plan, in order: campaign, the import's own row, new records, changes, verdicts, the audit entry."""
    _write_campaign(plan)
    plan.imported.campaign = plan.campaign
    plan.imported.summary = {name: vars(tally) for name, tally in plan.tallies.items()}
    plan.imported.save(force_insert=True)
    for model in _in_order(list(plan.created)):
        if with_history or model not in _HISTORY:
            model._default_manager.bulk_create(plan.created[model], batch_size=_BATCH)
    for instance, name, value in plan.later:
        setattr(instance, name, value)
        plan.changed.append((instance, {name}))
    _write_changes(plan)
    for revision, day in plan.superseded:
        type(revision)._default_manager.filter(pk=revision.pk).update(superseded_from=day)
    if with_history:
        for pk, columns in plan.verdicts:
            Measurement.objects.all().write_verdict(pk, **columns)
    record(
        action="workbook.imported",
        subject=plan.campaign,
        by=plan.by,
        now=plan.now,
        campaign=plan.campaign,
        before={str(change): change.before for change in plan.changes[:_SHOWN_CHANGES]},
        after={
            "file": plan.imported.file_name,
            "sha256": plan.imported.sha256,
            "rows": plan.imported.summary,
            "changes": [str(change) for change in plan.changes[:_SHOWN_CHANGES]],
        },
    )


def _in_order(models_left: list[type[models.Model]]) -> list[type[models.Model]]:
    """Return the models so that each comes after those it points at (a link to its own kind is set later)."""
    ordered: list[type[models.Model]] = []
    while models_left:
        first = next(model for model in models_left if not _points_at(model) & (set(models_left) - {model}))
        ordered.append(first)
        models_left = [model for model in models_left if model is not first]
    return ordered


def _points_at(model: type[models.Model]) -> set[Any]:
    return {item.related_model for item in model._meta.concrete_fields if item.is_relation}


def _write_campaign(plan: ImportPlan) -> None:
    campaign = plan.campaign
    if plan.is_new:
        campaign.save(force_insert=True)
        give_default_ladder(campaign)
        return
    own = {name for instance, names in plan.changed if instance is campaign for name in names}
    values = {name: getattr(campaign, name) for name in own}
    Campaign.objects.filter(pk=campaign.pk).update(**values, plan_changed_at=plan.now, version=F("version") + 1)
    campaign.refresh_from_db()


def _write_changes(plan: ImportPlan) -> None:
    """Update changed records, those with the same changed fields together; their versions go up by one."""
    fields_of: dict[int, set[str]] = defaultdict(set)
    instances: dict[int, Any] = {}
    for instance, names in plan.changed:
        if not isinstance(instance, Campaign):
            fields_of[id(instance)] |= names
            instances[id(instance)] = instance
    groups: dict[tuple[type[models.Model], frozenset[str]], list[Any]] = defaultdict(list)
    for key, instance in instances.items():
        groups[type(instance), frozenset(fields_of[key])].append(instance)
    for (model, alike), changed in groups.items():
        fields = set(alike)
        for instance in changed:
            _settle_keys(instance, alike)
            if hasattr(instance, "version") and not _is_created(instance, plan):
                instance.version += 1
                fields.add("version")
        model._default_manager.bulk_update(changed, sorted(fields), batch_size=_BATCH)


def _is_created(instance: Any, plan: ImportPlan) -> bool:
    return any(created is instance for created in plan.created.get(type(instance), ()))


def _settle_keys(instance: Any, names: frozenset[str]) -> None:
    """A record that was linked to before it was saved has its key only now."""
    for name in names:
        if instance._meta.get_field(name).is_relation:
            setattr(instance, name, getattr(instance, name))
