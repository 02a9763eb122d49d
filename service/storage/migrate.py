"""Alembic from inside: bring a database to this release, or say that it is of a newer one."""

from functools import cache
from importlib import resources

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from training_catalog.errors import InputError


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("service.storage") / "migrations"))
    return config


def current_revision(connection: sa.Connection) -> str | None:
    """Return the revision that a database is at; None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def at_newest(connection: sa.Connection) -> bool:
    """Return whether a database is at this release's revision."""
    return current_revision(connection) == _newest()


@cache
def _newest() -> str | None:
    """Return this release's revision; the steps that lead to it are read once in a process."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def upgrade(connection: sa.Connection) -> tuple[str | None, str | None]:
    """Upgrade to the newest revision, within the connection's transaction.

    Returns
    -------
    before, after : Revisions.

    Raises
    ------
    InputError
        When the database is at a revision that this release does not know.
    """
    config = _config()
    scripts = ScriptDirectory.from_config(config)
    before = current_revision(connection)
    known = {script.revision for script in scripts.walk_revisions()}
    if before is not None and before not in known:
        raise InputError(
            "the database is at revision {found}, which a newer release of bangkom made; upgrade bangkom", found=before
        )
    newest = scripts.get_current_head()
    if before != newest:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest
