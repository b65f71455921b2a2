"""How a droid behaves in Jira, as the settings say."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Manners:
    """Times in seconds, and the words people use."""

    #: How long an answer may take without a status comment coming first.
    acknowledge_after: float = 3.0
    #: Least time between two edits of a status comment.
    progress: float = 15.0
    #: Without a sign of life for this long a run counts as stale.
    stale_after: float = 1800.0
    #: Further words for commands, in lower case, and the commands they stand for.
    words: Mapping[str, str] = field(default_factory=dict)

    @property
    def acknowledge_within(self) -> int:
        """The same as acknowledge_after, in milliseconds."""
        return int(self.acknowledge_after * 1000)
