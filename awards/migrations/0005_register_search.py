"""Folded unit names of the earlier register, so that it is searched without diacritics; last days of shipped figures."""

from django.db import migrations, models

from awards import law
from campaigns.vietnamese import fold


def fill(apps, schema_editor):
    using = schema_editor.connection.alias
    rows = apps.get_model("awards", "EarlierAward").objects.using(using)
    for row in rows.select_related("unit").iterator():
        names = [fold(row.unit_name), fold(row.unit.name) if row.unit else ""]
        row.unit_key = " ".join(dict.fromkeys(name for name in names if name))
        row.save(update_fields=["unit_key"])

    def rows_of(name):
        return apps.get_model("awards", name).objects.using(using)

    law.mend(rows_of)
    law.ensure(rows_of)


class Migration(migrations.Migration):
    dependencies = [("awards", "0004_documents")]

    operations = [
        migrations.AddField(
            model_name="earlieraward",
            name="unit_key",
            field=models.CharField(blank=True, editable=False, max_length=420),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
