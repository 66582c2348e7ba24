"""A real SMTP server and a real HTTP receiver for messages, on private ports of this machine."""

from __future__ import annotations

import contextlib
import email
import json
import ssl
import subprocess
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tests.services.mariadb import free_port


@dataclass
class Mailbox:
    """An SMTP server that asks for STARTTLS and a login. ``answers`` are given to the next recipients."""

    password: str
    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    def start(self, certificate: Path) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=self._authenticate,
        )
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    def _authenticate(
        self, server: SMTP, session: Any, envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        return AuthResult(success=data.password.decode() == self.password, handled=False)

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope) -> str:  # noqa: N802
        self.mails.append(email.message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        return "250 taken"


@dataclass
class Receiver:
    """An HTTP server that keeps what is posted. ``answers`` (status, headers) go to the next requests;
    ``reply`` makes the body of an answer from that of its request."""

    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    reply: Callable[[dict[str, Any]], str] | None = None

    def start(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, headers = receiver.answers.pop(0) if receiver.answers else (200, {})
                if status == 200:
                    receiver.posts.append((self.path, body))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                text = receiver.reply(body) if receiver.reply and status == 200 else ""
                self.end_headers()
                with contextlib.suppress(BrokenPipeError):  # who asked does not wait any more
                    self.wfile.write(text.encode())

            def log_message(self, format: str, *arguments: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return self._server.server_port

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def say_as_model(text: str) -> str:
    """The body in which an OpenAI-compatible endpoint answers ``text``."""
    return json.dumps({"choices": [{"message": {"role": "assistant", "content": text}}]})


def make_certificate(openssl: str, folder: Path) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file."""
    key, certificate, both = (folder / name for name in ("key.pem", "certificate.pem", "both.pem"))
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
        + ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    both.write_text(key.read_text() + certificate.read_text())
    return both
