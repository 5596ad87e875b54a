import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("complaints", "0010_register_of_over_the_head_complaints"),
        ("internal_clients", "0003_surveys_and_targets"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.DeleteModel(name="AlertCause"),
        migrations.CreateModel(
            name="AlertCause",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fixed_at", models.DateTimeField(verbose_name="cause fixed at")),
                (
                    "alert",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="complaints.alert",
                        verbose_name="alert",
                    ),
                ),
                (
                    "fault",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="internal_clients.fault",
                        verbose_name="fault",
                    ),
                ),
                (
                    "fixed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="cause fixed by",
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="alerts",
                        to="internal_clients.release",
                        verbose_name="release",
                    ),
                ),
            ],
            options={
                "verbose_name": "cause of an alert",
                "verbose_name_plural": "causes of alerts",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(fault__isnull=False) | Q(release__isnull=False), name="alertcause_named"
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name='appeal',
            name='kind',
            field=models.CharField(choices=[('order', 'work order'), ('ticket', 'ticket'), ('callback', 'callback'), ('fault', 'fault'), ('outage', 'planned outage'), ('service', 'service time'), ('alert', 'alert'), ('rating', 'monthly rating'), ('survey', 'answer to the quarterly survey'), ('requirement', 'requirement'), ('release', 'release'), ('notice', 'notice to the front line'), ('audit', 'check of an entry'), ('question', 'question')], max_length=12, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='evidence',
            name='kind',
            field=models.CharField(choices=[('order', 'work order'), ('ticket', 'ticket'), ('callback', 'callback'), ('fault', 'fault'), ('outage', 'planned outage'), ('service', 'service time'), ('alert', 'alert'), ('rating', 'monthly rating'), ('survey', 'answer to the quarterly survey'), ('requirement', 'requirement'), ('release', 'release'), ('notice', 'notice to the front line'), ('audit', 'check of an entry'), ('question', 'question')], max_length=12, verbose_name='kind'),
        ),
    ]
