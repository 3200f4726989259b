"""What the campaigns app does with outbox messages; read at start-up."""

from __future__ import annotations

from campaigns.actions import evidence_scan, invitations, mail, previews, reminders
from campaigns.evidence import EvidenceDamaged
from campaigns.outbox_registry import Clock, Message, handles


@handles(previews.TOPIC)
def draw_preview(message: Message, clock: Clock) -> str:
    """Draw the pages of a stored file (key: its SHA-256)."""
    try:
        return previews.make_preview(sha256=message.key, now=clock())
    except EvidenceDamaged:
        evidence_scan.check_stored(sha256=message.key, now=clock())
        return f"{message.key} is damaged."


@handles(evidence_scan.SCAN)
def scan_evidence(message: Message, clock: Clock) -> str:
    """Look at all stored evidence (key: the day), from the hash after which the stretch before ended."""
    return evidence_scan.scan(after=str(message.payload.get("after", "")), clock=clock)


@handles(evidence_scan.CHECK)
def check_evidence(message: Message, clock: Clock) -> str:
    """Look at one stored file (key: its SHA-256)."""
    damaged = evidence_scan.check_stored(sha256=message.key, now=clock())
    return f"{message.key} is {'damaged' if damaged else 'whole'}."


@handles(mail.COLLECT)
def collect_mail(message: Message, clock: Clock) -> str:
    """Write the letters of the notices that wait for one."""
    return mail.collect(clock=clock)


@handles(mail.SEND)
def send_mail(message: Message, clock: Clock) -> str:
    """Send one letter (key: its id)."""
    return mail.send(mail_id=int(message.key), clock=clock)


@handles(invitations.TOPIC)
def send_invitation(message: Message, clock: Clock) -> str:
    """Send the letter of a person's open invitation (key: the person's id)."""
    return invitations.send_letter(person_id=int(message.key), clock=clock)


@handles(reminders.TOPIC)
def send_reminders(message: Message, clock: Clock) -> str:
    """Send the reminders of the day on which this is done (key: the day it was asked for)."""
    return reminders.send_reminders(now=clock())
