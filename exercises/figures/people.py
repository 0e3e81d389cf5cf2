"""The people who do the exercises. Their bones are the same, so that every pose fits every person; what differs is
girth, skin, hair and age.
"""

import hashlib
from dataclasses import dataclass

Tones = tuple[str, str]  # light theme, dark theme


@dataclass(frozen=True)
class Person:
    """`limb` and `trunk` multiply girths, `belly` is cm in front; tones are for the near and the far (paler) side."""

    id: str
    skin: Tones
    skin_far: Tones
    ear: Tones
    hair: Tones
    hair_style: str
    limb: float = 1.0
    trunk: float = 1.0
    belly: float = 0.0


PEOPLE: dict[str, Person] = {
    person.id: person
    for person in (
        Person(
            "ada", ("#b5774f", "#d6a67f"), ("#d6b596", "#8d705d"), ("#9f643e", "#c08a64"), ("#46362e", "#8f6f5d"), "bun"
        ),
        Person(
            "bela",
            ("#b06a55", "#e0b09a"),
            ("#d9b3a4", "#94766a"),
            ("#98563f", "#c99379"),
            ("#6f7377", "#b9bdbf"),
            "short",
        ),
        Person(
            "chidi",
            ("#6f4a35", "#a9785a"),
            ("#b49a88", "#705548"),
            ("#5d3b29", "#946449"),
            ("#2a211d", "#88756b"),
            "cropped",
            1.04,
            1.05,
        ),
        Person(
            "dalia",
            ("#9c6544", "#c7946c"),
            ("#cbaa90", "#846855"),
            ("#875334", "#b17f58"),
            ("#5a2f22", "#a06a52"),
            "bob",
            1.15,
            1.17,
            4.0,
        ),
        Person(
            "emil",
            ("#b27357", "#d9ab8b"),
            ("#d8b8a2", "#8f7362"),
            ("#9f6247", "#c48f70"),
            ("#7d7f82", "#c6cacb"),
            "receding",
            1.08,
            1.12,
            3.0,
        ),
        Person(
            "femi",
            ("#85583c", "#b98862"),
            ("#c0a28c", "#7b604f"),
            ("#72472e", "#a37350"),
            ("#2f2622", "#84716a"),
            "curls",
        ),
    )
}


def person_for(figure_id: str, chosen: str = "") -> Person:
    """The chosen person, or one who always comes with this figure."""
    if chosen:
        return PEOPLE[chosen]
    number = int.from_bytes(hashlib.sha256(figure_id.encode()).digest()[:4], "big")
    return list(PEOPLE.values())[number % len(PEOPLE)]
