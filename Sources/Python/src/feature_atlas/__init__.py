"""Read, ask and export Feature Atlas files: what a language model computes, across prompts.

from feature_atlas import Atlas
atlas = Atlas("my.atlas")
atlas.prompts().to_pandas()
atlas.drivers(token=" Austin")
"""

from .atlas import Atlas
from .circuit_tracer_graphs import from_circuit_tracer, to_circuit_tracer
from .client import Client
from .errors import AtlasError
from .graph import Graph, Target
from .imports import import_graphs, import_labels, import_raw
from .stored import Identity, Range
from .table import Categories, Column, Schema, Table
from .tables import export_tables

__all__ = [
    "Atlas",
    "AtlasError",
    "Categories",
    "Client",
    "Column",
    "Graph",
    "Identity",
    "Range",
    "Schema",
    "Table",
    "Target",
    "export_tables",
    "from_circuit_tracer",
    "import_graphs",
    "import_labels",
    "import_raw",
    "to_circuit_tracer",
]
__version__ = "0.1.0"
