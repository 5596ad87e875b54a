"""Addresses of tickets and work orders."""

from django.urls import path

from workorders.views import boards, queues, supervisions, targets, tickets

app_name = "workorders"
urlpatterns = [
    path("queues/<slug:name>/", queues.queue, name="queue"),
    path("queues/<slug:name>/bulk/", queues.bulk, name="bulk"),
    path("queues/<slug:name>/export.csv", queues.export, {"kind": "csv"}, name="export_csv"),
    path("queues/<slug:name>/export.xlsx", queues.export, {"kind": "xlsx"}, name="export_xlsx"),
    path("boards/", boards.boards, name="boards"),
    path("boards/<str:code>/", boards.board, name="board"),
    path("since/", boards.since, name="since"),
    path("supervision/", supervisions.supervisions, name="supervisions"),
    path("supervision/count/", supervisions.supervision_count, name="supervision_count"),
    path("tickets/<int:pk>/", tickets.ticket, name="ticket"),
    path("tickets/<int:pk>/actions/<str:name>/", tickets.ticket_action, name="ticket_action"),
    path("orders/<int:pk>/actions/<str:name>/", tickets.order_action, name="order_action"),
    path("clocks/<int:pk>/why/", tickets.why, name="why"),
    path("targets/", targets.grid_page, name="targets"),
    path("targets/edit/", targets.edit, name="targets_edit"),
    path("targets/draft/", targets.draft, name="targets_draft"),
    path("targets/draft/<str:step>/", targets.step, name="targets_step"),
    path("attachments/<int:pk>/", tickets.attachment, name="attachment"),
]
