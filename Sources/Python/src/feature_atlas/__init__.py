"""Read, ask and export Feature Atlas files: what a language model computes, across prompts.

    from feature_atlas import Atlas
    atlas = Atlas("my.atlas")
    atlas.prompts().to_pandas()
    atlas.drivers(token=" Austin")
"""

from .atlas import Atlas, Identity, Range
from .errors import AtlasError
from .graph import Graph, Target
from .table import Categories, Column, Schema, Table

__all__ = [
    "Atlas", "AtlasError", "Categories", "Column", "Graph", "Identity", "Range", "Schema", "Table", "Target",
]
__version__ = "0.1.0"
