"""A folder served as an S3 bucket: listing, sizes and ranges, which is all that reading asks for."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape


class Bucket(ThreadingHTTPServer):
    """``bucket`` on this machine, over the files of a folder. Use it as a context manager."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.asked: list[str] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def address(self) -> str:
        endpoint = f"127.0.0.1%3A{self.server_address[1]}"
        return f"s3://bucket/exports?endpoint_override={endpoint}&scheme=http&region=us-east-1"

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self, *, with_body: bool) -> None:
        parts = urlsplit(self.path)
        self.server.asked.append(f"{self.command} {parts.path}")
        key = unquote(parts.path).removeprefix("/bucket").lstrip("/")
        if not key:
            prefix = parse_qs(parts.query).get("prefix", [""])[0]
            return self._send(200, self._listing(prefix) if with_body else b"", {})
        path = self.server.folder / key
        if not path.is_file():
            return self._send(404, b"", {})
        data = path.read_bytes()
        facts = {"Last-Modified": "Sat, 14 Feb 2026 12:00:00 GMT", "ETag": '"1"', "Accept-Ranges": "bytes"}
        if span := self.headers.get("Range"):
            first, _, last = span.removeprefix("bytes=").partition("-")
            begin, end = int(first), min(int(last or len(data) - 1), len(data) - 1)
            facts["Content-Range"] = f"bytes {begin}-{end}/{len(data)}"
            return self._send(206, data[begin : end + 1] if with_body else b"", facts)
        return self._send(200, data if with_body else b"", facts, size=len(data))

    def _listing(self, prefix: str) -> bytes:
        keys = sorted(
            str(p.relative_to(self.server.folder)) for p in self.server.folder.rglob("*") if p.is_file()
        )
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{(self.server.folder / key).stat().st_size}</Size>"
            "<LastModified>2026-02-14T12:00:00.000Z</LastModified><ETag>1</ETag></Contents>"
            for key in keys
            if key.startswith(prefix)
        )
        facts = f"<Name>bucket</Name><IsTruncated>false</IsTruncated>{entries}"
        return f'<?xml version="1.0"?><ListBucketResult>{facts}</ListBucketResult>'.encode()

    def _send(self, status: int, body: bytes, facts: dict[str, str], size: int | None = None) -> None:
        self.send_response(status)
        for name, value in facts.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if size is None else size))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
