"""Django forms drawn with the shared field template."""

from django.forms.renderers import TemplatesSetting


class TablerRenderer(TemplatesSetting):
    """Draw every field group as Tabler does, with its error beside it."""

    field_template_name = "ui/field.html"
    form_template_name = "ui/form.html"
