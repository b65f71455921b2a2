"""Who and what a site knows: people, apps, projects, and who may do what in which project."""

import itertools
import threading
from dataclasses import replace

from app.simulator.faces import Face
from app.simulator.issues import Project
from app.simulator.people import App, Person
from app.simulator.permissions import ADMINS_ONLY, KNOWN
from app.simulator.workflow import SIMPLIFIED, Workflow


class Directory:
    """People, apps, projects and permissions; `lock` guards all of a site's state."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.lock = threading.RLock()
        self.people: dict[str, Person] = {}
        self.apps: list[App] = []
        self.projects: dict[str, Project] = {}
        self._forbidden: set[tuple[str, str, str]] = set()
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

    def deactivate(self, person: Person) -> None:
        """Close an account: its token stops working and nothing can be assigned to it."""
        with self.lock:
            self.people[person.id] = replace(person, active=False)

    def add_app(self, name: str, *, by: Person) -> App:
        """Install an OAuth 2.0 app that one person consents to."""
        with self.lock:
            app = App(name, by)
            self.apps.append(app)
            return app

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

    def forbid(self, person: Person, *permissions: str, project: str) -> None:
        """Take permissions from a person, e.g. "ADD_COMMENTS", in one project."""
        with self.lock:
            self._forbidden |= {(person.id, project, _known(permission)) for permission in permissions}

    def allow(self, person: Person, *permissions: str, project: str) -> None:
        """Give forbidden permissions back."""
        with self.lock:
            self._forbidden -= {(person.id, project, _known(permission)) for permission in permissions}

    def may(self, person: Person, permission: str, project: str = "") -> bool:
        """Say whether a person holds a permission in a project."""
        if permission in ADMINS_ONLY and not person.admin:
            return False
        if permission != "BROWSE_PROJECTS" and (person.id, project, "BROWSE_PROJECTS") in self._forbidden:
            return False
        return (person.id, project, permission) not in self._forbidden


def _known(permission: str) -> str:
    return KNOWN[permission].key
