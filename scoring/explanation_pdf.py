"""The explanation of a unit's score as a PDF: the same figures, formulas and papers as its page, on A4."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from fpdf import FPDF
from fpdf.enums import Align, TableBordersLayout
from fpdf.fonts import FontFace

from campaigns.display import local_date, local_datetime, number, points, signed_points
from campaigns.documents.pages import FAMILY, content_of, new_pdf
from campaigns.enums import IndicatorKind
from campaigns.models import Organiser, PointEntry
from campaigns.statuses import status

from .enums import ScoreClass
from .explain import AreaLine, Explanation, SourceRow, TargetLine

_MARGIN, _LINE = 18.0, 5.2
_HEAD = FontFace(emphasis="BOLD", fill_color=(238, 238, 232))


def explanation_pdf(found: Explanation, *, sees_records: bool) -> bytes:
    """Return the file. Senders, verifiers, notes and papers stand in it only where ``sees_records``."""
    organiser = Organiser.objects.first()
    unit, total = found.participant.name, found.score.total_bp
    title = _("Why is there no score?") if total is None else _("Why %(score)s points?") % {"score": points(total)}
    foot = " · ".join(
        filter(None, [_("SAMPLE DATA") if organiser and organiser.is_sample else "", unit, local_date(found.day)])
    )
    pdf = new_pdf(
        width_mm=210,
        height_mm=297,
        title=f"{title} {unit}",
        author=organiser.name if organiser else "",
        made_on=found.day,
        foot=foot,
    )
    pdf.set_margins(_MARGIN, _MARGIN, _MARGIN)
    pdf.set_auto_page_break(True, margin=_MARGIN)
    pdf.add_page()
    sheet = _Sheet(pdf, sees_records=sees_records)
    if organiser:
        sheet.line(organiser.name, style="B")
    sheet.line(found.participant.campaign.name, size=10, style="I")
    sheet.heading(f"{title} {unit}", size=15)
    as_of = (_("Score of %(day)s") % {"day": local_date(found.day)}, found.basis.label, local_datetime(found.cut_off))
    sheet.line(" · ".join(map(str, as_of)), size=10)
    sheet.differences(found)
    sheet.total(found)
    sheet.gains(found)
    sheet.areas(found)
    for area in found.areas:
        sheet.area(area)
    if found.left_out:
        sheet.heading(_("Left out until another unit reports"))
        sheet.targets(found.left_out)
    sheet.entries(found)
    sheet.reports(found)
    return content_of(pdf)


class _Sheet:
    """The file being written, part by part."""

    def __init__(self, pdf: FPDF, *, sees_records: bool) -> None:
        self.pdf, self.sees_records = pdf, sees_records

    # --- what every part is made of ----------------------------------------------------------

    def heading(self, text: str, *, size: float = 12.5) -> None:
        if self.pdf.will_page_break(4 * _LINE):
            self.pdf.add_page()
        self.pdf.ln(2)
        self.line(text, size=size, style="B")

    def line(self, text: str, *, size: float = 11, style: str = "", indent: float = 0) -> None:
        self.pdf.set_font(FAMILY, style, size)
        self.pdf.set_x(_MARGIN + indent)
        self.pdf.multi_cell(0, size * 0.47, text, align=Align.L, new_x="LMARGIN", new_y="NEXT")

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int], align: str) -> None:
        self.pdf.set_font(FAMILY, "", 10)
        sides = tuple({"L": Align.L, "R": Align.R}[side] for side in align)
        with self.pdf.table(
            col_widths=tuple(widths),
            text_align=sides,
            headings_style=_HEAD,
            line_height=_LINE,
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        ) as table:
            for cells in (head, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)

    # --- the parts -----------------------------------------------------------------------------

    def differences(self, found: Explanation) -> None:
        if found.differences:
            self.heading(_("The explanation differs from the stored score"))
        for one in found.differences:
            said = {"what": one.what, "found": one.found, "stored": one.stored}
            self.line("– " + _("%(what)s: the rows give %(found)s, stored is %(stored)s") % said)

    def total(self, found: Explanation) -> None:
        score = found.score
        penalties = _("decided %(entries)s, for reports %(reports)s") % {
            "entries": points(found.penalty_sum_bp),
            "reports": points(found.reporting_penalty_bp),
        }
        self.heading(_("From the areas to the total"))
        self.table(
            (_("Part"), _("Points")),
            (
                (f"{_base()} ({_('mean of the area scores by their weights')})", points(score.base_bp)),
                (_("Bonus points"), signed_points(score.bonus_bp)),
                (f"{_('Penalty points')} ({penalties})", ("−" if score.penalty_bp else "") + points(score.penalty_bp)),
                (_("Total"), points(score.total_bp)),
            ),
            (80, 20),
            "LR",
        )
        if score.score_class:
            self.line(f"{_('Class of the movement')}: {ScoreClass(score.score_class).label}")
        if score.rank:
            said = {"rank": score.rank, "of": score.bloc_size, "bloc": found.participant.bloc.name}
            self.line(_("Rank %(rank)s of %(of)s, %(bloc)s.") % said)

    def gains(self, found: Explanation) -> None:
        if not found.gains:
            return
        self.heading(_("What would gain most"))
        for place, gain in enumerate(found.gains, start=1):
            indicator = gain.line.target.indicator
            days = _("no days left")
            if gain.days_left:
                days = ngettext("%(days)s day left", "%(days)s days left", gain.days_left) % {"days": gain.days_left}
            gained = _("%(points)s points") % {"points": signed_points(gain.points_bp)}
            self.line(f"{place}. {indicator.code} · {indicator.name}: {gained}, {days}")

    def areas(self, found: Explanation) -> None:
        self.heading(_("Areas"))
        rows = [
            (
                f"{area.area.number}. {area.area.name}",
                number(area.area.weight),
                points(area.score_bp),
                points(area.contribution_bp),
                points(area.lost_bp),
            )
            for area in found.areas
        ]
        total = (_base(), "", "", points(found.score.base_bp), points(found.lost_bp))
        head = (_("Area"), _("Weight"), _("Score"), _("Contribution to the base"), _("Points lost"))
        self.table(head, (*rows, total), (48, 11, 11, 16, 14), "LRRRR")

    def area(self, area: AreaLine) -> None:
        self.heading(f"{area.area.number}. {area.area.name}: {points(area.score_bp)}")
        self.targets(area.lines)

    def targets(self, lines: Iterable[TargetLine]) -> None:
        for line in lines:
            self._target(line)

    def _target(self, line: TargetLine) -> None:
        indicator = line.target.indicator
        if self.pdf.will_page_break(5 * _LINE):
            self.pdf.add_page()
        self.line(f"{indicator.code} · {indicator.name}", style="B", indent=2)
        if line.figure.is_counted:
            clamp = f" ({line.clamp})" if line.clamp else ""
            self.line(f"{line.formula} → {points(line.figure.achievement_bp)}{clamp}", size=10, indent=5)
            counted = f"{points(line.contribution_bp)} / {points(line.potential_bp)}"
            self.line(
                f"{_('Weight')} {number(indicator.weight)} · {_('Contribution')} {counted} · "
                f"{_('Points lost')} {points(line.lost_bp)}",
                size=10,
                indent=5,
            )
        else:
            self.line(line.formula, size=10, indent=5)
        for row in [*line.used, *(line.unused if self.sees_records else ())]:
            if row.state != "superseded":
                self.line("– " + self._source(row, line), size=9.5, indent=5)
        self.pdf.ln(1)

    def _source(self, row: SourceRow, line: TargetLine) -> str:
        sent = row.measurement
        value = row.value if row.state == "used" else (None if sent.nothing else sent.value)
        words = [
            _("Period %(period)s") % {"period": sent.period.code} + f": {_value(value, line)}",
            str(status("verdict", "pending" if row.state == "waiting" else row.verdict_state).label).lower(),
        ]
        if self.sees_records:
            who = str(sent.sent_by or sent.sent_by_name or "–")
            words.append(_("sent by %(who)s, %(moment)s") % {"who": who, "moment": local_datetime(sent.sent_at)})
            if row.state != "waiting" and sent.verdict:
                judge = str(sent.verdict_by or sent.verdict_by_name or "–")
                said = {"who": judge, "moment": local_datetime(sent.verdict_at)}
                words.append(_("verified by %(who)s, %(moment)s") % said)
            if sent.verdict_reason:
                words.append(sent.verdict_reason)
        return "; ".join(words)

    def entries(self, found: Explanation) -> None:
        self.heading(_("Bonus and penalty points"))
        listed = [*found.bonus, *found.penalties]
        if not listed:
            self.line(_("None in force on this day."))
        elif self.sees_records:
            head = (_("Reason"), _("Points"), _("Holds from"), _("Document"), _("Entered and confirmed by"))
            self.table(head, (_entry(one) for one in listed), (36, 10, 14, 18, 22), "LRLLL")
        else:
            said = {"bonus": points(found.bonus_sum_bp), "penalty": points(found.penalty_sum_bp)}
            self.line(
                _("Bonus %(bonus)s, penalty %(penalty)s. The papers are seen by the unit and those in charge.") % said
            )

    def reports(self, found: Explanation) -> None:
        self.heading(_("Late and missing reports"))
        if not found.reports:
            self.line(_("Every report due so far came in time."))
            return
        rows = [
            (
                f"{one.period.code} ({local_date(one.period.starts_on)} – {local_date(one.period.ends_on)})",
                local_datetime(one.period.due_at),
                local_datetime(one.reported_at),
                str(status("timeliness", one.state).label),
                ("−" if one.points_bp else "") + points(one.points_bp),
            )
            for one in found.reports
        ]
        head = (_("Period"), _("Due"), _("Reported"), _("State"), _("Points"))
        self.table(head, rows, (30, 22, 22, 14, 12), "LLLLR")


def _base() -> str:
    return pgettext("score", "Base")


def _value(value: Decimal | None, line: TargetLine) -> str:
    if value is None:
        return _("nothing to report")
    if line.figure.kind == IndicatorKind.MILESTONE:
        return _("done") if value else _("not done")
    return f"{number(value)} {line.target.indicator.unit_of_measure}"


def _entry(entry: PointEntry) -> tuple[str, ...]:
    if entry.imported_in_id and not entry.confirmed_by:
        people = _("imported with the campaign's history")
    else:
        people = ", ".join(str(who) if who else "–" for who in (entry.entered_by, entry.confirmed_by))
    return (
        entry.reason,
        signed_points(entry.points_bp),
        local_date(entry.holds_from),
        entry.document_number,
        people,
    )
