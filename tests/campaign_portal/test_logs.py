"""No input forges or colours a log line."""

import json
import logging

from campaign_portal.logs import JsonLine, PlainLine

EVIL = "GET /\r\n06:00:00 INFO forged\x1b[31m\u202e\u2028 đường dẫn"


def record(message: str) -> logging.LogRecord:
    return logging.LogRecord("portal", logging.WARNING, __file__, 1, message, None, None)


def test_a_plain_line_stays_one_line():
    line = PlainLine().format(record(EVIL))
    assert line.splitlines() == [line]
    assert "\x1b" not in line
    assert "đường dẫn" in line


def test_a_json_line_stays_one_line_and_can_be_read():
    try:
        raise ValueError("x\ny")
    except ValueError as error:
        entry = record(EVIL)
        entry.exc_info = (type(error), error, error.__traceback__)
    line = JsonLine().format(entry)
    assert line.splitlines() == [line]
    event = json.loads(line)
    assert (event["level"], event["logger"]) == ("WARNING", "portal")
    assert event["message"].endswith("đường dẫn")
    assert "\x1b" not in event["message"]
    assert "ValueError" in event["traceback"]
