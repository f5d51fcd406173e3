"""Movements of fish: transfers, splitting, mixing, harvest, and the room they need."""
