"""Who and what a site knows: people, projects, and who may do what in which project."""

import itertools
import secrets
import threading
from dataclasses import replace

from app.simulator.faces import Face
from app.simulator.issues import Project
from app.simulator.people import SERVICE_DOMAIN, Person
from app.simulator.permissions import ADMINS_ONLY, KNOWN
from app.simulator.workflow import SIMPLIFIED, Workflow


class Directory:
    """People, projects and permissions; `lock` guards all of a site's state."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.lock = threading.RLock()
        self.people: dict[str, Person] = {}
        #: Who a browser belongs to on the consent page, unless it says otherwise.
        self.signed_in: Person | None = None
        self.projects: dict[str, Project] = {}
        self._forbidden: set[tuple[str, str, str]] = set()
        self._allowed: set[tuple[str, str, str]] = set()
        self._numbers = itertools.count(10_000)

    def number(self) -> int:
        """Give the next id; nothing on a site shares one."""
        return next(self._numbers)

    def add_user(self, name: str, *, email: str, kind: str = "atlassian", admin: bool = False) -> Person:
        """Make an account; its login name on Data Center is what stands before the @ of the address."""
        with self.lock:
            account_id = self.face.new_person_id(self.number())
            person = Person(account_id, name, email.partition("@")[0], email, kind=kind, admin=admin)
            self.people[person.id] = person
            return person

    def add_service_account(self, name: str) -> Person:
        """Make a service account of Cloud, with the address Atlassian gives it; its tokens are scoped ones."""
        local = f"{name.lower().replace(' ', '-')}-{secrets.token_hex(4)}"
        return self.add_user(name, email=f"{local}@{SERVICE_DOMAIN}")

    def admit(self, person: Person) -> None:
        """Let an account of another site in; it keeps its id and its tokens."""
        with self.lock:
            self.people[person.id] = person

    def deactivate(self, person: Person, *, locked: bool = True) -> None:
        """Close an account: nothing can be assigned to it, and unless `locked` is False its tokens stop working."""
        with self.lock:
            self.people[person.id] = replace(person, active=False, locked=locked)

    def add_project(
        self,
        key: str,
        name: str,
        *,
        workflow: Workflow = SIMPLIFIED,
        lead: Person | None = None,
        kind: str = "software",
    ) -> Project:
        """Make a project; `kind` is software, business or service_desk."""
        with self.lock:
            project = Project(self.number(), key, name, workflow, lead, kind)
            self.projects[key] = project
            return project

    def project(self, reference: str) -> Project | None:
        """Find a project by its key or id."""
        return next((p for p in self.projects.values() if reference in (p.key, str(p.id))), None)

    def person(self, reference: str) -> Person | None:
        """Find an account by its accountId, its user key or its login name."""
        by_name = (person for person in self.people.values() if reference == person.username)
        return self.people.get(reference) or next(by_name, None)

    def forbid(self, person: Person, *permissions: str, project: str = "") -> None:
        """Take permissions from a person, e.g. "ADD_COMMENTS", in one project; global ones without naming any."""
        with self.lock:
            taken = {(person.id, project, _known(permission)) for permission in permissions}
            self._forbidden |= taken
            self._allowed -= taken

    def allow(self, person: Person, *permissions: str, project: str = "") -> None:
        """Give permissions to a person, those that only administrators hold included."""
        with self.lock:
            given = {(person.id, project, _known(permission)) for permission in permissions}
            self._forbidden -= given
            self._allowed |= given

    def may(self, person: Person, permission: str, project: str = "") -> bool:
        """Say whether a person holds a permission, in a project or globally."""
        asked = person.id, project, permission
        if permission != "BROWSE_PROJECTS" and (person.id, project, "BROWSE_PROJECTS") in self._forbidden:
            return False
        if asked in self._forbidden or asked in self._allowed:
            return asked in self._allowed
        return person.admin or permission not in ADMINS_ONLY


def _known(permission: str) -> str:
    return KNOWN[permission].key
