"""The tables, as SQLAlchemy knows them; migrations/ creates them. Times are milliseconds since the epoch."""

import sqlalchemy as sa

metadata = sa.MetaData()

_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")  # SQLite numbers rows only in an INTEGER key

connections = sa.Table(
    "connections",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("deployment", sa.String(16), nullable=False),
    sa.Column("base_url", sa.Text, nullable=False),
    sa.Column("site", sa.Text, nullable=False),
    sa.Column("auth", sa.String(32), nullable=False),
    sa.Column("credentials", sa.Text, nullable=False),
    sa.Column("account", sa.JSON, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("declared", sa.Text, nullable=False, server_default=""),
    sa.Column("token_created_at", sa.BigInteger),
    sa.Column("token_expires_at", sa.BigInteger),
    sa.Column("scopes", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("trouble", sa.Text, nullable=False, server_default=""),
)

projects = sa.Table(
    "projects",
    metadata,
    sa.Column("connection_id", sa.ForeignKey("connections.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("authorized_at", sa.BigInteger, nullable=False),
    sa.Column("sweep", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("swept_at", sa.BigInteger),
    sa.Column("turned_on", sa.JSON, nullable=False, server_default="[]"),
)

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("id", _Number, primary_key=True, autoincrement=True),
    sa.Column("connection_id", sa.ForeignKey("connections.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("jira_id", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("previous_secret", sa.Text, nullable=False, server_default=""),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("previous_until", sa.BigInteger),
    sa.Column("url", sa.Text, nullable=False, server_default=""),
    sa.Column("events", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("jql", sa.Text, nullable=False, server_default=""),
    sa.Column("expires_at", sa.BigInteger),
)

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("seq", _Number, primary_key=True, autoincrement=True),
    sa.Column("connection_id", sa.String(64), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("headers", sa.Text, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("replay_of", sa.BigInteger),
    sa.Column("decision", sa.String(16)),
    sa.Column("reason", sa.Text),
    sa.Column("decided_at", sa.BigInteger),
    sa.UniqueConstraint("connection_id", "key", name="deliveries_once"),
    sqlite_autoincrement=True,
)
sa.Index(
    "deliveries_undecided",
    deliveries.c.seq,
    sqlite_where=deliveries.c.decision.is_(None),
    postgresql_where=deliveries.c.decision.is_(None),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String(255), primary_key=True),
    sa.Column("delivery", sa.BigInteger, nullable=False, index=True),
    sa.Column("connection_id", sa.String(64), nullable=False),
    sa.Column("issue", sa.Text, nullable=False),
    sa.Column("issue_key", sa.Text, nullable=False),
    sa.Column("project", sa.Text, nullable=False, server_default=""),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("fact", sa.Text),
    sa.Column("hop", sa.Integer, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("enqueued_at", sa.BigInteger),
    sa.Column("started_at", sa.BigInteger),
    sa.Column("ended_at", sa.BigInteger),
    sa.Column("reason", sa.Text, nullable=False, server_default=""),
    sa.Column("traceback", sa.Text, nullable=False, server_default=""),
    sa.Column("lane", sa.String(16), nullable=False, server_default="runs"),
    sa.Column("acknowledge", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("trigger", sa.Text, nullable=False, server_default=""),
    sa.Column("asker", sa.JSON),
    sa.Column("turn", sa.Integer, nullable=False, server_default="0"),
    sa.Column("turn_key", sa.String(255), nullable=False, server_default=""),
    sa.Column("droid", sa.Text, nullable=False, server_default=""),
    sa.Column("step", sa.Text, nullable=False, server_default=""),
    sa.Column("seen_at", sa.BigInteger),
    sa.Column("session", sa.Text),
    sa.Column("question", sa.Text, nullable=False, server_default=""),
    sa.Column("question_comment", sa.Text, nullable=False, server_default=""),
    sa.Column("reply", sa.JSON),
    sa.Column("remote_until", sa.BigInteger),
    sa.Column("usage", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("status_comment", sa.Text, nullable=False, server_default=""),
    sa.Column("status_told", sa.Text, nullable=False, server_default=""),
    sa.Column("status_at", sa.BigInteger),
    sa.Column("status_due", sa.BigInteger),
    # NULLs are distinct: a run without a fact of its own never collides.
    sa.UniqueConstraint("connection_id", "route", "fact", name="runs_once_per_fact"),
)
sa.Index("runs_of_issue", runs.c.connection_id, runs.c.issue, runs.c.created_at)
sa.Index(
    "runs_unqueued",
    runs.c.id,
    sqlite_where=runs.c.enqueued_at.is_(None),
    postgresql_where=runs.c.enqueued_at.is_(None),
)

sa.Index(
    "runs_status_due",
    runs.c.status_due,
    sqlite_where=runs.c.status_due.is_not(None),
    postgresql_where=runs.c.status_due.is_not(None),
)

sa.Index(
    "runs_elsewhere",
    runs.c.remote_until,
    sqlite_where=runs.c.remote_until.is_not(None),
    postgresql_where=runs.c.remote_until.is_not(None),
)
sa.Index("runs_by_state", runs.c.state, runs.c.seen_at)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("connection_id", sa.String(64), primary_key=True),
    sa.Column("issue", sa.String(255), primary_key=True),
    sa.Column("droid", sa.String(255), primary_key=True),
    sa.Column("session", sa.Text, nullable=False),
    sa.Column("told_until", sa.BigInteger, nullable=False),
)

callbacks = sa.Table(
    "callbacks",
    metadata,
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("run", sa.String(255), nullable=False, index=True),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("received_at", sa.BigInteger, nullable=False),
    sa.Column("report", sa.JSON, nullable=False),
    sa.Column("taken_at", sa.BigInteger),
)
sa.Index(
    "callbacks_untaken",
    callbacks.c.received_at,
    sqlite_where=callbacks.c.taken_at.is_(None),
    postgresql_where=callbacks.c.taken_at.is_(None),
)

actions = sa.Table(
    "actions",
    metadata,
    sa.Column("marker", sa.String(255), primary_key=True),
    sa.Column("run", sa.String(255), nullable=False, index=True),
    sa.Column("connection_id", sa.String(64), nullable=False),
    sa.Column("issue", sa.Text, nullable=False),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("began_at", sa.BigInteger, nullable=False),
    sa.Column("ended_at", sa.BigInteger),
)
sa.Index("actions_of_issue", actions.c.connection_id, actions.c.issue, actions.c.ended_at)
sa.Index("actions_by_result", actions.c.connection_id, actions.c.kind, actions.c.result)

states = sa.Table(
    "states",
    metadata,
    sa.Column("hash", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(32), nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)

pauses = sa.Table(
    "pauses",
    metadata,
    sa.Column("connection_id", sa.String(64), primary_key=True),
    sa.Column("scope", sa.String(255), primary_key=True),
    sa.Column("until", sa.BigInteger, nullable=False),
)

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("connection_id", sa.String(64), primary_key=True),
    sa.Column("topic", sa.String(255), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
)

workers = sa.Table(
    "workers",
    metadata,
    sa.Column("executor", sa.String(255), primary_key=True),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", _Number, primary_key=True, autoincrement=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)
