"""The chain's head row, and the triggers that keep contestable records as they were written."""

from django.db import migrations

from campaigns import append_only


def create_head(apps, schema_editor):
    head = apps.get_model("campaigns", "AuditHead").objects.using(schema_editor.connection.alias)
    head.get_or_create(pk=1)


def install_triggers(apps, schema_editor):
    append_only.install(schema_editor.connection)


def drop_triggers(apps, schema_editor):
    append_only.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]

    operations = [
        migrations.RunPython(create_head, migrations.RunPython.noop),
        migrations.RunPython(install_triggers, drop_triggers),
    ]
