"""What each file of a proposal is; whether the procedure asks for scans of the unit's papers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("awards", "0007_stories"),
    ]

    operations = [
        migrations.AddField(
            model_name="awardpolicy",
            name="papers_as_files",
            field=models.BooleanField(
                default=True,
                help_text="Request, confirmed report and minutes must be attached before a proposal is submitted.",
                verbose_name="scans of the unit's papers are attached",
            ),
        ),
        migrations.AddField(
            model_name="proposalevidence",
            name="kind",
            field=models.CharField(
                choices=[
                    ("evidence", "Evidence"),
                    ("request", "The unit's request"),
                    ("report", "Confirmed achievement report"),
                    ("minutes", "The unit's minutes"),
                ],
                default="evidence",
                max_length=8,
                verbose_name="what it is",
            ),
        ),
    ]
