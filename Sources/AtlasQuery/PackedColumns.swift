import AtlasStore
import Circuits
import Foundation

/// Unpacking columns for questions, with checks that hold for every atlas this program wrote.
extension AtlasReader {
    /// Unpacks a column, and says of a damaged one where it stands.
    func decode<Content>(
        _ table: String, row: Int, _ body: () throws(BlockFault) -> Content
    ) throws(AtlasError) -> Content {
        do throws(BlockFault) { return try body() } catch { throw error.inRow(row, of: table) }
    }

    /// A prompt's tokens, all of them in the vocabulary.
    func tokens(_ block: Data, prompt: Int) throws(AtlasError) -> [Int] {
        try decode("prompts.tokens", row: prompt) { () throws(BlockFault) in
            let tokens = try TokenBlock.decode(block)
            let size = atlas.identity.vocabulary.count
            if let odd = tokens.first(where: { $0 >= size }) {
                throw BlockFault(expected: "token ids below \(size)", found: "\(odd)")
            }
            return tokens
        }
    }

    /// A prompt's active features, all of them the transcoder set's and inside the prompt.
    func activations(_ block: Data, prompt: Int, positions: Int) throws(AtlasError) -> [ActiveFeature] {
        try decode("prompts.activations", row: prompt) { () throws(BlockFault) in
            let features = try ActivationBlock.decode(block)
            if let odd = features.first(where: { !atlas.identity.contains($0.feature) || $0.position >= positions }) {
                throw BlockFault(expected: "features and positions of this prompt", found: "\(odd)")
            }
            return features
        }
    }
}
