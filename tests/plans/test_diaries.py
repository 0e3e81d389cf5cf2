"""Reading diaries: every shape, every quirk of the real files, and a reason for every row that is refused."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from plans.diaries import DiaryError, parse_diary, read_diary

REAL = Path(__file__).parents[1] / "data" / "myaiguide"


def parse(*lines, measure=None, encoding="utf-8"):
    return parse_diary("\n".join(lines).encode(encoding), "Ann", measure)


def values(diary):
    return [(row.subject, row.day, row.value) for row in diary.rows]


def refusals(diary):
    return [(remark.line, remark.reason) for remark in diary.refused]


# --- one row a score


def test_subject_date_pain():
    diary = parse("subject,date,pain", "Bo,2025-03-09,4", "Al,2024-02-29,0", "Bo,2025-03-09,5.5")
    assert values(diary) == [
        ("Bo", date(2025, 3, 9), Decimal(4)),
        ("Al", date(2024, 2, 29), Decimal(0)),
        ("Bo", date(2025, 3, 9), Decimal("5.5")),
    ]
    assert [row.line for row in diary.rows] == [2, 3, 4]
    assert (diary.refused, diary.noted, diary.measures) == ((), (), ())


def test_dataset_subject_day_value_and_further_columns():
    diary = parse("dataset,subject,day,value,n_logs", "x,P1:Knees,-3,4.25,2", "x,P1:Knees,825,10,1", "x,P1:Knees,0,1")
    assert values(diary) == [("P1:Knees", -3, Decimal("4.25")), ("P1:Knees", 825, 10), ("P1:Knees", 0, 1)]


def test_columns_in_any_order_and_case_and_without_a_subject():
    assert values(parse("Pain , note,DATE", "3, slept badly ,2025-01-02")) == [("Ann", date(2025, 1, 2), 3)]


def test_two_people_of_the_same_name_in_two_datasets_stay_two():
    diary = parse("dataset,subject,day,value", "a,P1,1,2", "b,P1,1,8", "b,P2,1,5")
    assert [row.subject for row in diary.rows] == ["a:P1", "b:P1", "P2"]


@pytest.mark.parametrize(
    ("header", "row"),
    [("subject;date;pain", "Bo;2025-03-09;4,5"), ("subject\tdate\tpain", "Bo\t2025-03-09\t4.5")]
    + [('"subject","date","pain"', '"Bo","2025-03-09","4.5"'), ("subject|date|pain", "Bo|2025-03-09| 4.5 ")],
)
def test_other_delimiters_quotes_and_decimal_commas(header, row):
    assert values(parse(header, row)) == [("Bo", date(2025, 3, 9), Decimal("4.5"))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_encodings_and_line_endings(encoding, ending):
    data = ending.join(["subject,date,pain", "Zoë,2025-03-09,4", "", "Zoë,2025-03-10,5", ""]).encode(encoding)
    diary = parse_diary(data, "x")
    assert [(row.line, row.subject, row.value) for row in diary.rows] == [(2, "Zoë", 4), (4, "Zoë", 5)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Bo,2025-01-01,11", "pain 11 is off the scale"),
        ("Bo,2025-01-01,-0.5", "pain -0.5 is off the scale"),
        ("Bo,2025-01-01,nan", "pain 'nan' is not a number"),
        ("Bo,2025-01-01,inf", "'inf' is not a number"),
        ("Bo,2025-01-01,1e3", "off the scale"),
        ("Bo,2025-01-01,bad", "pain 'bad' is not a number"),
        ("Bo,2025-01-01,1_0", "not a number"),
        ("Bo,2025-01-01,٣", "not a number"),
        ("Bo,2025-02-29,4", "there is no day 2025-02-29"),
        ("Bo,20250101,4", "neither a date like 2025-03-09 nor"),
        ("Bo,2025010,4", "neither a date like"),
        ("Bo,01.02.2025,4", "neither a date like"),
        ("Bo,2025-01-01T10:00,4", "neither a date like"),
        ("Bo,1.5,4", "nor a whole day number"),
        ("Bo,,4", "date '' is neither"),
        (",2025-01-01,4", "no subject"),
        ("Bo,2025-01-01", "ends before its pain"),
        ("Bo,2025-01-01,4,5", "4 cells where the header has 3"),
        ('Bo,2025-01-01,"4', "not a CSV row"),
        ("Bo,17,4", "dates and day numbers are mixed for subject Bo"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason_and_the_rest_is_read(row, reason):
    diary = parse("subject,date,pain", "Bo,2025-03-09,4", row, "Bo,2025-03-10,5")
    assert [row.line for row in diary.rows] == [2, 4]
    ((line, told),) = refusals(diary)
    assert line == 3
    assert reason in told


def test_a_blank_score_is_not_answered_and_never_zero():
    diary = parse("subject,date,pain", "Bo,2025-03-09,", "Bo,2025-03-10,0")
    assert [row.value for row in diary.rows] == [None, 0]
    assert diary.refused == ()
    assert [(remark.line, remark.reason) for remark in diary.noted] == [(2, "no score: not answered, which is not 0")]


def test_rows_of_delimiters_and_trailing_ones_are_no_rows_and_no_cells():
    assert values(parse("subject,date,pain", ",,", "Bo,2025-03-09,4,,", " ")) == [("Bo", date(2025, 3, 9), 4)]


# --- files that cannot be used


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "is empty"),
        (b" \n\r\n", "is empty"),
        (b"subject,date,pain\n", "has a header but no rows"),
        (b"who,when,what\nBo,2025-01-01,4\n", "no known columns; give it the header subject,date,pain"),
        (b"subject,date\nBo,2025-01-01\n", "no known columns"),
        (b"a note\nanother\nsubject,date,pain\nBo,2025-01-01,4\n", "no known columns"),
        (b"subject,date,day,pain\n", "two of one kind"),
        (b"subject,date,pain,value\n", "two of one kind"),
        (b"subject,date,pain,pain\n", "the column pain twice"),
        (b"subject,date,pain\nBo,2025-01-01,4\nZo\xeb,2025-01-01,4\n", r"not UTF-8 text \(line 3\)"),
        (b"PK\x03\x04\x00\x00", "not a text file"),
        (b"\xff\xfes\x00", "no known columns"),
        (b"\xff\xfes", "not UTF-8 text"),
    ],
)
def test_a_file_that_cannot_be_used_says_why_in_one_sentence(data, sentence):
    with pytest.raises(DiaryError, match=sentence) as raised:
        parse_diary(data, "ann.csv")
    assert "\n" not in str(raised.value)


def test_a_missing_file_and_a_folder(tmp_path):
    with pytest.raises(DiaryError, match="cannot be read: No such file"):
        read_diary(tmp_path / "none.csv")
    with pytest.raises(DiaryError, match="cannot be read: Is a directory"):
        read_diary(tmp_path)


def test_the_subject_of_a_file_without_one_is_its_name(tmp_path):
    path = tmp_path / "Bo B.csv"
    path.write_text("date,pain\n2025-01-01,4\n")
    assert [row.subject for row in read_diary(path).rows] == ["Bo B"]


# --- several measures, and the day in start columns

STARTED = "name,startday,startmonth,startyear,intensity,date"


def test_the_start_columns_say_which_day_is_meant():
    diary = parse(STARTED, "Knee Pain,31,12,2019,8,2020-01-01 02:07:55", "happiness,31,12,2019,2,2020-01-01 02:08:09")
    assert [(row.measure, row.day, row.value) for row in diary.rows] == [
        ("Knee Pain", date(2019, 12, 31), 8),
        ("happiness", date(2019, 12, 31), 2),
    ]
    assert diary.measures == ("Knee Pain", "happiness")


def test_a_measure_is_chosen_whatever_its_case_and_all_are_named():
    lines = ["name,startday,startmonth,startyear,intensity", "Foot pain,1,2,2020,3", "mood,1,2,2020,9"]
    diary = parse(*lines, "Foot  Pain,2,2,2020,4", measure="FOOT PAIN")
    assert [(row.measure, row.value) for row in diary.rows] == [("Foot pain", 3), ("Foot pain", 4)]
    assert diary.measures == ("Foot pain", "mood")
    with pytest.raises(DiaryError, match="no measure 'Arm'; it has Foot pain, mood"):
        parse(*lines, measure="Arm")
    with pytest.raises(DiaryError, match="does not name measures"):
        parse("subject,date,pain", "Bo,2025-03-09,4", measure="pain")


def test_bad_rows_of_another_measure_are_not_told_when_one_is_chosen():
    lines = [STARTED, "Knee,1,2,2020,3,", "mood,31,2,2020,9,", "mood,3,2,2020,99,", "Knee,2,2,2020,x,", ",2,2,2020,4,"]
    assert [line for line, _ in refusals(parse(*lines))] == [3, 4, 5, 6]
    assert [line for line, _ in refusals(parse(*lines, measure="knee"))] == [5, 6]


@pytest.mark.parametrize(
    ("entered", "day"),
    [("2019-11-25 05:46:34", date(2019, 11, 24)), ("2019-11-25 06:45:15", date(2019, 11, 24))]
    + [("2019-11-25 06:45:16", None), ("", None), ("soon", None)],
)
def test_empty_start_columns_mean_the_row_entered_just_before(entered, day):
    diary = parse(STARTED, "Knee,24,11,2019,6,2019-11-25 05:45:15", f"Head,0,,0,2,{entered}")
    assert [row.day for row in diary.rows[1:]] == ([day] if day else [])
    assert len(diary.refused) == (0 if day else 1)


def test_empty_start_columns_without_a_usable_row_above_are_refused():
    head = "Head,0,,0,2,2019-11-25 05:46:34"
    assert len(parse(STARTED, head).refused) == 1
    assert len(parse(STARTED, "Knee,31,11,2019,6,2019-11-25 05:45:15", head).refused) == 2
    fine = "Knee,24,11,2019,6,2019-11-25 05:44:00"
    for wrong in ("31,11,2019", "25,11,19", "25,13,2019"):
        bad = f"Knee,{wrong},6,2019-11-25 05:45:15"
        assert [line for line, _ in refusals(parse(STARTED, fine, bad, head))] == [3, 4]
    broken = 'Knee,25,11,2019,"6,2019-11-25 05:46:30'
    assert [line for line, _ in refusals(parse(STARTED, "Knee,1,11,2019,6,2019-11-25 05:46:00", broken, head))] == [
        3,
        4,
    ]


# --- year, month and day left blank when unchanged

CARRIED = [
    "No value = similar as previous day for:,,,region,side  and ,intensity",
    "year,month,day,region,side,intensity",
]


def test_blank_year_month_and_day_repeat_those_above():
    diary = parse(
        *CARRIED, "2015,12,31,Knees,,5.7", ",,,Hip,Right Only,4", "2016,1,1,Knees,,5", ",,2,Knees,,6", ",2,2,Hip,,1"
    )
    assert [(row.line, row.measure, row.day) for row in diary.rows] == [
        (3, "Knees", date(2015, 12, 31)),
        (4, "Hip", date(2015, 12, 31)),
        (5, "Knees", date(2016, 1, 1)),
        (6, "Knees", date(2016, 1, 2)),
        (7, "Hip", date(2016, 2, 2)),
    ]


def test_the_rows_of_other_measures_carry_the_day_on():
    lines = [*CARRIED, "2016,1,1,Knees,,5", ",,2,Hip,,6", ",,,Knees,,7"]
    assert values(parse(*lines, measure="Knees")) == [("Ann", date(2016, 1, 1), 5), ("Ann", date(2016, 1, 2), 7)]


def test_a_day_below_a_later_one_is_read_as_written_and_noted():
    diary = parse(*CARRIED, "2023,10,6,Eyes,,3.0", ",,5,Eyes,,2.9", ",,,Knees,,3", ",,8,Eyes,,3.0")
    assert [row.day.day for row in diary.rows] == [6, 5, 5, 8]
    assert [(remark.line, remark.reason) for remark in diary.noted] == [
        (4, "day 5 stands below day 6; read as it is written")
    ]


def test_remarks_beside_the_columns_are_let_be():
    assert values(parse(*CARRIED, "2015,12,31,Knees,,5.7,could be 3.0")) == [
        ("Ann", date(2015, 12, 31), Decimal("5.7"))
    ]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (",,31,Knees,,4", "there is no day 2016-2-31"),
        (",3,,Knees,,4", "a new month its day"),
        ("2017,,1,Knees,,4", "a new year needs its month"),
        (',,2,"Knees,,4', "not a CSV row"),
    ],
)
def test_no_day_is_carried_over_from_a_row_that_has_none(bad, reason):
    diary = parse(*CARRIED, "2016,2,1,Knees,,5", bad, ",,,Hip,,6", ",,3,Hip,,6", "2016,2,4,Hip,,7", ",,,Knees,,7")
    assert [row.line for row in diary.rows] == [3, 7, 8]
    told = refusals(diary)
    assert [line for line, _ in told] == [4, 5, 6]
    assert reason in told[0][1]
    assert "no row above says which year, month and day" in told[1][1]


def test_a_row_without_a_region_or_score_still_carries_its_day():
    diary = parse(*CARRIED, "2016,2,1,Knees,,5", ",,2,,,4", ",,,Hip,,6", ",,3,Hip,,x", ",,,Knees,,6", ",,4,Hip")
    assert [(row.line, row.day.day) for row in diary.rows] == [(3, 1), (5, 2), (7, 3)]
    assert [line for line, _ in refusals(diary)] == [4, 6, 8]


def test_there_must_be_a_day_to_repeat():
    assert [line for line, _ in refusals(parse(*CARRIED, ",,,Knees,,5", "2016,1,1,Knees,,5"))] == [3]


# --- real files


@pytest.mark.parametrize(
    ("name", "rows", "measures"),
    [("Participant8PainNew", 599, 8), ("Participant3KneePain", 95, 3), ("pain", 448, 9), ("daily", 574, 0)],
)
def test_every_row_of_the_real_files_is_read(name, rows, measures):
    diary = read_diary(REAL / f"{name}.csv")
    assert (len(diary.rows), len(diary.refused), len(diary.measures)) == (rows, 0, measures)
    assert len({row.subject for row in diary.rows}) == (3 if name == "daily" else 1)


def test_the_raw_diary_and_its_daily_means_agree():
    raw = read_diary(REAL / "Participant8PainNew.csv", "Knee Pain").rows
    daily = {row.day: row.value for row in read_diary(REAL / "daily.csv").rows if row.subject == "P8:Knee Pain"}
    by_day = {}
    for row in raw:
        by_day.setdefault((row.day - raw[0].day).days, []).append(row.value)
    assert len(by_day) > 100
    for day, scores in by_day.items():
        if day < max(by_day):  # the excerpt may end within a day
            assert daily[day] == pytest.approx(sum(scores) / len(scores), abs=Decimal("0.005"))
