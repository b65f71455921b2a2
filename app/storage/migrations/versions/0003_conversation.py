"""What a droid needs to behave: lanes, turns, questions, status comments, sessions, callbacks, opt-in routes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OF_RUNS: tuple[sa.Column[Any], ...] = (
    sa.Column("lane", sa.String(length=16), server_default="runs", nullable=False),
    sa.Column("acknowledge", sa.Boolean(), server_default=sa.false(), nullable=False),
    sa.Column("trigger", sa.Text(), server_default="", nullable=False),
    sa.Column("asker", sa.JSON(), nullable=True),
    sa.Column("turn", sa.Integer(), server_default="0", nullable=False),
    sa.Column("turn_key", sa.String(length=255), server_default="", nullable=False),
    sa.Column("droid", sa.Text(), server_default="", nullable=False),
    sa.Column("step", sa.Text(), server_default="", nullable=False),
    sa.Column("seen_at", sa.BigInteger(), nullable=True),
    sa.Column("session", sa.Text(), nullable=True),
    sa.Column("question", sa.Text(), server_default="", nullable=False),
    sa.Column("question_comment", sa.Text(), server_default="", nullable=False),
    sa.Column("reply", sa.JSON(), nullable=True),
    sa.Column("remote_until", sa.BigInteger(), nullable=True),
    sa.Column("usage", sa.JSON(), server_default="{}", nullable=False),
    sa.Column("status_comment", sa.Text(), server_default="", nullable=False),
    sa.Column("status_told", sa.Text(), server_default="", nullable=False),
    sa.Column("status_at", sa.BigInteger(), nullable=True),
    sa.Column("status_due", sa.BigInteger(), nullable=True),
)


def upgrade() -> None:
    for column in _OF_RUNS:
        op.add_column("runs", column._copy())
    # What is in flight goes on: the first turn of a run has the run's own name.
    op.execute("UPDATE runs SET turn_key = id")
    due = sa.text("status_due IS NOT NULL")
    op.create_index("runs_status_due", "runs", ["status_due"], sqlite_where=due, postgresql_where=due)
    elsewhere = sa.text("remote_until IS NOT NULL")
    op.create_index("runs_elsewhere", "runs", ["remote_until"], sqlite_where=elsewhere, postgresql_where=elsewhere)
    op.create_index("runs_by_state", "runs", ["state", "seen_at"])
    op.add_column("projects", sa.Column("turned_on", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "sessions",
        sa.Column("connection_id", sa.String(length=64), primary_key=True),
        sa.Column("issue", sa.String(length=255), primary_key=True),
        sa.Column("droid", sa.String(length=255), primary_key=True),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("told_until", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "callbacks",
        sa.Column("key", sa.String(length=255), primary_key=True),
        sa.Column("run", sa.String(length=255), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
    )
    op.create_index("ix_callbacks_run", "callbacks", ["run"])
    untaken = sa.text("taken_at IS NULL")
    op.create_index("callbacks_untaken", "callbacks", ["received_at"], sqlite_where=untaken, postgresql_where=untaken)


def downgrade() -> None:
    for name in ("callbacks", "sessions"):
        op.drop_table(name)
    op.drop_column("projects", "turned_on")
    for name in ("runs_by_state", "runs_elsewhere", "runs_status_due"):
        op.drop_index(name, "runs")
    for column in _OF_RUNS:
        op.drop_column("runs", column.name)
