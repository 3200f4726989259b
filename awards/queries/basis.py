"""On which day's figures an award is decided, and whether an outcome is of that day."""

from __future__ import annotations

import datetime as dt

from awards.enums import Basis
from awards.models import AwardCategory, EligibilityOutcome
from campaigns.models import Campaign


def basis_day_of(category: AwardCategory, *, campaign: Campaign) -> dt.date | None:
    """Return the day a dossier of the category stands on; None while the campaign is not closed."""
    return category.basis_day if category.basis == Basis.INTERIM else campaign.closing_day


def figures_day(category: AwardCategory, *, campaign: Campaign, today: dt.date) -> dt.date:
    """Return up to which day figures speak for a nominee: the basis day once it has come, until then today."""
    return min(today, basis_day_of(category, campaign=campaign) or today)


def stands_on_basis(outcome: EligibilityOutcome, *, category: AwardCategory, campaign: Campaign) -> bool:
    """Whether a dossier may stand on the outcome: the basis day's run, of a campaign that was not reopened since."""
    return outcome.is_basis and outcome.day == basis_day_of(category, campaign=campaign)
