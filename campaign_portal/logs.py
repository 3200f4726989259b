"""Log lines: one event a line, control characters escaped, so that no input can forge a line."""

import json
import logging
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

#: The one address that opens something by itself, and the part of it that does.
_INVITATION = re.compile(r"(/accounts/invitation/[^/\s]+/)[^/\s]+")


def escaped(text: str) -> str:
    """``text`` with every control or direction character written as its code."""
    return _CONTROL.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def without_secrets(text: str) -> str:
    """``text`` without the token of an invitation's link, which sets a password until it is used."""
    return _INVITATION.sub(r"\1…", text)


class PlainLine(logging.Formatter):
    """For a person at a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s", "%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:
        """One escaped line; a traceback, if any, follows on its own lines."""
        return escaped(without_secrets(super().formatMessage(record)))


class JsonLine(logging.Formatter):
    """For a log collector: one JSON object a line, the traceback inside it."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        event = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "logger": record.name,
            "message": escaped(without_secrets(record.getMessage())),
        }
        if record.exc_info:
            event["traceback"] = without_secrets(self.formatException(record.exc_info))
        return json.dumps(event, ensure_ascii=False)
