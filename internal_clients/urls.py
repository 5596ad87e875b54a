"""Addresses of the internal-customer scheme."""

from django.urls import path

from internal_clients.views import records, schemes, scores, surveys, trends

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
    path("scores/<slug:month>/<str:code>/contest/<int:pk>/", scores.contest, name="contest"),
    path("scores/<slug:month>/<str:code>/<str:indicator>/", scores.line, name="line"),
    path("surveys/", surveys.surveys, name="surveys"),
    path("surveys/<int:pk>/", surveys.survey, name="survey"),
    path("surveys/<int:pk>/do/<slug:name>/", surveys.survey_step, name="survey_step"),
    path("surveys/<int:pk>/<str:code>/", surveys.sheet, name="survey_sheet"),
    path("records/", records.home, name="home"),
    path("records/<slug:kind>/", records.records, name="records"),
    path("records/<slug:kind>/new/", records.add, name="add"),
    path("records/<slug:kind>/<int:pk>/", records.record, name="record"),
    path("records/<slug:kind>/<int:pk>/<slug:name>/", records.step, name="step"),
]
