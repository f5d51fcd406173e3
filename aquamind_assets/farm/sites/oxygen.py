"""Dissolved oxygen: what water can hold, and what fish leave of it.

| kind | name | unit | meaning and source |
|---|---|---|---|
| rate | :func:`solubility` | mg/L | oxygen in water at 100 % saturation (TEOS-10, Garcia & Gordon 1992) |
| parameter | ``CAGE_BASE_DEFICIT`` | % | saturation lost in a stocked sea cage whatever its fish: nets, and water other cages used (calibrated, as below) |
| parameter | ``CAGE_DEFICIT`` | % per kg/m3 | saturation lost for each kg of fish in a m3 of sea cage at 10 degC (calibrated: cage oxygen of Jeong 2024) |
| parameter | ``TANK_DEFICIT`` | % per kg/m3 | the same in a tank, where oxygen is added |
| parameter | ``TANK_RANGE`` | % | what the oxygenation of a tank keeps (suggested) |
"""

import gsw
import numpy as np

CAGE_BASE_DEFICIT = 8.0
CAGE_DEFICIT = 0.7
TANK_DEFICIT = 0.12
TANK_RANGE = (80.0, 105.0)
CAGE_RANGE = (40.0, 120.0)
_MG_PER_UMOL = 31.9988e-3
_LITRES_PER_KG_AT_35 = 1.025


def solubility(temperature: np.ndarray, salinity: np.ndarray) -> np.ndarray:
    """Oxygen at 100 % saturation, mg/L, from degC and ppt; any shape."""
    density = 1.0 + (_LITRES_PER_KG_AT_35 - 1.0) * np.asarray(salinity) / 35.0
    return gsw.O2sol_SP_pt(salinity, temperature) * _MG_PER_UMOL * density


def saturation(
    incoming: np.ndarray, density: np.ndarray, temperature: np.ndarray, at_sea: np.ndarray, stagnation: np.ndarray
) -> np.ndarray:
    """Mean saturation in a container, %, from the incoming water's, the fish in it (kg/m3), the water's temperature and
    how slowly the tide renews it (``SiteDays.stagnation``); fish breathe more when it is warm."""
    breath = density * np.clip(temperature / 10.0, 0.3, 1.8)
    cage = np.clip(incoming - (CAGE_BASE_DEFICIT + CAGE_DEFICIT * breath) * stagnation, *CAGE_RANGE)
    tank = np.clip(incoming - TANK_DEFICIT * breath, *TANK_RANGE)
    return np.where(at_sea, cage, tank)
