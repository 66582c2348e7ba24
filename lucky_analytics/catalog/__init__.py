"""Conformed tables of one snapshot, as Ibis expressions: grain stated, units in the name, ids as text."""

from lucky_analytics.catalog.conformed import Conformed, whole
from lucky_analytics.catalog.suite import TABLES, Suite

__all__ = ["TABLES", "Conformed", "Suite", "whole"]
