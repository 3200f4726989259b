"""Give earlier notices their kind and every campaign the default reminder ladder."""

from typing import Any

from django.db import migrations

#: Beginning of a notice's key → its kind.
KINDS = {"verdict:": "value", "proposal:": "proposal"}
LADDER = ((-1, "unit"), (0, "unit"), (1, "unit"), (3, "staff"))


def fill(apps: Any, schema_editor: Any) -> None:
    notices = apps.get_model("campaigns", "Notice").objects
    for beginning, kind in KINDS.items():
        notices.filter(key__startswith=beginning).update(kind=kind)
    rule = apps.get_model("campaigns", "ReminderRule")
    without = apps.get_model("campaigns", "Campaign").objects.filter(reminder_rules__isnull=True)
    rule.objects.bulk_create(
        rule(campaign=campaign, days_from_due=days, audience=audience)
        for campaign in without
        for days, audience in LADDER
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0004_notices_and_mail")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
