"""Jira's way of saying no."""

from collections.abc import Mapping

from app.errors import ReactorError


class Refused(ReactorError):
    """A request this Jira does not carry out; `errors` maps a field to what is wrong with it.

    `told` is the whole answer, for what answers in a shape of its own.
    """

    def __init__(
        self,
        message: str = "",
        cure: str = "",
        *,
        status: int = 400,
        errors: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        told: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, cure)
        self.status = status
        self.errors = dict(errors or {})
        self.headers = dict(headers or {})
        self.told = dict(told or {})

    def __reduce__(self) -> tuple[type["Refused"], tuple[str, str], dict[str, object]]:
        return type(self), (self.message, self.cure), vars(self)

    def body(self) -> dict[str, object]:
        """Give the answer, in the shape every Jira endpoint uses unless it has its own."""
        return self.told or {"errorMessages": [self.message] if self.message else [], "errors": self.errors}


def hidden(what: str) -> Refused:
    """Refuse as Jira does when something is missing or may not be seen: it never tells which."""
    return Refused(f"{what} does not exist or you do not have permission to see it.", status=404)
