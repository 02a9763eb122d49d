"""Alembic's entry: run the steps on the connection that the caller opened."""

from alembic import context

from service.storage.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
