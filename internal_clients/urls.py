"""Addresses of the internal-customer scheme."""

from django.urls import path

from internal_clients.views import appeals, kpi, records, schemes, scores, surveys, trends

app_name = "internal_clients"
urlpatterns = [
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/<int:pk>/", schemes.scheme, name="scheme"),
    path("schemes/<int:pk>/trial/", schemes.trial, name="trial"),
    path("schemes/<int:pk>/put-in-force/", schemes.put_in_force, name="put_in_force"),
    path("scores/", scores.latest, name="latest"),
    path("scores/trend/", trends.trend, name="trend"),
    path("ratings/", trends.given, name="given"),
    path("scores/<slug:month>/", scores.ranking, name="scores"),
    path("scores/<slug:month>/do/<slug:name>/", scores.month_step, name="month_step"),
    path("scores/<slug:month>/<str:code>/", scores.card, name="card"),
    path("scores/<slug:month>/<str:code>/contest/<int:pk>/", appeals.contest, name="contest"),
    path("scores/<slug:month>/<str:code>/contest/item/<int:pk>/", appeals.contest_item, name="contest_item"),
    path("scores/<slug:month>/<str:code>/contest/line/<str:indicator>/", appeals.contest_line, name="contest_line"),
    path("scores/<slug:month>/<str:code>/<str:indicator>/", scores.line, name="line"),
    path("appeals/", appeals.appeals, name="appeals"),
    path("appeals/<int:pk>/", appeals.appeal, name="appeal"),
    path("appeals/<int:pk>/do/<slug:name>/", appeals.step, name="appeal_step"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/<int:pk>/", surveys.survey, name="survey"),
    path("surveys/<int:pk>/do/<slug:name>/", surveys.survey_step, name="survey_step"),
    path("surveys/<int:pk>/<str:code>/", surveys.sheet, name="survey_sheet"),
    path("kpi/", kpi.mine, name="kpi"),
    path("kpi/begin/", kpi.plant, name="kpi_plant"),
    path("kpi/<int:pk>/", kpi.node, name="kpi_node"),
    path("kpi/<int:pk>/targets/", kpi.targets, name="kpi_targets"),
    path("kpi/<int:pk>/agree/", kpi.agree, name="kpi_agree"),
    path("kpi/<int:pk>/object/", kpi.object_to, name="kpi_object"),
    path("kpi/<int:pk>/add/", kpi.add, name="kpi_add"),
    path("kpi/<int:pk>/retire/", kpi.retire, name="kpi_retire"),
    path("kpi/<int:pk>/judge/<int:item>/", kpi.judge, name="kpi_judge"),
    path("kpi/<int:pk>/behind/<slug:measure>/", kpi.behind, name="kpi_behind"),
    path("records/", records.home, name="home"),
    path("records/<slug:kind>/", records.records, name="records"),
    path("records/<slug:kind>/new/", records.add, name="add"),
    path("records/<slug:kind>/<int:pk>/", records.record, name="record"),
    path("records/<slug:kind>/<int:pk>/<slug:name>/", records.step, name="step"),
]
