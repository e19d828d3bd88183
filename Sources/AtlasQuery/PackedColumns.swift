import AtlasStore
import Circuits
import Foundation

/// Unpacking columns for questions.
extension AtlasReader {
    /// Unpacks a column, and says of a damaged one where it stands.
    func decode<Content>(
        _ table: String, row: Int, _ body: () throws(BlockFault) -> Content
    ) throws(AtlasError) -> Content {
        try StoredGraphReading.decode(table, row: row, body)
    }

    /// A prompt's tokens, all of them in the vocabulary.
    package func tokens(_ block: Data, prompt: Int) throws(AtlasError) -> [Int] {
        try StoredGraphReading(identity: atlas.identity).tokens(block, prompt: prompt)
    }

    /// A prompt's active features, all of them the transcoder set's and inside the prompt.
    func activations(_ block: Data, prompt: Int, positions: Int) throws(AtlasError) -> [ActiveFeature] {
        try StoredGraphReading(identity: atlas.identity).activations(block, prompt: prompt, positions: positions)
    }
}
