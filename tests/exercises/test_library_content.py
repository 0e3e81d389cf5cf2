"""What ships is worth prescribing: every exercise of the starter library holds to the list, field by field."""

import re
from collections import Counter
from dataclasses import asdict
from pathlib import Path

import pytest

from exercises.content import FAMILIES, GOALS, MEASURE_LIMITS, ExerciseContent, Library, load_library

FOLDER = Path(__file__).parents[2] / "exercises" / "library"
LIBRARY = load_library(FOLDER)
EXERCISES = {exercise.slug: exercise for exercise in LIBRARY.exercises}

# The exercises that have a figure, by the name of its pose.
FIGURES = {
    *("sit_to_stand", "bridge", "cat_cow", "heel_raise", "chin_tuck", "seated_rotation", "wall_slide"),
    *("clamshell", "bird_dog", "knee_to_chest", "band_row", "step_up", "seated_knee_extension", "hip_hinge"),
    *("tai_chi_shift", "diaphragm_breathing", "walking", "hip_flexor_stretch", "bike", "water_squat"),
    *("hip_abduction", "stick_flexion", "prone_on_elbows", "wall_push_up", "neck_side_bend", "pelvic_tilt"),
    *("knee_rolls", "pendulum"),
}

JARGON = re.compile(
    r"\b(supine|prone|flex(ion|or|ors)?|exten(sion|sor)|abduct\w*|adduct\w*|dorsi\w*|plantar|lumbar|thoracic"
    r"|cervical|scapula\w*|glute\w*|quad(s|riceps)?|hamstrings?|anterior|posterior|lateral|medial|unilateral"
    r"|bilateral|contraindicat\w*|proprioce\w*|isometric|eccentric|concentric|ROM|reps?)\b",
    re.IGNORECASE,
)
FRIGHT = re.compile(
    r"\b(harm\w*|damag\w*|injur\w*|danger\w*|destroy\w*|crumbl\w*|wear and tear|worn|tear(s|ing)?|torn"
    r"|unsafe|never lift|hurt(s|ing)? yourself|no pain,? no gain|push through (the )?pain|lazy|bad back)\b",
    re.IGNORECASE,
)
EVERY = pytest.mark.parametrize("exercise", LIBRARY.exercises, ids=lambda exercise: exercise.slug)


def guidance(exercise: ExerciseContent) -> list[str]:
    """What a patient reads while doing it."""
    lists = (exercise.steps, exercise.cues, exercise.common_mistakes, exercise.stop_if, (exercise.should_feel,))
    return [text for texts in lists for text in texts]


def all_text(exercise: ExerciseContent) -> list[str]:
    return guidance(exercise) + [caution.reason for caution in exercise.cautions]


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def syllables(word: str) -> int:
    """Groups of vowels, less a silent e or ed at the end: close enough for a reading score."""
    groups = len(re.findall(r"[aeiouy]+", word))
    silent = (word.endswith("e") and not word.endswith("le")) or re.search(r"[^td]ed$", word) is not None
    return max(1, groups - (1 if silent else 0))


def reading_grade(texts: list[str]) -> float:
    """Flesch-Kincaid grade: 6 is the reading age of about eleven."""
    sentences = sum(len(re.findall(r"[.!?]+", text)) for text in texts)
    found = [word for text in texts for word in words(text)]
    return 0.39 * len(found) / sentences + 11.8 * sum(map(syllables, found)) / len(found) - 15.59


def test_the_reading_grade_can_tell_plain_words_from_hard_ones() -> None:
    assert reading_grade(["Sit tall. Let your arms hang."]) < 2
    assert reading_grade(["Contraction of the abdominal musculature facilitates lumbar stabilisation."]) > 15


def test_the_figures_drawn_so_far_are_each_shown_by_exactly_one_exercise() -> None:
    shown = Counter(exercise.figure for exercise in LIBRARY.exercises if exercise.figure)
    assert {figure: shown[figure] for figure in FIGURES} == dict.fromkeys(FIGURES, 1)


