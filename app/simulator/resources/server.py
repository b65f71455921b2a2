"""What the site says of itself."""

from app.simulator.call import Answer, Call
from app.simulator.rendering import when


def info(call: Call) -> Answer:
    """Tell the version and the kind of deployment; anybody may ask."""
    cloud = call.site.face.name == "cloud"
    version = call.site.face.version
    return 200, {
        "baseUrl": call.site.base_url,
        "version": version,
        "versionNumbers": [int(part) for part in version.split(".")],
        "deploymentType": "Cloud" if cloud else "Server",
        "buildNumber": 100_000,
        "buildDate": "2026-01-01T00:00:00.000+0000",
        "serverTime": when(call.site.clock.told()),
        "scmInfo": "simulator",
        "serverTitle": "Jira",
    }


def tenant(call: Call) -> Answer:
    """Tell the cloudId; anybody may ask, and it is not part of the documented API."""
    return 200, {"cloudId": call.site.cloud_id}
