"""Rows of AquaMind's app ``environmental``: readings, weather and photoperiod, and the water behind them."""