def test_the_vocabularies_are_rich_enough_for_a_pain_clinic() -> None:
    assert len(LIBRARY.conditions) >= 45
    assert len(LIBRARY.body_regions) >= 20
    assert len(LIBRARY.equipment) >= 25
    needed = {
        *("chronic-low-back-pain", "neck-pain", "fibromyalgia", "hip-osteoarthritis", "knee-osteoarthritis"),
        *("osteoporosis", "rheumatoid-arthritis", "hypermobility", "crps", "recent-spinal-surgery", "pregnancy"),
        *("hypertension", "heart-failure", "copd", "vertigo", "peripheral-neuropathy", "obesity"),
        *("recent-leg-fracture", "recent-arm-fracture", "deep-vein-thrombosis", "hip-replacement-recent"),
    }
    assert needed <= {condition.slug for condition in LIBRARY.conditions}
    assert sum(condition.icd10 is not None for condition in LIBRARY.conditions) >= 40


def test_chains_name_each_other_and_end_at_both_sides() -> None:
    up = {(slug, harder) for slug, exercise in EXERCISES.items() for harder in exercise.harder}
    down = {(easier, slug) for slug, exercise in EXERCISES.items() for easier in exercise.easier}
    assert up == down
    assert len(up) >= 12
    left = set(EXERCISES)
    while left:  # Take away what has nothing harder left: a loop would leave a rest that never goes.
        tops = {slug for slug in left if not left & set(EXERCISES[slug].harder)}
        assert tops, f"these lead back to themselves: {sorted(left)}"
        left -= tops


def test_a_harder_exercise_asks_no_less_effort() -> None:
    for exercise in LIBRARY.exercises:
        for slug in exercise.harder:
            assert EXERCISES[slug].effort_max >= exercise.effort_max, (exercise.slug, slug)


def test_no_step_sentence_is_repeated_in_more_than_three_exercises() -> None:
    times = Counter(step.casefold() for exercise in LIBRARY.exercises for step in exercise.steps)
    assert [step for step, count in times.items() if count > 3] == []


def test_no_two_exercises_share_a_name() -> None:
    names = Counter(
        name.casefold() for exercise in LIBRARY.exercises for name in (exercise.name, *exercise.also_known_as)
    )
    assert [name for name, count in names.items() if count > 1] == []


@EVERY
def test_identity_and_setting(exercise: ExerciseContent) -> None:
    assert exercise.goal in GOALS
    assert exercise.body_regions
    assert exercise.also_known_as
    assert exercise.impact in {"none", "low", "moderate"}
    assert 0 <= exercise.effort_min <= exercise.effort_max <= 6


@EVERY
def test_the_starting_dose_is_low_and_within_sane_units(exercise: ExerciseContent) -> None:
    dose, spans = asdict(exercise.starting_dose), asdict(exercise.dose_range)
    for measure, (least, most) in MEASURE_LIMITS.items():
        if dose[measure] is None:
            assert spans[measure] is None
            continue
        low, high = spans[measure]
        assert least <= low <= dose[measure] <= high <= most
        assert dose[measure] <= (low + high) / 2, f"{measure} starts in the upper half"
    assert any(dose[measure] for measure in MEASURE_LIMITS if measure != "sets")


@EVERY
def test_steps_are_few_and_one_action_each(exercise: ExerciseContent) -> None:
    assert 3 <= len(exercise.steps) <= 7
    for step in exercise.steps:
        assert re.fullmatch(r"[A-Z][^.!?;]*\.", step), step
        assert len(words(step)) <= 20, step
        assert step.count(" then ") <= 1, step


@EVERY
def test_what_helps_and_when_to_stop_is_there_and_specific(exercise: ExerciseContent) -> None:
    assert len(exercise.cues) >= 2
    assert len(exercise.common_mistakes) >= 2
    for mistake in exercise.common_mistakes:
        assert ":" in mistake, f"say what to do instead: {mistake}"
    assert len(exercise.stop_if) >= 2
    shared = Counter(line for other in LIBRARY.exercises for line in other.stop_if)
    assert sum(shared[line] == 1 for line in exercise.stop_if) >= 1, "no stop-if line of its own"


