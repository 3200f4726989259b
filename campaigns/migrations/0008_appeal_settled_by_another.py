from django.db import migrations, models
from django.db.models import F, Q


def name_what_breaks_the_rule(apps, schema_editor):
    """Stop with the appeals that people have to look at, where a bare violation would name none of them."""
    own = apps.get_model("campaigns", "Appeal").objects.using(schema_editor.connection.alias)
    keys = own.filter(settled_by=F("lodged_by")).order_by("pk").values_list("pk", flat=True)
    if keys:
        named = ", ".join(map(str, keys))
        raise SystemExit(
            f"Kiến nghị số {named} do chính người gửi giải quyết, nay không còn được phép. Chưa có gì thay đổi. "
            "Cách xử lý: docs/operations.md, mục Upgrade."
        )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0007_invitations")]

    operations = [
        migrations.RunPython(name_what_breaks_the_rule, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("lodged_by")),
                name="appeal_settled_by_another",
                violation_error_message="Who lodged an appeal does not settle it.",
            ),
        ),
    ]
