"""Country packs: the data, sources and default assumptions of one country, without code."""

from __future__ import annotations

from locum.countries.pack import Pack, Source, load_pack, packs
from locum.countries.slots import Slot
from locum.countries.stock import StartingStock, starting_stock
from locum.countries.tables import Table, read_table

__all__ = [
    "Pack",
    "Slot",
    "Source",
    "StartingStock",
    "Table",
    "load_pack",
    "packs",
    "read_table",
    "starting_stock",
]
