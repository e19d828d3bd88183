import Circuits

/// A small labelled graph: a shape and the features at its places, in a fixed order where places are interchangeable.
struct Motif: Hashable, Comparable {
    let kind: MotifKind
    let first: FeatureID
    let second: FeatureID
    /// The third feature; of an edge the second again.
    let third: FeatureID

    /// The features at the shape's places.
    var features: [FeatureID] { kind == .edge ? [first, second] : [first, second, third] }

    private var rank: Int { MotifKind.allCases.firstIndex(of: kind)! }

    static func < (left: Motif, right: Motif) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return (left.first, left.second, left.third) < (right.first, right.second, right.third)
    }
}

extension FeatureGraph {
    /// Every labelled motif that the graph has; two inputs or two outputs of one feature are not told apart and left out.
    func motifs() -> Set<Motif> {
        var found = Set<Motif>()
        for (node, feature) in features.enumerated() {
            let sources = inputs[node].members
            let targets = outputs[node].members
            for target in targets {
                found.insert(Motif(kind: .edge, first: feature, second: features[target], third: features[target]))
            }
            for source in sources {
                for target in targets {
                    let places = (features[source], feature, features[target])
                    found.insert(Motif(kind: .chain, first: places.0, second: places.1, third: places.2))
                    if outputs[source].contains(target) {
                        found.insert(Motif(kind: .triangle, first: places.0, second: places.1, third: places.2))
                    }
                }
            }
            for (place, left) in sources.enumerated() {
                for right in sources[(place + 1)...] where features[left] != features[right] {
                    found.insert(Motif(kind: .fanIn, first: features[left], second: features[right], third: feature))
                }
            }
            for (place, left) in targets.enumerated() {
                for right in targets[(place + 1)...] where features[left] != features[right] {
                    found.insert(Motif(kind: .fanOut, first: feature, second: features[left], third: features[right]))
                }
            }
        }
        return found
    }

    /// The graph's nodes by feature.
    func nodesByFeature() -> [FeatureID: NodeSet] {
        var sets: [FeatureID: NodeSet] = [:]
        for (node, feature) in features.enumerated() {
            sets[feature, default: NodeSet(count: features.count)].insert(node)
        }
        return sets
    }

    /// Whether the graph has a motif whose features stand at these nodes.
    func has(_ kind: MotifKind, _ first: NodeSet, _ second: NodeSet, _ third: NodeSet) -> Bool {
        switch kind {
        case .edge: first.members.contains { outputs[$0].meets(second) }
        case .chain: second.members.contains { inputs[$0].meets(first) && outputs[$0].meets(third) }
        case .fanIn: third.members.contains { inputs[$0].meets(first) && inputs[$0].meets(second) }
        case .fanOut: first.members.contains { outputs[$0].meets(second) && outputs[$0].meets(third) }
        case .triangle:
            second.members.contains { middle in
                outputs[middle].meets(third)
                    && first.members.contains { source in
                        outputs[source].contains(middle)
                            && third.members.contains { outputs[middle].contains($0) && outputs[source].contains($0) }
                    }
            }
        }
    }

    /// The names of the shapes of the census, in the order of `census`.
    static let censusShapes = ["triangle", "diamond", "bifan"]

    /// How many triangles, diamonds and bifans the graph has.
    func census() -> [Int] {
        var counts = [0, 0, 0]
        for edge in edges { counts[0] += outputs[edge.source].commonCount(inputs[edge.target]) }
        for left in features.indices {
            for right in features.indices {
                let paths = outputs[left].commonCount(inputs[right])
                counts[1] += paths * (paths - 1) / 2
                if left < right {
                    let targets = outputs[left].commonCount(outputs[right])
                    counts[2] += targets * (targets - 1) / 2
                }
            }
        }
        return counts
    }
}
