"""Series of days for the tests of rule R3, and what to ask of their replay.

The plain case: 28 days at 4 make U = 4, s = 0.7, h = 4 and k = 1, so a day at 7 adds the largest step, 1.5,
and the third such day alerts.
"""

from plans.pain import replay


def run(level, days):
    return [(day, level) for day in days]


CALM = run(4, range(28))


def alerts(result):
    return [state.day for state in result.days if state.alert]


def at(result, day):
    return next(state for state in result.days if state.day == day)


def usual_on(series, day):
    """The usual level that a log on `day` is judged against."""
    return at(replay([*series, (day, 0)]), day).usual
