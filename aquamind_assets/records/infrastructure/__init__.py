"""Rows of AquaMind's app ``infrastructure``: geographies, areas, stations, halls, containers, sensors, silos."""
