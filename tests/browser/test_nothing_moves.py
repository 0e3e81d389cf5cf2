"""Nothing moves on a page once it is there, however slowly its parts arrive: Cumulative Layout Shift is 0."""

import pytest

from accounts.models import Patient
from tests.browser.conftest import NARROW, WIDE, SignIn
from tests.browser.felt import feel, slow_down
from tests.browser.stack import Stack

PAGES = {
    ("patient", NARROW): ["/today/", "/progress/", "/plan/"],
    ("clinician", WIDE): ["/inbox/", "/patients/", "/patients/{joan}/"],
    ("clinician", NARROW): ["/inbox/"],
}


@pytest.mark.parametrize(("role", "width"), PAGES, ids=lambda value: str(value))
def test_nothing_moves(role: str, width: int, in_stack: Stack, sign_in: SignIn):
    joan = Patient.objects.get(full_name="Joan Whitfield")
    visitor = sign_in(role, width=width)
    slow_down(visitor.page)
    for path in PAGES[role, width]:
        url = in_stack.url + path.format(joan=joan.pk)
        feel(visitor.page, url)
        felt = feel(visitor.page, url)
        assert felt.lcp_s > 0, f"{path}: nothing was seen"
        assert felt.cls == 0, f"{path}: {felt.cls:.4f}, {felt.moved}"
