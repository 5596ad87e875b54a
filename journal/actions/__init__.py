"""What people do with notices: read them, choose how they come, and, as administrators, run the ways out."""
