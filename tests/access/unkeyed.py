"""Views that take a form without a key, and what makes a second sending of it harmless."""

_ALLAUTH = "signing in and out, second factors and one's own password: nothing is created twice"
_ONE_VERDICT = "a value has one verdict; a second sending is refused by name"
_STEP = "a step leaves its state, from which alone it is legal; a second sending is refused by name"
#: Name of the view → the reason.
WITHOUT = {
    "account_login": _ALLAUTH,
    "account_change_password": _ALLAUTH,
    "account_logout": _ALLAUTH,
    "account_reauthenticate": _ALLAUTH,
    "account_invitation": "the link is used up by the first password it sets",
    "usersessions_list": "a session ends once",
    "admin:logout": _ALLAUTH,
    "admin:password_change": _ALLAUTH,
    "change_language": "writes the same language again",
    "components": "shows what a form looks like; takes none",
    "admin:campaigns_holiday_delete": "the row is gone: not found",
    "admin:campaigns_reminderrule_delete": "the row is gone: not found",
    "admin:campaigns_verification_verdict": _ONE_VERDICT,
    "admin:campaigns_verification_view": "the same name again replaces what it stood for",
    "campaigns:verify_view": "the same name again replaces what it stood for",
    "campaigns:verify_verdict": _ONE_VERDICT,
    "campaigns:grid": "the draft; each box carries its version",
    "campaigns:sheet": "the draft; each row carries the version it was made from",
    "campaigns:paste": "looks first, then writes the draft; each box carries its version",
    "campaigns:evidence": "the same content is attached to a value once",
    "awards:evidence_add": "the same content is attached to a proposal once",
    "awards:proposal_step": _STEP,
    "awards:certificates": "one job a decision at a time; a second sending is told of the first",
    "awards:golden_numbers": "numbers are given once; a second sending finds none to give",
    "awards:document_write": "the same source, template and data are the same document",
    "campaigns:notices_read": "what is read stays read",
    "campaigns:notice_open": "what is read stays read",
    "campaigns:notice_preferences": "writes the same choices again",
    "campaigns:activity_withdraw": "what is withdrawn is withdrawn once; a second sending is refused by name",
    "campaigns:incident_withdraw": "what is withdrawn is withdrawn once; a second sending is refused by name",
    "awards:alike": "a pair of names is looked at once; a second sending is refused by name",
    "awards:session_step": "the session carries its version; attendance and agenda become what they are said to be",
    "awards:council_act": "a vote is opened, given, counted and closed once; a second sending is refused by name",
    "awards:story_step": "the story carries its version: a second sending is refused as moved on",
    "awards:delegation_end": "a delegation is taken back once; a second sending is refused as ended",
}
