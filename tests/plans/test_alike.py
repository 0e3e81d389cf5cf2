"""A field made from another is one of its own: a form that is drawn leaves no mark on the next."""

from django import forms

from plans.forms.alike import Alike, alike


class Asking(forms.Form):
    what = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect(attrs={"class": "x"}), label="What?")
    note = forms.CharField(required=False, max_length=5, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, data=None):
        self.base_fields = Alike(type(self).base_fields)
        super().__init__(data)


class AsDjango(forms.Form):
    what, note = (
        forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect(attrs={"class": "x"}), label="What?"),
        forms.CharField(required=False, max_length=5, widget=forms.Textarea(attrs={"rows": 2})),
    )


def test_a_form_of_them_is_drawn_and_refuses_as_djangos():
    for data in (None, {}, {"what": "b", "note": "too long"}, {"what": "a"}):
        assert str(Asking(data)) == str(AsDjango(data))
        assert Asking(data).errors == AsDjango(data).errors


def test_what_is_changed_in_one_is_not_in_the_next():
    first = Asking()
    first.fields["what"].widget.attrs["class"] = first.fields["what"].label = "changed"
    first.fields["what"].widget.choices = [("c", "C")]
    first.fields["what"].choices = [("c", "C")]
    first.fields["note"].error_messages["required"] = "changed"
    assert str(Asking()) == str(AsDjango())
    assert Asking().fields["note"].error_messages == AsDjango().fields["note"].error_messages


def test_other_attributes_are_given():
    before = AsDjango.base_fields["note"]
    made = alike(before, label="Another", required=True)
    assert (made.label, made.required, made.widget.is_required) == ("Another", True, True)
    assert (before.label, before.required, before.widget.is_required) == (None, False, False)
