"""Targets given to units: the pair's first row gives it, its later rows revise it, any row may end or waive."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Campaign, MilestoneWaiver, Target, TargetRevision
from campaigns.workbook.target_rows import Dated, one_of, target_rows, terms_by_row

from .plan import ImportPlan, Stage
from .reader import Row
from .sheets import INDICATORS, TARGETS, UNITS


class TargetSheet:
    """Targets with their revisions, endings and late-milestone waivers."""

    sheet = TARGETS

    def compare(self, rows: list[Row], plan: ImportPlan) -> None:
        """Match the pairs of indicator and unit with the campaign's targets."""
        self.revisions: dict[int, list[TargetRevision]] = defaultdict(list)
        self.waivers: dict[int, list[MilestoneWaiver]] = defaultdict(list)
        self._load(plan)
        pairs: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            if not row.values.get("indicator") or not row.values.get("participant"):
                plan.unnamed.add(self.sheet.name)
            else:
                pairs[row.values["indicator"], row.values["participant"]].append(row)
        for pair, pair_rows in pairs.items():
            indicator = plan.find(pair_rows[0], "indicator", INDICATORS)
            participant = plan.find(pair_rows[0], "participant", UNITS)
            if indicator is None or participant is None or any(row.broken for row in pair_rows):
                plan.suspects[self.sheet.name].add(pair)
                continue
            before = plan.problems.count
            self._compare_pair(pair, indicator, participant, pair_rows, plan)
            if plan.problems.count > before:
                plan.suspects[self.sheet.name].add(pair)

    def _load(self, plan: ImportPlan) -> None:
        if plan.is_new:
            return
        known = plan.known[self.sheet.name]
        targets = Target.objects.filter(campaign=plan.campaign).select_related("indicator", "participant")
        known.update({(target.indicator.code, target.participant.code): target for target in targets})
        for revision in TargetRevision.objects.filter(target__campaign=plan.campaign).order_by("effective_from"):
            self.revisions[revision.target_id].append(revision)
        waivers = MilestoneWaiver.objects.filter(target__campaign=plan.campaign, withdrawn_at=None)
        for waiver in waivers.order_by("holds_from", "pk"):
            self.waivers[waiver.target_id].append(waiver)

    def _compare_pair(
        self, pair: tuple[str, str], indicator: Any, participant: Any, rows: list[Row], plan: ImportPlan
    ) -> None:
        first = rows[0]
        if first.get("goal") is None:
            plan.problem(first, "goal", _("The cell is empty and must be filled in."))
            return
        ending = one_of(rows, "ends_from", "reason", plan)
        waiver = one_of(rows, "waived_from", "waiver_reason", plan)
        terms = terms_by_row(indicator.kind, rows, plan)
        if terms is None:
            return
        target = plan.known[self.sheet.name].get(pair)
        if target is None:
            target = self._create(pair, indicator, participant, rows, terms, ending, plan)
            if target is None:
                return
        else:
            self._change(target, first, terms[0], ending, plan)
        self._compare_revisions(target, rows, terms, plan)
        if waiver is not None:
            self._compare_waiver(target, waiver, plan)

    def _create(
        self,
        pair: tuple[str, str],
        indicator: Any,
        participant: Any,
        rows: list[Row],
        terms: list[dict[str, Any]],
        ending: Dated | None,
        plan: ImportPlan,
    ) -> Target | None:
        first = rows[0]
        starts_on = first.get("from_day")
        if plan.stage is Stage.OPEN and starts_on is None:
            plan.problem(first, "from_day", _("The campaign is open: a target is added from a day on, today or later."))
            return None
        if not plan.may_enter(first, "from_day", starts_on):
            return None
        if ending is not None and not plan.may_enter(ending.row, "ends_from", ending.day):
            return None
        if starts_on is not None and ending is not None and ending.day < starts_on:
            plan.problem(ending.row, "ends_from", _("A target cannot end before it begins."))
            return None
        target = Target(
            campaign=plan.campaign,
            indicator=indicator,
            participant=participant,
            starts_on=starts_on,
            ends_from=ending.day if ending else None,
            end_reason=ending.reason if ending else "",
            added_reason="" if ending and ending.row is first else first.get("reason"),
            **terms[0],
        )
        plan.create(first, target)
        plan.known[self.sheet.name][pair] = target
        return target

    def _change(
        self, target: Target, first: Row, terms: dict[str, Any], ending: Dated | None, plan: ImportPlan
    ) -> None:
        wanted: dict[str, Any] = {key: value for key, value in terms.items() if key in first.values}
        if "from_day" in first.values and first.values["from_day"] != target.starts_on:
            if not plan.may_change("from_day", ()):
                plan.frozen(first, "from_day", target.starts_on)
                return
            wanted["starts_on"] = first.values["from_day"]
        still: set[str] = set()
        if "ends_from" in first.values:
            wanted |= {"ends_from": ending.day if ending else None, "end_reason": ending.reason if ending else ""}
            still = self._open_ending(target, ending, plan)
            if "reason" in first.values and (ending is None or ending.row is not first):
                wanted["added_reason"] = first.get("reason")
        changes = {name: value for name, value in wanted.items() if getattr(target, name) != value}
        frozen = [name for name in changes if not plan.may_change(name, still)]
        for name in frozen:
            plan.frozen(first, _COLUMN_OF.get(name, name), getattr(target, name))
        if frozen:
            return
        begins, ends = changes.get("starts_on", target.starts_on), changes.get("ends_from", target.ends_from)
        if begins is not None and ends is not None and ends < begins:
            plan.problem(first, "ends_from", _("A target cannot end before it begins."))
        elif changes:
            plan.note_change(first, target, changes)
        else:
            plan.tallies[self.sheet.name].unchanged += 1

    def _open_ending(self, target: Target, ending: Dated | None, plan: ImportPlan) -> set[str]:
        """What may change about an ending in an open campaign: both the old day and the new one lie ahead."""
        ahead = target.ends_from is None or target.ends_from > plan.today
        return {"ends_from", "end_reason"} if ahead and (ending is None or ending.day >= plan.today) else set()

    # --- revisions -----------------------------------------------------------------------------------------

    def _compare_revisions(
        self, target: Target, rows: list[Row], terms: list[dict[str, Any]], plan: ImportPlan
    ) -> None:
        existing = self.revisions.get(target.pk, []) if target.pk else []
        by_day = {revision.effective_from: revision for revision in existing}
        last = existing[-1] if existing else None
        for row, wanted in zip(rows[1:], terms[1:], strict=True):
            day = row.values["from_day"]
            revision = by_day.get(day)
            if revision is not None:
                self._same_revision(revision, row, wanted, plan)
            elif last is not None and day < last.effective_from:
                plan.problem(row, "from_day", _("A later revision is recorded already; none is put before it."))
            elif plan.may_enter(row, "from_day", day):
                last = self._add_revision(target, last, day, row, wanted, plan)

    def _same_revision(self, revision: TargetRevision, row: Row, wanted: dict[str, Any], plan: ImportPlan) -> None:
        asked = {key: value for key, value in wanted.items() if key in row.values}
        for key, value in (asked | {"reason": row.get("reason")}).items():
            if getattr(revision, key) != value:
                plan.frozen(row, key, getattr(revision, key))
                return
        plan.tallies[self.sheet.name].unchanged += 1

    def _add_revision(
        self,
        target: Target,
        last: TargetRevision | None,
        day: dt.date,
        row: Row,
        wanted: dict[str, Any],
        plan: ImportPlan,
    ) -> TargetRevision:
        if last is not None and not last._state.adding:
            plan.superseded.append((last, day))
        elif last is not None:
            last.superseded_from = day
        revision = TargetRevision(
            target=target,
            effective_from=day,
            reason=row.get("reason"),
            entered_by=plan.by,
            entered_at=plan.now,
            imported_in=plan.imported,
            **wanted,
        )
        plan.create(row, revision)
        return revision

    def _compare_waiver(self, target: Target, waiver: Dated, plan: ImportPlan) -> None:
        existing = self.waivers.get(target.pk, []) if target.pk else []
        if any((known.holds_from, known.reason) == (waiver.day, waiver.reason) for known in existing):
            return
        if existing:
            plan.frozen(waiver.row, "waived_from", existing[0].holds_from)
            return
        if not plan.may_enter(waiver.row, "waived_from", waiver.day):
            return
        if not plan.may_enter_for(waiver.row, target.participant):
            return
        plan.created[MilestoneWaiver].append(
            MilestoneWaiver(
                target=target,
                holds_from=waiver.day,
                reason=waiver.reason,
                entered_by=plan.by,
                entered_at=plan.now,
                imported_in=plan.imported if plan.brings_history else None,
            )
        )

    # --- export --------------------------------------------------------------------------------------------

    def export(self, campaign: Campaign) -> Iterator[dict[str, Any]]:
        """Yield each target's first row and its revisions; a revision's unchanged terms stay empty."""
        revisions: dict[int, list[TargetRevision]] = defaultdict(list)
        for revision in TargetRevision.objects.filter(target__campaign=campaign).order_by("effective_from"):
            revisions[revision.target_id].append(revision)
        waivers: dict[int, MilestoneWaiver] = {}
        counted = MilestoneWaiver.objects.confirmed().filter(target__campaign=campaign, withdrawn_at=None)
        for waiver in counted.order_by("holds_from", "pk"):
            waivers.setdefault(waiver.target_id, waiver)
        targets = Target.objects.filter(campaign=campaign).select_related("indicator", "participant")
        for target in targets.order_by("pk"):
            yield from target_rows(target, revisions[target.pk], waivers.get(target.pk))


_COLUMN_OF = {"end_reason": "reason", "added_reason": "reason", "starts_on": "from_day"}
