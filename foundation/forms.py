"""Django forms drawn as Tabler draws them, with each error beside its field."""

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

from foundation.errors import DomainError, Invalid

#: Of widgets of several boxes it is each box's class; `ui/field.html` draws the list.
CLASSES: dict[str, str] = {
    "select": "form-select",
    "selectmultiple": "form-select",
    "checkbox": "form-check-input",
    "radioselect": "form-check-input",
    "checkboxselectmultiple": "form-check-input",
}


class TablerBoundField(BoundField):
    """Gives each widget its Tabler class, and marks one with an error."""

    def build_widget_attrs(self, attrs: dict[str, str | bool], widget: forms.Widget | None = None) -> dict[str, str | bool]:
        """Add the classes to Django's own attributes."""
        built = super().build_widget_attrs(attrs, widget)
        own = CLASSES.get(self.widget_type, "form-control")
        mark = " is-invalid" if self.form.is_bound and self.errors else ""
        given = self.field.widget.attrs.get("class", "")
        return {**built, "class": f"{given} {own}{mark}".strip()}


class TablerRenderer(TemplatesSetting):
    """Draw every field group with the shared field template."""

    field_template_name = "ui/field.html"
    form_template_name = "ui/form.html"
    bound_field_class = TablerBoundField


def show_refusal(form: forms.Form, error: DomainError) -> int:
    """Say in the form why an action refused what was typed, by the fields that the error names or above; return its status."""
    by_field = error.errors if isinstance(error, Invalid) else {}
    for name, reason in (by_field or {"": error.detail}).items():
        form.add_error(name if name in form.fields else None, str(reason))
    return int(error.status)
