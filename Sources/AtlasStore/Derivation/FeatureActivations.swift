import Circuits
import GRDB

/// Stored activations in flat arrays, grouped by feature; inside a feature by prompt, then position.
///
/// A counting sort: one pass counts the features, a second puts each activation at its place. As prompts come in order
/// and a prompt's activations ascend, nothing is compared.
struct FeatureActivations {
    /// The order in which prompts are read, and how the entries name them.
    enum Order: String {
        /// By content hash; entries hold ordinals.
        case canonical = "content_hash"
        /// By id; entries hold ids.
        case id = "id"
    }

    /// Where the entries of feature `layer * featuresPerLayer + index` begin; one more than there are features.
    let starts: [Int]
    /// The prompt of each entry, as an ordinal or an id.
    let prompts: [UInt32]
    /// The position of each entry.
    let positions: [UInt32]
    /// The activation of each entry.
    let values: [Float]

    /// Reads the activations of the prompts with ids above `earlier`.
    init(_ db: Database, identity: AtlasIdentity, order: Order, after earlier: Int = 0) throws {
        var places = [Int](repeating: 0, count: identity.featureCount + 1)
        var decoded: [ActiveFeature] = []
        func scan(_ sql: String, _ body: (Int, [ActiveFeature]) throws -> Void) throws {
            try BlobScan.run(db, sql: sql) { row in
                try row.decode("prompts.activations", column: 1) { (frame) throws(BlockFault) in
                    try ActivationBlock.decode(frame, into: &decoded)
                    if let odd = decoded.first(where: { !identity.contains($0.feature) }) {
                        throw BlockFault(
                            expected: "\(identity.layerCount) layers of \(identity.featuresPerLayer) features",
                            found: "feature \(odd.feature)")
                    }
                }
                try body(row.integer(0), decoded)
            }
        }
        let width = identity.featuresPerLayer
        try scan("SELECT id, activations FROM prompts WHERE id > \(earlier)") { _, features in
            for feature in features { places[feature.layer * width + feature.index + 1] += 1 }
        }
        for feature in 0..<identity.featureCount { places[feature + 1] += places[feature] }
        starts = places

        let count = places[identity.featureCount]
        var prompts = [UInt32](repeating: 0, count: count)
        var positions = [UInt32](repeating: 0, count: count)
        var values = [Float](repeating: 0, count: count)
        var ordinal = 0
        try scan("SELECT id, activations FROM prompts WHERE id > \(earlier) ORDER BY \(order.rawValue)") {
            id, features in
            guard let prompt = UInt32(exactly: order == .id ? id : ordinal) else {
                throw AtlasError.damagedRow(column: "prompts.id", expected: "ids below 2^32", found: "\(id)")
            }
            for feature in features {
                let place = places[feature.layer * width + feature.index]
                places[feature.layer * width + feature.index] = place + 1
                prompts[place] = prompt
                positions[place] = UInt32(truncatingIfNeeded: feature.position)
                values[place] = feature.activation
            }
            ordinal += 1
        }
        self.prompts = prompts
        self.positions = positions
        self.values = values
    }

    private init(starts: [Int], prompts: [UInt32], positions: [UInt32], values: [Float]) {
        self.starts = starts
        self.prompts = prompts
        self.positions = positions
        self.values = values
    }

    /// The places of one feature, given in any order, with prompts numbered in canonical order.
    ///
    /// - Returns: the activations, and the id of each numbered prompt
    static func ofOneFeature(
        _ places: [StoredExample], hashes: PromptHashes
    ) -> (activations: FeatureActivations, prompts: [Int]) {
        let sorted = places.map { (hash: hashes($0.prompt), place: $0) }.sorted {
            ($0.hash, $0.place.prompt, $0.place.position) < ($1.hash, $1.place.prompt, $1.place.position)
        }.map(\.place)
        var ids: [Int] = []
        let ordinals = sorted.map { place in
            if ids.last != place.prompt { ids.append(place.prompt) }
            return UInt32(ids.count - 1)
        }
        let activations = FeatureActivations(
            starts: [0, sorted.count], prompts: ordinals, positions: sorted.map { UInt32($0.position) },
            values: sorted.map(\.activation))
        return (activations, ids)
    }
}
