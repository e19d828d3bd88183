// One import for who traces a model, indexes a corpus and asks: what TracedModel and TracedAtlas are spoken to with.
@_exported import AtlasExperiments
@_exported import AtlasIndexing
@_exported import AtlasQuery
@_exported import AtlasStore
@_exported import Attribution
@_exported import Circuits
