"""What awards keeps as it was written, and the few columns that are written once later."""

from campaigns.app_role import may_delete
from campaigns.append_only import Rule, protect

protect(
    Rule("awards_proposalevent"),
    Rule("awards_duplicatereview"),
    Rule("awards_councilconflict"),
    Rule("awards_councilvote"),
    Rule("awards_counciltally"),
    Rule("awards_decision", ("superseded_at",), "OLD.superseded_at IS NULL"),
    Rule("awards_awarddecision"),
    # A revocation and the golden-book number are each written once.
    Rule(
        "awards_award",
        ("revoked_on", "revocation_number", "revocation_reason", "revoked_by_id", "golden_book_number"),
        "(OLD.revoked_on IS NULL OR (NEW.revoked_on IS NOT NULL AND NEW.revoked_on = OLD.revoked_on"
        " AND NEW.revocation_number = OLD.revocation_number AND NEW.revocation_reason = OLD.revocation_reason"
        " AND NEW.revoked_by_id IS NOT NULL AND NEW.revoked_by_id = OLD.revoked_by_id))"
        " AND (OLD.golden_book_number IS NULL OR (NEW.golden_book_number IS NOT NULL"
        " AND NEW.golden_book_number = OLD.golden_book_number))",
    ),
    Rule("awards_fundmovement"),
    Rule("awards_generateddocument"),
    # A template's version is what documents were made from; only whether it is in use changes.
    Rule("awards_documenttemplate", ("is_active",), "1 = 1"),
    # A submission is frozen once the chairman has it; its items can then only be released.
    Rule(
        "awards_dossier",
        (
            "title",
            "number",
            "dated",
            "note",
            "state",
            "run_id",
            "day",
            "content",
            "digest",
            "presented_by_id",
            "presented_at",
            "due_on",
            "version",
        ),
        "OLD.state = 'preparing'",
    ),
    Rule(
        "awards_dossieritem",
        ("position", "content", "digest", "released_at"),
        "OLD.released_at IS NULL AND (OLD.digest = '' OR"
        " (NEW.digest = OLD.digest AND NEW.content = OLD.content AND NEW.position = OLD.position))",
    ),
)

may_delete("awards_proposalevidence", "awards_councilagendaitem")
