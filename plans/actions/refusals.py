"""What an action says when it cannot do what was asked: the same words as in the library."""

from exercises.actions.refusals import DraftChanged, NotReady, Refused

__all__ = ["DraftChanged", "NotReady", "Refused"]
