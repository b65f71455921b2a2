"""GET /authorize: the page on which a person lets an app act for them."""

from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as Redirect

from app.simulator.atlassian.platform import Atlassian
from app.simulator.people import App, Person
from app.simulator.site import Site

COOKIE = "signed_in"
consent = Blueprint("consent", __name__, template_folder="../templates")


@consent.get("/authorize")
def ask() -> Response:
    """Show who is signed in, what the app wants, and the sites it may have; `as` signs somebody else in."""
    platform, site = _platform(), _site()
    app, person = _app(platform), _signed_in(site)
    sites = [platform.sites[cloud_id][0] for cloud_id in platform.open_to(person)] if person else []
    scopes = request.args.get("scope", "").split()
    page = make_response(
        render_template("consent.html", app=app, person=person, people=site.people.values(), sites=sites, scopes=scopes)
    )
    if person:
        page.set_cookie(COOKIE, person.id, httponly=True, samesite="Lax")
    return page


@consent.post("/authorize")
def answer() -> Redirect:
    """Take the person's answer and send the browser back to the app with it."""
    platform = _platform()
    app, person = _app(platform), _signed_in(_site())
    chosen = set(request.form.getlist("site")) & set(platform.open_to(person)) if person else set()
    told = {"state": request.args.get("state", "")}
    if person is None or not chosen or request.form.get("decision") != "approve":
        description = "User did not authorize the request"
        return _back(app, {**told, "error": "access_denied", "error_description": description})
    scopes = request.args["scope"].split()
    grant = platform.consent(app, person, scopes, chosen)
    code = platform.issuer.code(grant, app.redirect_uri, refreshable="offline_access" in scopes)
    return _back(app, {**told, "code": code})


def _app(platform: Atlassian) -> App:
    """Find who asks; for a wrong address or unregistered scopes the browser is not sent anywhere."""
    asked = request.args
    app = platform.apps.get(asked.get("client_id", ""))
    if app is None or app.service:
        abort(400, "There is no app with this client_id.")
    if not app.redirect_uri or asked.get("redirect_uri") != app.redirect_uri:
        abort(400, "The redirect_uri is not the one registered for this app.")
    if asked.get("response_type") != "code" or asked.get("audience", "api.atlassian.com") != "api.atlassian.com":
        abort(400, "The response_type must be code and the audience api.atlassian.com.")
    if unknown := set(asked.get("scope", "").split()) - app.scopes:
        abort(400, f"The app is not registered for {' '.join(sorted(unknown))}.")
    return app


def _signed_in(site: Site) -> Person | None:
    """Find who the browser belongs to: named in the address, by its cookie, or the site's own default."""
    wanted = request.args.get("as") or request.cookies.get(COOKIE)
    for person in site.people.values():
        if wanted and wanted in (person.id, person.name, person.email):
            return person
    return site.signed_in


def _back(app: App, told: dict[str, str]) -> Redirect:
    return redirect(f"{app.redirect_uri}{'&' if '?' in app.redirect_uri else '?'}{urlencode(told)}")


def _platform() -> Atlassian:
    platform: Atlassian = current_app.extensions["atlassian"]
    return platform


def _site() -> Site:
    site: Site = current_app.extensions["site"]
    return site
