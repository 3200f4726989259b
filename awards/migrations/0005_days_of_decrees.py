"""Give the shipped decrees the day they were issued on, where staff did not enter one."""

from django.db import migrations

from awards import law


def mend_law_figures(apps, schema_editor):
    using = schema_editor.connection.alias
    law.mend(lambda name: apps.get_model("awards", name).objects.using(using))


class Migration(migrations.Migration):
    dependencies = [("awards", "0004_several_papers_in_one_file")]

    operations = [migrations.RunPython(mend_law_figures, migrations.RunPython.noop)]
