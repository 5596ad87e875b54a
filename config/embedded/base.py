"""The backend itself: Django's, with the connection parameters of the embedded server."""

from typing import Any

from django.db.backends.postgresql import base

from config.embedded.server import ensure_database, running_server


class DatabaseWrapper(base.DatabaseWrapper):
    """Start the server when the first connection needs it; commands without a database never do."""

    def get_connection_params(self) -> dict[str, Any]:
        """Add the server's socket to Django's parameters, creating the database where it is missing."""
        folder = self.settings_dict["DATA_FOLDER"]
        server = running_server(folder)
        info = server.get_postmaster_info()
        self.settings_dict.update(
            HOST=str(info.socket_dir) if info.socket_dir else info.hostname,
            PORT=str(info.port),
            USER=server.postgres_user,
        )
        params = super().get_connection_params()
        if params.get("dbname") not in {None, "postgres"} and not self.settings_dict.get("CHECKED"):
            ensure_database(server, params["dbname"])
            self.settings_dict["CHECKED"] = True
        return params
