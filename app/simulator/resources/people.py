"""Who is asking, and who else there is."""

from app.simulator.call import Answer, Call
from app.simulator.refused import Refused


def myself(call: Call) -> Answer:
    """Give the account the request was made with."""
    return 200, call.show.person(call.person)


def read(call: Call) -> Answer:
    """Give an account: by accountId on Cloud, by user name or key on Data Center."""
    names = ("accountId",) if call.site.face.name == "cloud" else ("username", "key")
    reference = next((call.query[name] for name in names if name in call.query), None)
    if reference is None:
        raise Refused(f"One of {', '.join(names)} must be given.", status=400)
    return 200, call.show.person(call.found_person(reference))


def search(call: Call) -> Answer:
    """Find accounts whose name, login name or address begins with or holds the query."""
    query = call.query.get("query" if call.site.face.name == "cloud" else "username", "").lower()
    if account_id := call.query.get("accountId"):
        found = [person for person in call.site.people.values() if person.id == account_id]
    else:
        found = [p for p in call.site.people.values() if query in f"{p.name} {p.username} {p.email}".lower()]
    page, _ = call.page([person for person in found if person.active], size=50)
    return 200, [call.show.person(person) for person in page]
