"""What the daily sums of the dashboard consist of; read in `complaints.queries.rolled`, written in `complaints.actions.rolling`."""
