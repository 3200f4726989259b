"""The triggers that keep decisions, votes, awards and money as they were written."""

from django.db import migrations

from campaigns import append_only


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("awards", "0001_initial"), ("campaigns", "0002_integrity")]

    operations = [migrations.RunPython(install_triggers, migrations.RunPython.noop)]
