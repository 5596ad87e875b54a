"""Pages of the inbox, of people's choices and of the outbox."""
