"""Flags as lists read them: what is not told at once is told the same when somebody asks."""

from uuid import uuid4

import pytest
from django.db.models import Q

from plans import wording_flags
from plans.models import Flag, flag_read
from tests.plans.inbox_rows import flag_of


@pytest.mark.parametrize("told", [True, False])
def test_a_flag_says_the_same_whether_its_evidence_came_with_it_or_not(anna, django_assert_num_queries, told):
    evidence = {
        "value": 9,
        "usual": 4.5,
        "basis": "usual",
        "over": True,
        "signs": [{"on": "2026-11-19"}],
        "reports": [],
    }
    flag = flag_of(anna, "important", evidence=evidence)
    [row] = flag_read.columns(Flag.objects.filter(pk=flag.pk), Q(pk__in=[flag.pk if told else uuid4()]))
    read = flag_read.read(row)
    with django_assert_num_queries(0 if told else 1):
        assert wording_flags.sentence(read) == wording_flags.sentence(flag)
        assert wording_flags.since_then(read) == wording_flags.since_then(flag) != ""
    assert ("signs" in read.evidence) is not told
