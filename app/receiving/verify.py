"""Proof that a delivery comes from the Jira that shares a secret with us. Whatever is missing or odd is refused."""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256

import jwt

from app.receiving.refusals import BadSignature

#: Clocks of Jira and of this machine may differ by this many seconds.
_LEEWAY = 60


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[tuple[str, str]]) -> None:
    """Check a delivery against the (kind, secret) pairs of its connection; any one that fits suffices.

    Admin and Data Center webhooks sign the raw body, dynamic ones carry a token: `headers` has lower-case names.
    Raises BadSignature.
    """
    token_keys = [secret for kind, secret in secrets if kind == "dynamic" and secret]
    body_keys = [secret for kind, secret in secrets if kind != "dynamic" and secret]
    if not body_keys and not token_keys:
        raise BadSignature(
            "No webhook secret is stored for this connection.", "Run `jira-reactor webhooks register` for it."
        )
    if "x-hub-signature" in headers and body_keys:
        verify_signature(headers["x-hub-signature"], body, body_keys)
    elif "authorization" in headers and token_keys:
        verify_token(headers["authorization"], token_keys)
    else:
        expected = " or ".join(["X-Hub-Signature"] * bool(body_keys) + ["Authorization"] * bool(token_keys))
        raise BadSignature(
            f"The delivery carries no {expected} header.", "Give the webhook in Jira the secret it was registered with."
        )


def verify_signature(header: str, body: bytes, secrets: Sequence[str]) -> None:
    """Check X-Hub-Signature over the raw body.

    Raises BadSignature. The form is `method=hex`, and sha256 the only method Jira uses:
    https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks
    """
    method, _, signature = header.strip().partition("=")
    if method != "sha256":
        raise BadSignature("X-Hub-Signature uses a method other than sha256.", "Only sha256 is accepted.")
    claimed = signature.encode()
    # Every secret is tried, so that the time does not tell which one fits.
    fits = [hmac.compare_digest(hmac.digest(s.encode(), body, sha256).hex().encode(), claimed) for s in secrets if s]
    if not any(fits):
        raise BadSignature(
            "X-Hub-Signature does not fit the body and the stored secret.",
            "Compare the webhook's secret in Jira's settings, or register the webhook anew.",
        )


def verify_token(header: str, secrets: Sequence[str]) -> None:
    """Check the token of a dynamic webhook: HS256 with the app's client secret, not expired.

    Raises BadSignature. The token does not cover the body; TLS alone protects that.
    """
    scheme, _, token = header.strip().partition(" ")
    if scheme.lower() not in ("bearer", "jwt"):
        raise BadSignature("The Authorization header carries no bearer token.")
    problems = []
    for secret in filter(None, secrets):
        try:
            jwt.decode(
                token.strip(),
                secret,
                algorithms=["HS256"],
                leeway=_LEEWAY,
                # Tokens seen on real deliveries carry no audience.
                options={"require": ["exp", "iat"], "verify_aud": False},
            )
            return
        except jwt.InvalidTokenError as error:
            problems.append(type(error).__name__)
    raise BadSignature(
        f"The delivery's token is refused ({', '.join(problems) or 'no secret'}).",
        "Compare the OAuth app's client secret, and this machine's clock.",
    )
