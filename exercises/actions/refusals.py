"""What an action of the library says when it cannot do what was asked. The text is for the person who asked."""


class Refused(Exception):
    """The action was not done and nothing was changed. `str(error)` says why and what to do."""


class DraftChanged(Refused):
    """Somebody else changed this draft in the meantime."""


class NotReady(Refused):
    """Something must be there first. `missing` are sentences, one for each thing."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing
