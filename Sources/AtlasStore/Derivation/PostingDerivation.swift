import Circuits
import GRDB

/// Writes the activations again, inverted: blocks sorted by feature, prompt id and position.
struct PostingDerivation {
    let identity: AtlasIdentity

    func run(_ db: Database) throws {
        let activations = try FeatureActivations(db, identity: identity, order: .id)
        let blocks = try BulkInsertion(
            db, into: "feature_postings",
            columns: ["block", "first_feature", "last_feature", "entry_count", "entries"])
        var pending: [Posting] = []
        pending.reserveCapacity(PostingBlock.capacity)
        var block = 0
        func flush() throws {
            guard let first = pending.first, let last = pending.last else { return }
            blocks.bind(block)
            blocks.bind(first.feature)
            blocks.bind(last.feature)
            blocks.bind(pending.count)
            blocks.bind(try PostingBlock.encode(pending))
            try blocks.step()
            block += 1
            pending.removeAll(keepingCapacity: true)
        }
        for feature in 0..<identity.featureCount {
            let id = FeatureID(layer: feature / identity.featuresPerLayer, index: feature % identity.featuresPerLayer)
            let key = NodeKey(id).rawValue
            for entry in activations.starts[feature]..<activations.starts[feature + 1] {
                pending.append(
                    Posting(
                        feature: key, prompt: Int64(activations.prompts[entry]),
                        position: Int(activations.positions[entry]), activation: activations.values[entry]))
                if pending.count == PostingBlock.capacity { try flush() }
            }
        }
        try flush()
    }
}
