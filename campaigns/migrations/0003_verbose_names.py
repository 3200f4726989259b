from django.db import migrations


class Migration(migrations.Migration):
    """Nothing: the words it gave columns stand in the initial migration, where they cost an installation no time."""

    dependencies = [
        ("campaigns", "0002_integrity"),
    ]

    operations = []
