"""A mail server for tests: it takes letters, is away, refuses, dawdles or dies in the middle, as told."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import suppress
from email import message_from_bytes
from enum import Enum

from tests.servers import free_port


class Mood(Enum):
    """How the server treats whoever connects."""

    WELL = "takes every letter"
    BUSY = "refuses every recipient for now (451)"
    SLOW = "says nothing for longer than the portal waits"
    DIES = "closes the connection in the middle of a letter"
    DIES_AFTER = "takes the letter and closes the connection before it says so"


class SmtpSink:
    """Listens on a port of its own; ``taken`` holds the Message-ID of every letter that came in whole."""

    def __init__(self, *, slowness: float = 3) -> None:
        self.port = free_port()
        self.slowness = slowness  # seconds of silence while SLOW
        self.mood = Mood.WELL
        self.taken: list[str] = []
        self.connections = 0
        self._server: _Server | None = None

    def start(self) -> None:
        """Listen; a port that was closed is opened again."""
        self._server = _Server(("127.0.0.1", self.port), _Talk)
        self._server.sink = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    sink: SmtpSink


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        with suppress(OSError):
            self._talk(self.server.sink)

    def _talk(self, sink: SmtpSink) -> None:
        sink.connections += 1
        if sink.mood is Mood.SLOW:
            time.sleep(sink.slowness)
        self._say("220 sink")
        for line in self.rfile:
            word = line[:4].upper()
            if word == b"QUIT":
                self._say("221 bye")
                return
            if word == b"DATA":
                self._say("354 go on")
                if not self._take(sink):
                    return
            elif word == b"RCPT" and sink.mood is Mood.BUSY:
                self._say("451 4.3.0 not now")
            else:
                self._say("250 sink")

    def _take(self, sink: SmtpSink) -> bool:
        """Read a letter; say whether the conversation goes on."""
        lines: list[bytes] = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line)
            if sink.mood is Mood.DIES:
                return False
        sink.taken.append(message_from_bytes(b"".join(lines))["Message-ID"])
        if sink.mood is Mood.DIES_AFTER:
            return False
        self._say("250 taken")
        return True

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
