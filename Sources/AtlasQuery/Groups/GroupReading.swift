import AtlasStore
import Circuits
import Foundation
import GRDB
import Tensors

/// What the questions about groups read of each prompt.
extension AtlasReader {
    static let nodesOfPrompt = "SELECT id, nodes FROM graphs WHERE prompt_id = ?"

    /// Hands every active feature of each prompt to `body`, with the prompt's place in `ids` and its token count.
    func forEachActivations(
        of ids: [Int], _ db: Database, _ body: (_ place: Int, _ tokenCount: Int, [ActiveFeature]) throws -> Void
    ) throws {
        let statement = try db.cachedStatement(sql: Self.activationsOfPrompt)
        try ReadingProgress.forEach(ids) { place, id in
            let row = try StoredRow.fetchExisting(statement, "prompts.id", arguments: [id])
            let tokenCount: Int = try row["token_count"]
            try body(place, tokenCount, activations(row["activations"], prompt: id, positions: tokenCount))
        }
    }

    /// The prompts' features, positions taken together by the activation of largest size, with its sign.
    func featureMaxima(of ids: [Int], _ db: Database) throws -> Incidence<FeatureID> {
        var incidence = Incidence<FeatureID>()
        // By feature, in arrays: hashing each activation of a large group is most of the time that it takes.
        let width = atlas.identity.featuresPerLayer
        var numbers = [UInt32?](repeating: nil, count: atlas.identity.featureCount)
        var maxima = [Float](repeating: 0, count: atlas.identity.featureCount)
        var lastPrompts = [Int32](repeating: -1, count: atlas.identity.featureCount)
        var met: [Int] = []
        try forEachActivations(of: ids, db) { prompt, _, active in
            met.removeAll(keepingCapacity: true)
            for feature in active {
                let place = feature.layer * width + feature.index
                if lastPrompts[place] != Int32(prompt) {
                    lastPrompts[place] = Int32(prompt)
                    maxima[place] = feature.activation
                    met.append(place)
                } else if feature.activation.magnitude > maxima[place].magnitude {
                    maxima[place] = feature.activation
                }
            }
            for place in met {
                let number =
                    numbers[place]
                    ?? incidence.number(of: FeatureID(layer: place / width, index: place % width))
                numbers[place] = number
                incidence.add(number, prompt: prompt, value: Double(maxima[place]))
            }
        }
        return incidence
    }

    /// The stored nodes of a prompt's graph.
    func storedNodes(of prompt: Int, _ db: Database) throws -> [SparseGraph.Node] {
        try Cancellation.check()
        let statement = try db.cachedStatement(sql: Self.nodesOfPrompt)
        guard let row = try StoredRow.fetchOne(statement, arguments: [prompt]) else {
            throw QuestionError.notAttributed(prompt: prompt)
        }
        let block: Data = try row["nodes"]
        return try decode("graphs.nodes", row: row["id"]) { () throws(BlockFault) in
            let nodes = try NodeBlock.decode(block)
            for case .feature(let layer, _, let index) in nodes.map(\.id)
            where !atlas.identity.contains(FeatureID(layer: layer, index: index)) {
                throw BlockFault(expected: "features of this transcoder set", found: "\(layer)/\(index)")
            }
            return nodes
        }
    }

    /// Which of these prompts have a stored graph, in the order given.
    func attributed(_ ids: [Int], _ db: Database) throws -> [Int] {
        let known = try Set(Int.fetchAll(db, sql: "SELECT prompt_id FROM graphs"))
        return ids.filter(known.contains)
    }
}
