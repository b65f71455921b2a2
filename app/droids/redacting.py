"""Blank out secrets in what an agent program wrote, before anybody else reads it."""

import re
from collections.abc import Mapping

_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH", re.IGNORECASE)
#: Shorter values would blank out ordinary words.
_SHORTEST = 6

#: How well-known tokens look: Factory and model vendors, Atlassian, GitHub, GitLab, Slack, Standard Webhooks, AWS,
#: JWTs, HTTP credentials.
_TOKENS = re.compile(
    r"\b(?:fk|sk)-(?=[\w-]*\d)[\w-]{12,}"
    r"|\bAT[A-Z]TT[\w=-]{8,}"
    r"|\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-)[\w-]{10,}"
    r"|\bwhsec_[\w+/=]{16,}"
    r"|\bAKIA[A-Z0-9]{16}\b"
    r"|\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]+"
    r"|(?<=\bBearer )(?=[\w.~+/=-]*\d)[\w.~+/=-]{8,}"
    r"|(?<=\bAuthorization: Basic )[\w+/=-]+"
    r"|(?<=://)[^\s/:@]+:[^\s/@]+(?=@)",
    re.IGNORECASE,
)


def redact(text: str, variables: Mapping[str, str]) -> str:
    """Blank out the values of secret-like `variables`, and whatever looks like a token."""
    secrets = {value for name, value in variables.items() if _SECRET_NAME.search(name) and len(value) >= _SHORTEST}
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "[secret]")
    return _TOKENS.sub("[secret]", text)
