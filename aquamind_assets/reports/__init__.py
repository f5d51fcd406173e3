"""What a finished partition says: tables and plots, made from the written data alone."""
