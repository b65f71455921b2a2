"""The handlers that ship, as a worker loads them."""

from app.routing import Router, load_file
from tests.docs.reading import ROOT

HANDLERS = ROOT / "handlers"


def shipped(*names: str) -> Router:
    """The routes of handler files, or of all that ship."""
    router = Router()
    files = [HANDLERS / f"{name}.py" for name in names] or sorted(HANDLERS.glob("*.py"))
    router.routes = [route for file in files for route in load_file(file)]
    return router
