"""What a bulletin counts: the rows behind each number, kept with it, so that number and rows cannot differ."""
