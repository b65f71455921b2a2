"""A modest JQL: the fields and operators that integrations and webhook filters use."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import pyparsing as pp

from app.simulator.issues import Issue
from app.simulator.jql_fields import DATES, SETS, TEXTS, moment, words
from app.simulator.people import Person
from app.simulator.refused import Refused

#: What a dynamic webhook may filter by: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-webhooks/.
DYNAMIC_FIELDS = frozenset({"issuekey", "key", "project", "issuetype", "status", "assignee", "reporter", "priority"})
DYNAMIC_OPERATORS = frozenset({"=", "!=", "in", "not in"})
COMPARISONS: dict[str, Callable[[datetime, datetime], bool]] = {
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
}


@dataclass(frozen=True)
class Clause:
    """A field, an operator in small letters, and the values it is compared with."""

    field: str
    operator: str
    values: tuple[str, ...]

    def holds(self, issue: Issue, person: Person | None) -> bool:
        """Say whether the issue satisfies it; `person` is who currentUser() means."""
        name = self.field.lower()
        if self.operator in COMPARISONS:
            return COMPARISONS[self.operator](DATES[name](issue), moment(self.values[0]))
        if self.operator == "~":
            return words(" ".join(self.values)) <= words(TEXTS[name](issue))
        mine = {person.id.lower(), person.username.lower()} if person else set()
        wanted = {value.lower() for value in self.values if value != "currentUser()"}
        wanted |= mine if "currentUser()" in self.values else set()
        has = SETS[name](issue)
        empty = not has and bool(wanted & {"empty", "null"})
        same = bool(has & wanted) or empty
        return not same if self.operator in ("!=", "not in", "is not") else same


@dataclass(frozen=True)
class Both:
    """Clauses that must hold together."""

    parts: tuple[Any, ...]

    def holds(self, issue: Issue, person: Person | None) -> bool:
        """Say whether every part holds."""
        return all(part.holds(issue, person) for part in self.parts)


@dataclass(frozen=True)
class Either:
    """Clauses of which one must hold."""

    parts: tuple[Any, ...]

    def holds(self, issue: Issue, person: Person | None) -> bool:
        """Say whether any part holds."""
        return any(part.holds(issue, person) for part in self.parts)


@dataclass(frozen=True)
class Query:
    """A query as it was read: the condition, its clauses flat, and the order."""

    condition: Any = None
    clauses: tuple[Clause, ...] = ()
    order: tuple[tuple[str, bool], ...] = field(default=())

    @property
    def bounded(self) -> bool:
        """Say whether it restricts anything at all."""
        return bool(self.clauses)

    def matches(self, issue: Issue, person: Person | None = None) -> bool:
        """Say whether an issue satisfies the query."""
        return self.condition is None or bool(self.condition.holds(issue, person))


@lru_cache(maxsize=256)
def parse(text: str) -> Query:
    """Read a query; raises Refused with Jira's words where it makes no sense."""
    if not text.strip():
        return Query()
    try:
        parsed = _grammar().parse_string(text, parse_all=True)
    except pp.ParseBaseException as wrong:
        raise Refused(f"Error in the JQL Query: nothing I understand at character {wrong.loc}.") from wrong
    named = parsed.as_dict()
    condition = named["condition"][0] if "condition" in named else None
    clauses = tuple(_flat(condition)) if condition else ()
    for clause in clauses:
        _check(clause)
    order = tuple((name.lower(), direction.lower() == "desc") for name, direction in named.get("order", ()))
    return Query(condition, clauses, order)


def search(text: str, issues: Iterable[Issue], person: Person | None = None) -> list[Issue]:
    """Give the matching issues in the order the query asks for, the newest first by default."""
    query = parse(text)
    found = sorted((issue for issue in issues if query.matches(issue, person)), key=lambda issue: -issue.id)
    for name, descending in reversed(query.order):
        found.sort(key=_sort_key(name), reverse=descending)
    return found


def unsupported(text: str) -> list[str]:
    """Say in Jira's words what of a query a dynamic webhook may not filter by."""
    query = parse(text)
    if not query.bounded:
        return ["The jqlFilter must not be empty"]
    if query.order:
        return ["The ORDER BY clause is unsupported"]
    wrong = [clause for clause in query.clauses if clause.field.lower() not in DYNAMIC_FIELDS]
    refused = [f"The clause {clause.field} is unsupported" for clause in wrong]
    odd = [clause.operator for clause in query.clauses if clause.operator not in DYNAMIC_OPERATORS]
    return refused + [f"The operator {operator} is unsupported" for operator in odd]


def _check(clause: Clause) -> None:
    name = clause.field.lower()
    known = DATES if clause.operator in COMPARISONS else TEXTS if clause.operator == "~" else SETS
    if name not in known:
        raise Refused(f"Field '{clause.field}' does not exist or you do not have permission to view it.")
    if clause.operator in COMPARISONS:
        moment(clause.values[0])


def _sort_key(name: str) -> Any:
    if name in DATES:
        return DATES[name]
    if name in ("key", "issuekey", "id", "rank"):
        return lambda issue: issue.id
    if name in SETS:
        return lambda issue: sorted(SETS[name](issue))
    raise Refused(f"Not able to sort using field '{name}'.")


def _flat(condition: Any) -> list[Clause]:
    if isinstance(condition, Clause):
        return [condition]
    return [clause for part in condition.parts for clause in _flat(part)]


@lru_cache(maxsize=1)
def _grammar() -> pp.ParserElement:
    keyword = pp.MatchFirst([pp.CaselessKeyword(word) for word in ("and", "or", "not", "order", "in", "is")])
    quoted = pp.QuotedString('"', esc_char="\\") | pp.QuotedString("'", esc_char="\\")
    word = ~keyword + pp.Regex(r"""[^\s()=!<>,~"']+""")
    value = pp.Regex(r"\w+\(\)") | quoted | word
    values = pp.Suppress("(") + pp.DelimitedList(value) + pp.Suppress(")")
    operator = pp.one_of("!= >= <= = > < ~") | _words("not in") | _words("is not") | _words("in") | _words("is")
    clause = (quoted | word) + operator + pp.Group(values | value)
    clause.set_parse_action(lambda found: Clause(found[0], found[1], tuple(found[2])))
    both = pp.CaselessKeyword("and"), 2, pp.OpAssoc.LEFT, lambda found: Both(tuple(found[0][::2]))
    either = pp.CaselessKeyword("or"), 2, pp.OpAssoc.LEFT, lambda found: Either(tuple(found[0][::2]))
    condition = pp.infix_notation(clause, [both, either])  # type: ignore[no-untyped-call]
    direction = pp.Optional(pp.CaselessKeyword("asc") | pp.CaselessKeyword("desc"), default="asc")
    order = pp.Suppress(_words("order by")) + pp.DelimitedList(pp.Group((quoted | word) + direction))
    return pp.Optional(pp.Group(condition)("condition")) + pp.Optional(pp.Group(order)("order"))


def _words(text: str) -> pp.ParserElement:
    """Match words in any case with any space between them."""
    return pp.Combine(pp.And([pp.CaselessKeyword(word) for word in text.split()]), join_string=" ", adjacent=False)
