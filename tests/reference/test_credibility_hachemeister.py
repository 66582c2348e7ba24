"""Credibility of means against the classical data set and its published estimates.

Sources: Hachemeister (1975), "Credibility for Regression Models with Application to Trend": mean claims and
their number in five states over twelve quarters; estimates of the Buehlmann-Straub model as printed in the
manual of the R package actuar (Dutang, Goulet and Pigeon 2008, Journal of Statistical Software 25(7)).
Tolerance: printed digits.
"""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.customers.credibility import estimate_means, fit_credibility

CLAIMS = np.array([
    [1738, 1642, 1794, 2051, 2079, 2234, 2032, 2035, 2115, 2262, 2267, 2517],
    [1364, 1408, 1597, 1444, 1342, 1675, 1470, 1448, 1464, 1831, 1612, 1471],
    [1759, 1685, 1479, 1763, 1674, 2103, 1502, 1622, 1828, 2155, 2233, 2059],
    [1223, 1146, 1010, 1257, 1426, 1532, 1953, 1123, 1343, 1243, 1762, 1306],
    [1456, 1499, 1609, 1741, 1482, 1572, 1606, 1735, 1607, 1573, 1613, 1690],
], float)  # fmt: skip
NUMBER = np.array([
    [7861, 9251, 8706, 8575, 7917, 8263, 9456, 8003, 7365, 7832, 7849, 9077],
    [1622, 1742, 1523, 1515, 1622, 1602, 1964, 1515, 1527, 1748, 1654, 1861],
    [1147, 1357, 1329, 1204, 998, 1077, 1277, 1218, 896, 1003, 1108, 1121],
    [407, 396, 348, 341, 315, 328, 352, 331, 287, 384, 321, 342],
    [2902, 3172, 3046, 3068, 2693, 2910, 3275, 2697, 2663, 3017, 3242, 3425],
], float)  # fmt: skip


def test_buehlmann_straub():
    weight = NUMBER.sum(axis=1)
    mean = (NUMBER * CLAIMS).sum(axis=1) / weight
    square = (NUMBER * (CLAIMS - mean[:, None]) ** 2).sum(axis=1)
    fit = fit_credibility(weight, mean, square, [12] * 5)
    assert fit.mean == pytest.approx(1683.713, abs=1e-3)
    assert [fit.between, fit.within] == pytest.approx([89639, 139120026], abs=1)
    assert fit.weight(weight) == pytest.approx([0.9847, 0.9276, 0.8985, 0.7279, 0.9588], abs=6e-5)
    assert estimate_means(fit, weight, mean) == pytest.approx([2055, 1524, 1793, 1443, 1603], abs=0.6)
