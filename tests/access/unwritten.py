"""Forms that write no row however they are filled in, and why."""

from __future__ import annotations

_LOOK = "shows what would be written; the form of its answer writes it"
_SHOWN = "shows what the boxes make and keeps nothing"
_WAIVER = "a waiver is not voided: it is confirmed or withdrawn"
#: Name of the view, with the button that is pressed → the reason.
UNWRITTEN = {
    "account_reauthenticate": "says once more who one is: the session alone knows it",
    "components [send]": "shows what a form looks like; takes none",
    "admin:awards_awardcategory_copy": _LOOK,
    "admin:awards_documenttemplate_blank [preview]": _SHOWN,
    "admin:awards_earlieraward_upload": _LOOK,
    "admin:awards_eligibilityrule_add [_preview]": _SHOWN,
    "admin:awards_eligibilityrule_change [_preview]": _SHOWN,
    "admin:campaigns_milestonewaiver_void": _WAIVER,
    "admin:campaigns_reportwaiver_void": _WAIVER,
    "admin:campaigns_user_invite_many [look]": _LOOK,
    "admin:campaigns_workbookimport_preview": _LOOK,
    "awards:summary": _LOOK,
    "campaigns:paste": _LOOK,
}
