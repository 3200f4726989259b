"""What explanations and appeals share: refusals, the row lock, messages with files, telling people."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from campaigns.models import Appeal, EvidenceFile, Explanation, Participant, ThreadMessage, User
from campaigns.thread_rules import LONGEST_REASON, LONGEST_TEXT, MOST_FILES, ThreadRefusal
from campaigns.thread_wording import refusal_sentence
from campaigns.vietnamese import normalise
from campaigns.workflow import ThreadAct, may_move_thread

from .refusals import ActRefused
from .uploads import Upload, check_upload, keep_file

Thread = TypeVar("Thread", Explanation, Appeal)


@dataclass(frozen=True)
class SentFile:
    """A file as it was sent with a text."""

    name: str
    content: bytes


class ThreadRefused(ActRefused):
    """The step of an explanation or appeal is not possible."""

    def __init__(self, code: ThreadRefusal) -> None:
        super().__init__(refusal_sentence(code), code)


def refuse(problem: ThreadRefusal | None) -> None:
    """Raise ThreadRefused where there is a problem."""
    if problem is not None:
        raise ThreadRefused(problem)


def said(text: str, *, longest: int = LONGEST_TEXT) -> str:
    """Return a text in the one form that is stored. Raises ThreadRefused for none and for one that is too long."""
    text = normalise(text)
    if not text:
        raise ThreadRefused(ThreadRefusal.TEXT_MISSING)
    if len(text) > longest:
        raise ThreadRefused(ThreadRefusal.TEXT_TOO_LONG)
    return text


def reason(text: str) -> str:
    """Return a reason in the one form that is stored. Raises ThreadRefused for none."""
    return said(text[:LONGEST_REASON], longest=LONGEST_REASON)


def lock_thread(rows: type[Thread], pk: int, *, seen: int, act: ThreadAct) -> Thread:
    """Return the thread locked, as the person saw it (``seen`` its version) and where the act is possible.

    Raises DoesNotExist, ThreadRefused.
    """
    thread = rows.objects.select_for_update(of=("self",)).get(pk=pk)
    if not may_move_thread(thread, act):
        raise ThreadRefused(ThreadRefusal.NOT_NOW)
    if thread.version != seen:
        raise ThreadRefused(ThreadRefusal.CHANGED)
    return thread


def ready_files(files: Sequence[SentFile], *, participant: Participant, by: User, now: dt.datetime) -> list[Upload]:
    """Check the files of a message before its transaction. Raises EvidenceRefused, ThreadRefused for too many."""
    if len(files) > MOST_FILES:
        raise ThreadRefused(ThreadRefusal.TOO_MANY_FILES)
    return [
        check_upload(participant=participant, content=file.content, name=file.name, by=by, now=now) for file in files
    ]


def keep_files(ready: Sequence[Upload], *, participant: Participant, by: User, now: dt.datetime) -> list[EvidenceFile]:
    """Store files that belong to no value, within the unit's space; in the act's transaction."""
    return [keep_file(participant=participant, upload=one, by=by, now=now) for one in ready]


def write_message(
    thread: Explanation | Appeal,
    text: str,
    ready: Sequence[Upload],
    *,
    participant: Participant,
    by: User,
    now: dt.datetime,
) -> ThreadMessage:
    """Append a message with its files to the thread."""
    files = keep_files(ready, participant=participant, by=by, now=now)
    parent = {"explanation": thread} if isinstance(thread, Explanation) else {"appeal": thread}
    message = ThreadMessage.objects.create(text=text, written_by=by, written_at=now, **parent)
    message.files.add(*files)
    return message


def digests(files: Sequence[SentFile]) -> list[list[str]]:
    """Return what a form key remembers of the files."""
    return [[file.name, hashlib.sha256(file.content).hexdigest()] for file in files]
