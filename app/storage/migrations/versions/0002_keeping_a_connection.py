"""What keeps a connection alive: ages of tokens, lives of webhooks, pauses, states and findings."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("connections") as table:
        table.add_column(sa.Column("declared", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("token_created_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("token_expires_at", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("scopes", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("trouble", sa.Text(), server_default="", nullable=False))
    with op.batch_alter_table("projects") as table:
        table.add_column(sa.Column("sweep", sa.Boolean(), server_default=sa.true(), nullable=False))
        table.add_column(sa.Column("swept_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("webhooks") as table:
        table.add_column(sa.Column("previous_until", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("url", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("events", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("jql", sa.Text(), server_default="", nullable=False))
        table.add_column(sa.Column("expires_at", sa.BigInteger(), nullable=True))
    op.add_column("runs", sa.Column("project", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "states",
        sa.Column("hash", sa.String(length=64), primary_key=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "pauses",
        sa.Column("connection_id", sa.String(length=64), primary_key=True),
        sa.Column("scope", sa.String(length=255), primary_key=True),
        sa.Column("until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "findings",
        sa.Column("connection_id", sa.String(length=64), primary_key=True),
        sa.Column("topic", sa.String(length=255), primary_key=True),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    for name in ("findings", "pauses", "states"):
        op.drop_table(name)
    op.drop_column("runs", "project")
    with op.batch_alter_table("webhooks") as table:
        for column in ("previous_until", "url", "events", "jql", "expires_at"):
            table.drop_column(column)
    with op.batch_alter_table("projects") as table:
        for column in ("sweep", "swept_at"):
            table.drop_column(column)
    with op.batch_alter_table("connections") as table:
        for column in ("declared", "token_created_at", "token_expires_at", "scopes", "trouble"):
            table.drop_column(column)
