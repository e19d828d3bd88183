"""A relay on this machine that hands a server's pages to cells of a notebook."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from .errors import AtlasError

#: What is handed on of an answer, besides its body and the policy without its rule on frames.
_HEADERS = ("Content-Type", "Cache-Control", "ETag", "X-Content-Type-Options", "Referrer-Policy", "Retry-After")


class Relay:
    """Answers GET at a free port of the loopback address with what a server answers, and lets its pages be framed.

    Nothing else is handed on, so that a page that frames it can change nothing.
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        if parts.scheme != "http" or not parts.hostname:
            raise AtlasError(f"expected a server's address as http://127.0.0.1:8080, found {server!r}")
        host, port = parts.hostname, parts.port or 80

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                own = (f"127.0.0.1:{self.server.server_port}", f"localhost:{self.server.server_port}")  # type: ignore[attr-defined]
                if self.headers.get("Host") not in own:
                    self.send_error(403)
                    return
                connection = http.client.HTTPConnection(host, port, timeout=300)
                try:
                    connection.request("GET", self.path, headers={"Accept": self.headers.get("Accept", "*/*")})
                    reply = connection.getresponse()
                    body = reply.read()
                except (OSError, http.client.HTTPException):
                    self.send_error(502, "The atlas's server does not answer")
                    return
                finally:
                    connection.close()
                self.send_response(reply.status)
                for name in _HEADERS:
                    value = reply.getheader(name)
                    if value is not None:
                        self.send_header(name, value)
                policy = (reply.getheader("Content-Security-Policy") or "").split(";")
                kept = [rule for rule in policy if rule.strip() and not rule.strip().startswith("frame-ancestors")]
                if kept:
                    self.send_header("Content-Security-Policy", ";".join(kept))
                self.send_header("Content-Length", str(len(body)))
                try:
                    self.end_headers()
                    self.wfile.write(body)
                except OSError:
                    self.close_connection = True  # the cell is gone

            def log_message(self, *_: Any) -> None:
                """Notebooks are no logs."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stops answering."""
        self._server.shutdown()
        self._server.server_close()
