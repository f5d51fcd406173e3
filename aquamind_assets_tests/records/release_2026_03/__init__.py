"""Recorders of AquaMind's release 2026-03."""
