import AtlasQuery
import AtlasStore
import Circuits

/// What steering one feature did, added up over the prompts of each half.
struct SteeringSums: Sendable {
    private let learntPrompts: Set<Int>
    private(set) var learnt = Moments()
    private(set) var heldOut = Moments()

    init(_ subject: SteeringPlan.Subject) { learntPrompts = Set(subject.learnt) }

    mutating func add(_ change: SteeringRuns.Change) {
        if learntPrompts.contains(change.prompt) { learnt.add(change) } else { heldOut.add(change) }
    }

    /// How many features' sums are held in memory at once: 256 MiB of them.
    static func featuresAtOnce(_ identity: AtlasIdentity) -> Int {
        let bytes = 4 * MemoryLayout<Double>.size * (identity.vocabulary.count + identity.featureCount)
        return max(16, (256 << 20) / bytes)
    }

    /// Means and spreads over prompts.
    struct Moments: Sendable {
        private(set) var logits = Sums()
        private(set) var activations = Sums()

        mutating func add(_ change: SteeringRuns.Change) {
            logits.add(change.logits)
            activations.add(change.activations)
        }
    }

    /// Sums of lists and of their squares.
    struct Sums: Sendable {
        private var count = 0
        private var sums: [Double] = []
        private var squares: [Double] = []

        mutating func add(_ values: [Float]) {
            if count == 0 {
                sums = [Double](repeating: 0, count: values.count)
                squares = sums
            }
            count += 1
            for (index, value) in values.enumerated() {
                sums[index] += Double(value)
                squares[index] += Double(value) * Double(value)
            }
        }

        /// By place.
        var means: [Double] { sums.map { $0 / Double(count) } }

        func mean(_ index: Int) -> Double { sums[index] / Double(count) }

        /// The standard deviation over the lists.
        func spread(_ index: Int) -> Double {
            max(0, squares[index] / Double(count) - mean(index) * mean(index)).squareRoot()
        }

        /// The places of the largest means that have this sign, equals in order.
        func largest(_ limit: Int, sign: Double) -> [Int] {
            Array(
                sums.indices.filter { sums[$0] * sign > 0 }.sorted { (sums[$1] * sign, $0) < (sums[$0] * sign, $1) }
                    .prefix(limit))
        }
    }
}

extension AtlasIdentity {
    /// The feature at a place in a list of all features of the layers after one, layer by layer.
    func feature(_ place: Int, after layer: Int) -> FeatureID {
        FeatureID(layer: layer + 1 + place / featuresPerLayer, index: place % featuresPerLayer)
    }

    /// The place of a later layer's feature in such a list.
    func place(of feature: FeatureID, after layer: Int) -> Int {
        (feature.layer - layer - 1) * featuresPerLayer + feature.index
    }
}
