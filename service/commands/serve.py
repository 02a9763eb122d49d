"""``bangkom serve``: the HTTP service."""

import os
import signal
import sys
import tempfile
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from types import FrameType
from typing import Any

import click

from service.settings import STOPPING, Settings, service_settings
from service.terminal import Terminal

READY_SECONDS = 15  # that a new worker process has to read the office in, before the one it replaces is stopped
RSS_SAMPLES = 2  # looks at a worker's memory, half a minute apart, that must all find too much
GRACE_SECONDS = 10  # that open requests have to end in when the service is stopped


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Worker processes.")
@click.option("--dev", is_flag=True, help="Plain HTTP on this machine only, for trying things out.")
@click.pass_context
def serve(ctx: click.Context, /, *, host: str, port: int, workers: int, dev: bool) -> None:
    """Serve the HTTP API; long work is done by `bangkom worker`, which runs beside it.

    \b
    Examples:
      bangkom serve --dev
      BANGKOM_PUBLIC_URL=https://bangkom.pontianak.go.id bangkom serve --workers 2
    """
    settings: Settings = ctx.obj
    terminal = Terminal(settings, as_json=False)
    day: datetime | None = None if ctx.parent is None else ctx.parent.params.get("on")
    _check(terminal, settings, host, is_dev=dev)
    os.environ["BANGKOM_DATABASE_URL"] = settings.database_url
    os.environ["BANGKOM_LANG"] = settings.lang
    if dev:
        os.environ["BANGKOM_DEV"] = "1"
    if day is not None:
        os.environ["BANGKOM_ON"] = day.date().isoformat()
    with tempfile.TemporaryDirectory(prefix="bangkom-serve-") as own:
        folder = Path(os.environ.setdefault("BANGKOM_RUN_FOLDER", own))
        counts = Path(os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", own))
        _empty(folder, counts)
        terminal.say("Serving on {address}; documentation at {docs}.", address=f"http://{host}:{port}",
                     docs=f"http://{host}:{port}/docs")  # fmt: skip
        _run(host, port, workers, folder / STOPPING, service_settings().worker_memory)


def _check(terminal: Terminal, settings: Settings, host: str, *, is_dev: bool) -> None:
    """Refuse to start with settings that are wrong or not safe, before anything is opened for long.

    Raises
    ------
    InputError
        Saying what is wrong, or what is missing for a safe start.
    """
    from service.auth.settings import AuthSettings
    from service.auth.users import anybody_may_come_in
    from service.policy_file import read_policy
    from service.reference import open_office
    from service.tracing import check_tracing
    from training_catalog.errors import InputError

    chosen, auth = service_settings(), AuthSettings.from_environment()
    read_policy(chosen.policy)
    check_tracing(chosen.traces)
    is_local = host == "localhost" or (host.replace(".", "").replace(":", "").isalnum() and _is_loopback(host))
    if is_dev and not is_local:
        raise InputError("--dev serves plain HTTP and so listens on this machine only; use --host 127.0.0.1")
    if not is_dev and not chosen.public_url.startswith("https://"):
        raise InputError("BANGKOM_PUBLIC_URL must be the https:// address that people use, where a reverse proxy ends "
                         "TLS; or say --dev to try things out on this machine")  # fmt: skip
    database = open_office(settings.database_url)
    if auth.oidc is None and not anybody_may_come_in(database):
        if not is_dev:
            raise InputError("nobody could come in: make a user with `bangkom user add` or a key with "
                             "`bangkom key create`, or set up an identity provider (docs/access.md)")  # fmt: skip
        terminal.say("Nobody can come in yet; make a key with `bangkom key create`.")
    database.engine.dispose()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _empty(folder: Path, counts: Path) -> None:
    """Make the folders of a run, and remove what an earlier run has left: its counts, and that it was to stop."""
    for place in (folder, counts):
        place.mkdir(parents=True, exist_ok=True)
    for left in (*counts.glob("*.db"), folder / STOPPING):
        left.unlink(missing_ok=True)


def _note_stop(stopping: Path) -> None:
    """Leave a note for the worker processes when the service is told to stop, besides what the server does then.

    The server waits for open answers before it tells the application anything; without the note, somebody who follows a
    job would hold it up until it is killed.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        before: Any = signal.getsignal(number)

        def on_signal(found: int, frame: FrameType | None, before: Any = before) -> None:
            stopping.touch()
            before(found, frame)

        signal.signal(number, on_signal)


def _run(host: str, port: int, workers: int, stopping: Path, most_memory: int) -> None:
    """Run worker processes until the service is told to stop; one that keeps too much memory is replaced by a new one.

    The new one is given time to read the office before the old one ends its open requests and goes.
    """
    from granian import Granian
    from granian.constants import Interfaces, Loops
    from granian.errors import FatalError

    server: Any = Granian(
        "service.app:create_app", factory=True, interface=Interfaces.ASGI, address=host, port=port, workers=workers,
        loop=Loops.asyncio, log_access=False, log_enabled=False, respawn_failed_workers=True,
        workers_kill_timeout=GRACE_SECONDS, websockets=False, workers_max_rss=most_memory or None,
        rss_samples=RSS_SAMPLES, respawn_interval=READY_SECONDS,
    )  # fmt: skip
    server.on_startup(lambda: _note_stop(stopping))
    try:
        server.serve()
    except FatalError:
        sys.exit(3)
