"""Every error we raise on purpose, under one root.

The tree; a room defines its own branch beside the code that raises it:

    ReactorError
    ├── SettingsError             app.settings      a setting is missing or wrong
    ├── MalformedEvent            app.events        a body lacks what its kind of event must have
    ├── RouteError                app.routing       a handler file cannot be loaded as it is written
    ├── StorageError              app.storage       the database or the vault cannot serve
    ├── EngineError               app.engine        durable execution cannot serve
    ├── JiraError                 app.jira.errors   Jira refused, or could not be reached
    ├── DroidError                app.droids        a droid could not be started
    ├── Refusal                   app.receiving     a request that must not become a delivery
    └── ConnectError              app.connecting    a connection cannot be made or used
"""


class ReactorError(Exception):
    """Carry what happened and how to mend it.

    `message` says what happened and which setting or Jira page it concerns, `cure` what to do about it.
    Neither ever holds a secret. Every subclass can be pickled, because the engine records failures.
    """

    def __init__(self, message: str, cure: str = "") -> None:
        super().__init__(message, cure)
        self.message = message
        self.cure = cure

    def __str__(self) -> str:
        return f"{self.message} {self.cure}".strip()
