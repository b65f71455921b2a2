"""What lives at auth.atlassian.com and api.atlassian.com, beside the sites: consent, tokens, and the gateway.

https://developer.atlassian.com/cloud/jira/platform/oauth-2-3lo-apps/
"""

from app.simulator.atlassian.platform import Atlassian

__all__ = ["Atlassian"]
