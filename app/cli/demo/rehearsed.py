"""The droid of the demo's second act: a program that asks one question and then works until it is stopped.

It is driven as any agent program is: prompt on standard input, one JSON object a line on standard output. Usage:
rehearsed.py [SESSION]
"""

import json
import sys
import time

#: What it says it does, one after the other; together longer than anybody lets it work.
STEPS = ("Reading the exporter", "Writing a test that fails", "Running the tests", "Looking at what they say")
SECONDS_PER_STEP = 20.0


def main(session: str, prompt: str) -> None:
    """Ask, or go on with the answer."""
    say(session=session)
    if "You asked:" not in prompt:
        say(text="There are two export buttons.", question="Which one do you mean, CSV or PDF?")
        return
    for step in STEPS:
        say(step=step)
        time.sleep(SECONDS_PER_STEP)
    say(text="It is mended.")


def say(**told: str) -> None:
    """Print one line for whoever reads along."""
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main((*sys.argv[1:], "rehearsed-1")[0], sys.stdin.read())
