"""Real peers on loopback: a web server that fails, hangs and recovers, a mail server, and an SMSC."""

import asyncio
import socket
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import smpp34
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    body: bytes


class WebPeer:
    """Answers every POST as it is told to: a status and a body, or silence."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.status, self.answer, self.silent_seconds = 200, b"{}", 0.0
        peer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                peer.requests.append(Request(self.path, dict(self.headers), body))
                time.sleep(peer.silent_seconds)
                self.send_response(peer.status)
                self.send_header("Content-Length", str(len(peer.answer)))
                self.end_headers()
                self.wfile.write(peer.answer)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_args: None  # a client that gave up is what the test wants
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@dataclass
class MailPeer:
    """Takes mail, except for the addresses it refuses."""

    refused: set[str] = field(default_factory=set)
    letters: list[Envelope] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())
        self._controller.start()
        self.port = self._controller.port

    async def handle_RCPT(  # noqa: N802 -- the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- the library's name
        self.letters.append(envelope)
        return "250 taken"

    def close(self) -> None:
        self._controller.stop()


class Smsc:
    """An SMSC of another make than our client: smpp34's server."""

    def __init__(self) -> None:
        self.taken: list[smpp34.SubmitSmEvent] = []
        self.refused: dict[str, int] = {}
        self.port = free_port()
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._serve())
        try:
            self._loop.run_until_complete(self._task)
        except asyncio.CancelledError:
            pass
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = smpp34.Server("127.0.0.1", self.port, system_id="SMSC")
        await server.start()
        self._ready.set()
        try:
            while True:
                event = await server.next()
                if isinstance(event, smpp34.SubmitSmEvent):
                    if status := self.refused.get(event.destination_addr):
                        event.reject(status)
                    else:
                        self.taken.append(event)
                        event.accept(f"msg-{len(self.taken)}")
        finally:
            await server.stop()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(5)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
