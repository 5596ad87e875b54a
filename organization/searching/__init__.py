"""What search is made of in the database: how a text becomes terms, and a name terms and initials."""
