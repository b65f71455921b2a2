"""The permission audit: what the service account may do, lacks, and has without need."""

from app.connecting.permissions.auditing import Audit, ProjectAudit, Verdict, audit
from app.connecting.permissions.needs import Permission
from app.connecting.permissions.reporting import audit_all, report, summary

__all__ = ["Audit", "Permission", "ProjectAudit", "Verdict", "audit", "audit_all", "report", "summary"]
