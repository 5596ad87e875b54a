"""Addresses of the knowledge base."""

from django.urls import path

from knowledge.views import articles, using

app_name = "knowledge"
urlpatterns = [
    path("", articles.articles, name="articles"),
    path("new/", articles.new, name="new"),
    path("report/", articles.report, name="report"),
    path("suggested/", using.suggested, name="suggested"),
    path("from/<int:pk>/", articles.make, name="make"),
    path("for/<int:pk>/", using.for_ticket, name="for_ticket"),
    path("<int:pk>/", articles.article, name="article"),
    path("<int:pk>/edit/", articles.edit, name="edit"),
    path("<int:pk>/say/", using.say, name="say"),
    path("<int:pk>/say/<int:ticket>/", using.say_for, name="say_for"),
    path("<int:pk>/do/<slug:name>/", articles.step, name="step"),
]
