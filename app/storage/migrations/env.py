"""What alembic runs: every migration on the connection that app.storage.upgrade hands over."""

from alembic import context

from app.storage import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables.metadata,
    # SQLite cannot alter most things in place; alembic then copies the table.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
