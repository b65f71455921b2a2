import pickle

import pytest

from app.droids.base import DroidError, DroidMisconfigured, DroidMissing, DroidUnknown, DroidUnstartable, Report


@pytest.mark.parametrize(
    ("kind", "transient"),
    [
        (DroidError, False),
        (DroidUnknown, False),
        (DroidMisconfigured, False),
        (DroidMissing, False),
        (DroidUnstartable, True),
    ],
)
def test_an_error_survives_pickling_and_says_whether_trying_again_helps(kind: type[DroidError], transient: bool):
    again = pickle.loads(pickle.dumps(kind("It is gone.", "Get it back.")))
    assert type(again) is kind
    assert str(again) == "It is gone. Get it back."
    assert again.transient is transient


def test_the_wait_that_was_asked_for_survives_too():
    error = DroidUnstartable("It is busy.")
    error.retry_after = 7.0
    assert pickle.loads(pickle.dumps(error)).retry_after == 7.0


def test_a_report_survives_pickling_because_the_engine_records_it():
    report = Report("done", "failed", session="s", usage={"turns": 1}, reason="r")
    assert pickle.loads(pickle.dumps(report)) == report
