"""The law's figures as shipped defaults; staff change them in the admin site."""

from django.db import migrations

from awards import law


def add_law_figures(apps, schema_editor):
    using = schema_editor.connection.alias
    law.ensure(lambda name: apps.get_model("awards", name).objects.using(using))


class Migration(migrations.Migration):
    dependencies = [("awards", "0002_integrity")]

    operations = [migrations.RunPython(add_law_figures, migrations.RunPython.noop)]
