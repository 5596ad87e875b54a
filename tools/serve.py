"""Serve the product on this computer: web server and worker together, until Ctrl-C stops both and the database with them."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
STOP_SECONDS = 10


def is_free(port: int) -> bool:
    """Tell whether nobody listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def start(*command: str) -> subprocess.Popen:
    """Start a child in a group of its own, so that Ctrl-C reaches only us and we stop it in order."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True)


def stop(children: list[subprocess.Popen]) -> None:
    """Stop the children, gently first."""
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def wait_until_ready(port: int, web: subprocess.Popen) -> bool:
    """Wait until the pages answer; False when the web server ended first."""
    while web.poll() is None:
        try:
            with urlopen(f"http://{HOST}:{port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except (URLError, OSError):
            time.sleep(0.2)
    return False


def main() -> int:
    """Check the port, start web and worker, print the address and the logins, wait."""
    port = int(os.environ.get("PORT", "8000"))
    if not is_free(port):
        print(f"Port {port} is taken by another program. Stop it, or choose another: PORT={port + 1} make demo", file=sys.stderr)
        return 1
    if sys.argv[1:] == ["--check"]:
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    python = sys.executable
    worker = [python, "manage.py", "procrastinate", "worker"]
    web = [
        python,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--host",
        HOST,
        "--port",
        str(port),
        "--workers",
        "2",
        "--no-access-log",
        "--log-level",
        "warning",
        "config.wsgi:application",
    ]
    children = [start(*web), start(*worker)]
    try:
        if not wait_until_ready(port, children[0]):
            return 1
        subprocess.run([python, "manage.py", "demo_logins"], cwd=ROOT, check=True)
        print(f"\n  http://{HOST}:{port}    (Ctrl-C stops everything)\n", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.5)
        return 1
    except KeyboardInterrupt:
        print("\nStopping …", flush=True)
        return 0
    finally:
        stop(children)


if __name__ == "__main__":
    sys.exit(main())
