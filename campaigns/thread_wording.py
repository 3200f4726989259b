"""What keeps an act on a thread or a ledger from being done, in the user's language: one sentence a refusal."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .thread_rules import LONGEST_ANSWER_DAYS, LONGEST_TEXT, MOST_FILES, ThreadRefusal

_SENTENCES: dict[ThreadRefusal, str | Promise] = {
    ThreadRefusal.CAMPAIGN_NOT_OPEN: _("The campaign is not running; this can no longer be done."),
    ThreadRefusal.TARGET_NOT_IN_FORCE: _("The target is not in force; nothing is asked about it."),
    ThreadRefusal.OWN_UNIT: _("This concerns your own unit; somebody from another unit does it."),
    ThreadRefusal.FIRST_CHECKER: _(
        "You entered or verified what the appeal is about, or lodged it; another officer settles it, or the chairman."
    ),
    ThreadRefusal.NO_RIGHT: _("You do not settle this appeal."),
    ThreadRefusal.RUNS_ALREADY: _("One is running already: write in that one, or wait until it is settled."),
    ThreadRefusal.NOT_NOW: _("It has been settled meanwhile, or is not at this step. Open it again."),
    ThreadRefusal.NOT_THE_ASKER: _("Only whoever asked closes it or asks further."),
    ThreadRefusal.CHANGED: _("Something was written meanwhile. Read it, then send again: your text is kept below."),
    ThreadRefusal.TEXT_MISSING: _("Write what it is about: the text is empty."),
    ThreadRefusal.TEXT_TOO_LONG: _("The text is longer than %(count)d characters; attach the rest as a file."),
    ThreadRefusal.DATE_PAST: _("The day to answer by has passed; name today or a later day."),
    ThreadRefusal.DATE_TOO_FAR: _("The day to answer by is more than %(days)d days ahead; name an earlier one."),
    ThreadRefusal.NOT_VERIFIED: _("An appeal is lodged on a value that was accepted or adjusted and still holds."),
    ThreadRefusal.NO_SUCH_SCORE: _("The day lies outside the campaign, or has not come yet."),
    ThreadRefusal.TOO_MANY_FILES: _("At most %(files)d files are taken at once."),
    ThreadRefusal.NOT_A_LEDGER: _("Incidents are recorded only for targets to be held at zero."),
    ThreadRefusal.DAY_OUTSIDE: _("The day lies outside the campaign."),
    ThreadRefusal.DAY_AHEAD: _("The day has not come yet."),
    ThreadRefusal.COUNT_OUT_OF_RANGE: _("The number is not possible; check it."),
    ThreadRefusal.WITHDRAWN_ALREADY: _("It has been withdrawn already."),
}


def refusal_sentence(refusal: ThreadRefusal) -> str:
    """Return the sentence for a refusal."""
    numbers = {"count": LONGEST_TEXT, "days": LONGEST_ANSWER_DAYS, "files": MOST_FILES}
    return str(_SENTENCES[refusal]) % numbers
