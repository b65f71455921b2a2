"""Handlers run without consequences: what they read may be real, what they write is recorded."""

from app.reacting.rehearsing.recording import Record, RecordingJira, Unrehearsed, Write
from app.reacting.rehearsing.rehearsal import Played, Rehearsal
from app.reacting.rehearsing.told import ToldJira

__all__ = ["Played", "Record", "RecordingJira", "Rehearsal", "ToldJira", "Unrehearsed", "Write"]
