"""Which notices are a duty, and how each kind is told unless the person chose otherwise. Pure."""

from __future__ import annotations

from .enums import NoticeChannel, NoticeKind

#: Kinds that ask something of the person: they always stand in the portal, only the e-mail may be left out.
DUTIES = frozenset({NoticeKind.VALUE, NoticeKind.EXPLANATION, NoticeKind.APPEAL, NoticeKind.REMINDER})

_IN_THE_PORTAL_ONLY = frozenset({NoticeKind.OTHER})


def default_channel(kind: NoticeKind | str) -> NoticeChannel:
    """Return how a kind is told to who has chosen nothing."""
    return NoticeChannel.PORTAL if kind in _IN_THE_PORTAL_ONLY else NoticeChannel.MAIL


def choices_of(kind: NoticeKind | str) -> tuple[NoticeChannel, ...]:
    """Return what a person may choose for a kind: a duty cannot be switched off in the portal."""
    if kind in DUTIES:
        return (NoticeChannel.MAIL, NoticeChannel.PORTAL)
    return tuple(NoticeChannel)


def channel_of(kind: NoticeKind | str, chosen: str | None) -> NoticeChannel:
    """Return how a person is told of a kind, given what they chose (None: nothing)."""
    if chosen is None or chosen not in choices_of(kind):
        return default_channel(kind)
    return NoticeChannel(chosen)


def kind_of(key: str) -> NoticeKind:
    """Return the kind of an event by the word before the colon of its key: "appeal:17" is about an appeal."""
    word = key.partition(":")[0]
    return _KIND_OF_WORD.get(word) or (NoticeKind(word) if word in NoticeKind.values else NoticeKind.OTHER)


_KIND_OF_WORD = {
    "verdict": NoticeKind.VALUE,
    "digest": NoticeKind.REMINDER,
    "nudge": NoticeKind.REMINDER,
    "late_exception": NoticeKind.DEADLINE,
    "waiver": NoticeKind.DEADLINE,
    "period": NoticeKind.DEADLINE,
}