@EVERY
def test_every_caution_gives_the_reason_and_an_alternative(exercise: ExerciseContent) -> None:
    assert exercise.cautions
    for caution in exercise.cautions:
        assert re.fullmatch(r"[A-Z][^.]+\.( [A-Z][^.]+\.)+", caution.reason), (
            f"the reason, then what to do: {caution.reason}"
        )


@EVERY
def test_wording_is_plain_kind_and_never_says_that_pain_is_harm(exercise: ExerciseContent) -> None:
    for text in all_text(exercise):
        assert not JARGON.search(text), text
        assert not FRIGHT.search(text), text
        assert len(max(re.split(r"[.!?]", text), key=lambda part: len(words(part))).split()) <= 26, text
        assert not re.search(r"\b(I|we|our|us|the patient)\b", text), f"speak to the reader: {text}"
    assert re.search(r"\byou(r)?\b", " ".join(guidance(exercise)), re.IGNORECASE)


@EVERY
def test_reading_age_is_about_eleven(exercise: ExerciseContent) -> None:
    assert reading_grade(guidance(exercise)) <= 6
    assert reading_grade(all_text(exercise)) <= 6


@EVERY
def test_nobody_is_named_as_reviewer_before_a_person_reviewed(exercise: ExerciseContent) -> None:
    assert exercise.reviewed_by == ""


@EVERY
def test_evidence_can_be_looked_up(exercise: ExerciseContent) -> None:
    for source in exercise.evidence:
        assert source.doi or source.pmid
        assert 1980 <= source.year <= 2026
        assert re.match(r"[A-Z][\w-]+ [A-Z]{1,3}\b", source.authors), source.authors


def test_one_reference_reads_the_same_everywhere() -> None:
    by_doi: dict[str, set[object]] = {}
    for exercise in LIBRARY.exercises:
        for source in exercise.evidence:
            by_doi.setdefault(source.doi or "", set()).add(source)
    assert [doi for doi, sources in by_doi.items() if len(sources) > 1] == []


@pytest.mark.parametrize(
    ("condition", "never"),
    [
        ("deep-vein-thrombosis", {"walking-on-level-ground", "stationary-bike", "heel-raise-with-support"}),
        ("unstable-angina", {"walking-on-level-ground", "stationary-bike", "step-up", "sit-to-stand"}),
        ("hip-replacement-recent", {"single-knee-to-chest", "knee-rolls"}),
        ("shoulder-instability", {"wall-slide"}),
        ("unstable-upper-neck", {"chin-tuck", "neck-side-bend"}),
        ("osteoporotic-vertebral-fracture", {"cat-cow"}),
        ("pregnancy", {"prone-on-elbows"}),
        ("open-wound-or-skin-infection", {"mini-squat-in-water"}),
    ],
)
def test_the_hard_stops_a_clinician_expects_are_there(condition: str, never: set[str]) -> None:
    stopped = {
        exercise.slug
        for exercise in LIBRARY.exercises
        for caution in exercise.cautions
        if caution.condition == condition and caution.kind == "contraindicated"
    }
    assert never <= stopped


def test_lying_on_the_back_always_speaks_to_pregnancy() -> None:
    for exercise in LIBRARY.exercises:
        if exercise.position == "lying-back":
            assert "pregnancy" in {caution.condition for caution in exercise.cautions}, exercise.slug


def test_the_library_is_plain_values_that_cannot_change() -> None:
    assert isinstance(LIBRARY, Library)
    with pytest.raises(AttributeError):
        LIBRARY.exercises[0].name = "Other"  # type: ignore[misc]
    assert hash(LIBRARY.exercises[0]) == hash(load_library(FOLDER).exercises[0])


def test_the_library_is_wide_enough():
    """At least 150 exercises, and at least eight in every family."""
    families = Counter(exercise.family for exercise in LIBRARY.exercises)
    assert len(LIBRARY.exercises) >= 150
    assert set(families) == set(FAMILIES)
    assert {family: number for family, number in families.items() if number < 8} == {}


def test_every_exercise_has_a_neighbour():
    assert [e.slug for e in LIBRARY.exercises if not e.easier and not e.harder] == []
