"""The rules of tools/rules.py bite, and secrets do not come in unseen."""

import ast
import json
from inspect import unwrap
from pathlib import Path

import pytest
from django.urls import get_resolver

from painplan.checks import routes
from tests.access_table import TABLE
from tools import rules, secrets_kept_out

ROOT = Path(__file__).resolve().parent.parent
VIEW = "plans/views/clinician/made_up.py"


def broken(text: str, file: str = VIEW) -> list[str]:
    return [breach.rule for breach in rules.breaches_in(file, text)]


def test_the_repository_keeps_its_rules():
    assert [str(breach) for breach in rules.check(ROOT)] == []


@pytest.mark.parametrize(
    "line",
    [
        "Plan.objects.get(pk=plan_id)",
        "list(Plan.objects.all())",
        "get_object_or_404(Plan.objects.all(), pk=plan_id)",
        "Plan.objects.filter(status='active')",
        "Plan.objects.filter(status=Plan.Status.ACTIVE).order_by('pk')",
        "Plan.objects.exclude(status=Plan.Status.ENDED)",
        "Plan.objects.filter(pk=request.GET['plan'])",
        "Plan.objects.filter(patient=patient, pk=request.POST.get('plan'))",
        "models.Plan.objects.get(pk=1)",
        "Plan._default_manager.get(pk=plan_id)",
        "Plan.objects.order_by('pk').first()",
        "Plan.objects.select_related('patient').in_bulk()",
        "Plan.objects.values('patient__full_name')",
        "get_object_or_404(Plan, pk=plan_id)",
        "get_list_or_404(models.Plan, status='active')",
    ],
)
def test_views_get_rows_through_doors(line):
    assert broken(f"def view(request, plan_id, patient):\n    return {line}\n") == ["ROWS"]


@pytest.mark.parametrize(
    "line",
    [
        "Plan.objects.visible_to(user).get(pk=plan_id)",
        "Plan.objects.filter(patient=patient)",
        "Plan.objects.exclude(status=Plan.Status.ENDED).filter(patient__in=people)",
        "PainScore.objects.filter(superseded_by=OuterRef('pk'))",
        "Plan.objects.filter(pk__in=[row.pk for row in rows])",
        "Plan.objects.select_related('patient').filter(patient=patient)",
        "get_object_or_404(Plan.objects.visible_to(user), pk=plan_id)",
        "get_object_or_404(rows, pk=plan_id)",
        "settings.get('objects')",
    ],
)
def test_what_came_through_a_door_may_be_asked_about(line):
    assert broken(f"def view(request, plan_id, patient, people, rows, user):\n    return {line}\n") == []


def test_a_view_is_one_wherever_it_stands():
    """Every policy that views are declared with is known, and every view of the URLconf is read as one."""
    text = "@lead\n@require_safe\ndef page(request, plan_id):\n    return Plan.objects.get(pk=plan_id)\n"
    assert broken(text, "exercises/curation/made_up.py") == ["ROWS"]
    assert {row.policy.replace("-", "_") for row in TABLE.values()} - {"admin"} == rules.POLICIES
    unread = []
    for route in routes(get_resolver()):
        module = unwrap(route.view).__module__
        if module.split(".")[0] in rules.APPS:
            file = module.replace(".", "/") + ".py"
            tree = ast.parse((ROOT / file).read_text("utf-8"))
            if not rules.is_view(file) and not rules.declares_a_policy(tree):
                unread.append(file)
    assert unread == []


def test_actions_and_doors_may_look_for_rows():
    text = "def find(plan_id):\n    return Plan.objects.get(pk=plan_id)\n"
    assert broken(text, "plans/actions/made_up.py") == []
    assert broken(text, "plans/views/doors.py") == []
    assert broken(text, "exercises/media_views.py") == ["ROWS"]


@pytest.mark.parametrize(
    "text",
    [
        "mark_safe(name)",
        "safestring.mark_safe(f'<b>{name}</b>')",
        "SafeString(text)",
    ],
)
def test_nothing_is_declared_safe(text):
    assert broken(f"x = {text}\n", "plans/charts.py") == ["HTML"]
    assert broken("x = SafeString('<b>ours</b>')\n", "plans/charts.py") == []


@pytest.mark.parametrize(
    "line", ["{{ note|safe }}", "{{ note | safe }}", "{{ rows|safeseq }}", "{% autoescape off %}{{ note }}"]
)
def test_templates_escape_everything(line):
    assert broken(f"<p>{line}</p>\n", "templates/made_up.html") == ["HTML"]
    assert broken("<p>{{ note|safely }} {{ safe }}</p>\n", "templates/made_up.html") == []


@pytest.mark.parametrize(
    "line",
    [
        "cursor.execute(f'SELECT {name}')",
        "cursor.execute('SELECT ' + name)",
        "cursor.execute('SELECT %s' % name)",
        "cursor.execute('SELECT {}'.format(name))",
        "Plan.objects.visible_to(user).raw(f'SELECT {name}')",
        "RawSQL(f'a = {name}', ())",
        "rows.extra(where=['a = 1'])",
    ],
)
def test_sql_is_not_put_together(line):
    assert broken(f"def find(cursor, name, rows):\n    {line}\n", "plans/actions/made_up.py") == ["SQL"]


@pytest.mark.parametrize(
    "line",
    [
        "cursor.execute('SELECT 1 WHERE a = %s', [name])",
        "cursor.execute(sql.SQL('SELECT {}').format(sql.Identifier(name)))",
        "cursor.execute('SELECT ' 'one')",
        "cursor.execute(f'SELECT 1')",
    ],
)
def test_values_apart_from_the_statement_are_fine(line):
    assert broken(f"def find(cursor, name):\n    {line}\n", "plans/actions/made_up.py") == []


def test_an_allowance_that_nobody_needs_is_a_breach(tmp_path):
    """The list shrinks when the code does."""
    found = rules.check(tmp_path)
    assert len(found) == len(rules.ALLOWED)
    assert all("not there any more" in breach.said for breach in found)


def test_a_new_secret_is_found_and_an_accepted_one_may_move(tmp_path):
    (tmp_path / "plans").mkdir()
    file = tmp_path / "plans" / "mail.py"
    # Put together here, so that this file holds none.
    file.write_text("AWS = '" + "AKIA" + "Q3EGRIZ7XN5TPLJ2" + "'\n")
    found = secrets_kept_out.scan(tmp_path)
    assert secrets_kept_out.unknown(found, {"results": {}}) == ["plans/mail.py:1: AWS Access Key"]
    file.write_text("\n\n" + file.read_text())
    assert secrets_kept_out.unknown(secrets_kept_out.scan(tmp_path), found) == []


def test_the_baseline_names_no_machine():
    text = (ROOT / secrets_kept_out.BASELINE).read_text()
    assert str(ROOT) not in text
    assert all(not name.startswith("/") for name in json.loads(text)["results"])
