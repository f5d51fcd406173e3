"""Rows of AquaMind's users and their profiles, and who is on duty where."""
