"""Who may trigger what, and where."""

from app.events.event import User
from app.routing import Router, unauthorized
from app.routing.policy import barred
from tests.routing.examples import DC_DROID, DROID, commented


def test_the_droid_is_known_by_its_login_name_too() -> None:
    event = commented("hi", actor=User("other-key", "Droid", username="Droid"))
    assert barred(event, DC_DROID) != ""
    assert barred(event, DROID) == ""


def test_where_the_droid_is_unknown_only_customers_are_barred() -> None:
    assert barred(commented("hi", actor=DROID), None) == ""
    assert "customer" in barred(commented("hi", actor=User("c", "Kim", kind="customer")), None)


def test_routes_on_projects_nobody_authorized_are_named_with_the_nearest_key() -> None:
    router = Router()

    @router.on("comment_created", mention=True, project=["OPS", "OSP"])
    def answer(ctx: object) -> None: ...

    assert unauthorized(router.routes, {"OPS", "WEB"}) == [
        "test_policy.answer waits for project OSP, which is not authorized. Did you mean OPS?"
    ]
    assert unauthorized(router.routes, []) == [
        f"test_policy.answer waits for project {key}, which is not authorized. No project is authorized yet."
        for key in ("OPS", "OSP")
    ]
