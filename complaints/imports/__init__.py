"""Files of other systems, read row by row, checked, and filed as tickets."""
