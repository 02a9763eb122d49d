"""A private PostgreSQL server for tests: from an address, or from the server's own programs on this machine."""

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

SETTING = "BANGKOM_TEST_POSTGRES_URL"
NEVER_SAFE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"  # it lives for one run
MEMORY = Path("/dev/shm")  # noqa: S108 (mkdtemp makes a folder in it that nobody else may enter)
DISK = Path("/tmp")  # noqa: S108 (as above; and a socket's path must be short)
NEEDED_BYTES = 1 << 30
COPIES_FILES = 15  # release from which a database can be copied file by file, which is faster than row by row
WITHOUT_DRIVER = f"skipped: psycopg is missing; pip install '.[postgresql]', and set {SETTING} or install a server"
WITHOUT_SERVER = f"skipped: no server found; set {SETTING} or install PostgreSQL (Debian: apt-get install postgresql)"


def find_programs():
    """Return the folder of PostgreSQL's programs, on the path or where Debian keeps the newest, or None."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda f: float(f.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "pg_ctl").exists()), None)


def which_server():
    """Return where tests find PostgreSQL, in words."""
    if importlib.util.find_spec("psycopg") is None:
        return WITHOUT_DRIVER
    if SETTING in os.environ:
        return f"the server of {SETTING}"
    programs = find_programs()
    return WITHOUT_SERVER if programs is None else f"a private server of {programs}"


def _account():
    """Return the account that the server runs as; it refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def options_of(folder):
    """Return how a private server runs."""
    return f"-c listen_addresses= -c unix_socket_directories={folder} {NEVER_SAFE}"


def pg_ctl(programs, url, action, *more):
    """Stop or start a private server."""
    folder = sa.make_url(url).query["host"]
    options = ("-l", f"{folder}/log", "-o", options_of(folder)) if action == "start" else ()
    subprocess.run([programs / "pg_ctl", action, "-w", "-D", f"{folder}/data", *options, *more], check=True,
                   user=_account(), cwd=folder, stdout=subprocess.DEVNULL)  # fmt: skip


def _folder_of_server():
    """Make a folder in memory, where it is large enough, for every test makes a database; else on disk."""
    is_large = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > NEEDED_BYTES
    return Path(tempfile.mkdtemp(prefix="bangkom-pg-", dir=MEMORY if is_large else DISK))


@contextmanager
def private_server(programs):
    """Start a server in a temporary folder, reachable only through a socket there, and yield its address."""
    account = _account()
    folder = _folder_of_server()
    if account is not None:
        shutil.chown(folder, account)
    data, options = folder / "data", options_of(folder)

    def run(*command):
        subprocess.run(command, check=True, user=account, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        run(programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(programs / "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run(programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)
    finally:
        shutil.rmtree(folder)


@contextmanager
def server():
    """Yield the address of the server that `which_server` names."""
    if SETTING in os.environ:
        yield os.environ[SETTING]
        return
    with private_server(find_programs()) as url:
        yield url


@contextmanager
def new_database(server_url, template="template1"):
    """Make a database on a server, yield its address, and drop it with whatever still holds it."""
    name = f"bangkom_test_{uuid.uuid4().hex}"
    maintenance = sa.create_engine(server_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with maintenance.connect() as connection:
        how = "STRATEGY file_copy" if connection.dialect.server_version_info[0] >= COPIES_FILES else ""
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {how}')
    try:
        yield sa.make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        with maintenance.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
