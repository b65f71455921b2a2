"""Handler files: found in folders, imported, and asked for their routes."""

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable
from dataclasses import replace
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

from app.routing.errors import RouteError
from app.routing.router import Route, Router

_LEAVE_OUT = "Correct it, or let its name begin with _ to leave the file out."


def load(folders: Iterable[Path]) -> list[Route]:
    """Import the handler files of these folders, each folder's in the order of their names.

    Files whose name begins with _ are left out, as is whatever does not end in .py.
    Raises RouteError, naming file and line, for a file that cannot be imported and for a route id used twice.
    """
    routes: dict[str, Route] = {}
    for folder in dict.fromkeys(folder.resolve() for folder in folders):
        for path in _files(folder):
            for route in load_file(path):
                if other := routes.get(route.id):
                    places = " and ".join(place(each) for each in (other, route))
                    raise RouteError(f"The route {route.id} is defined twice: {places}.", "Rename one of the files.")
                routes[route.id] = route
    return list(routes.values())


def load_file(path: Path) -> list[Route]:
    """Import one handler file; the ids of its routes begin with the file's name.

    Raises RouteError, naming file and line.
    """
    path = path.resolve()
    module = _imported(path)
    router = getattr(module, "router", None)
    if not isinstance(router, Router):
        raise RouteError(f"{path}:1: There is no router in this file.", "Write `router = Router()` at its top.")
    return [replace(route, id=f"{path.stem}.{route.handler.__name__}") for route in router.routes]


def place(route: Route) -> str:
    """Write where a route stands the way editors open it: "file:line"."""
    return "{}:{}".format(*route.place)


class _AsItIs(SourceFileLoader):
    """Compiles a file each time: what Python keeps cannot tell two versions of one second and length apart."""

    def get_code(self, fullname: str) -> CodeType:
        """Compile the file as it is now, and keep nothing."""
        return self.source_to_code(self.get_data(self.path), self.path)


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RouteError(f"There is no handler folder {folder}.", "Create it, or correct JIRA_REACTOR_HANDLERS.")
    return sorted(path for path in folder.glob("*.py") if path.name[0] not in "_." and path.is_file())


def _imported(path: Path) -> ModuleType:
    """Import a file under a name of its own, so that neither a like-named file nor a library is in its way."""
    if path.suffix != ".py":
        raise RouteError(f"{path}:1: Python cannot import this file.", _LEAVE_OUT)
    name = f"handlers_{hashlib.sha256(bytes(path.parent)).hexdigest()[:12]}_{path.stem}"
    loader = _AsItIs(name, str(path))
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    assert spec is not None, "a file with a loader has a specification"
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise _broken(path, error) from error
    return module


def _broken(path: Path, error: BaseException) -> RouteError:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    line = lines[-1] if lines else getattr(error, "lineno", None)
    if isinstance(error, RouteError):
        return RouteError(f"{path}:{line}: {error.message}", error.cure)
    said = error.msg if isinstance(error, SyntaxError) else str(error)
    return RouteError(f"{path}:{line or 1}: {type(error).__name__}: {said}", _LEAVE_OUT)
