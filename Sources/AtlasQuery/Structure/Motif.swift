import Circuits

/// A small labelled graph: a shape, the features at its places, and the signs of its edges, in a fixed order where places
/// are interchangeable.
struct Motif: Hashable, Comparable {
    let kind: MotifKind
    let first: FeatureID
    let second: FeatureID
    /// The third feature; of an edge the second again.
    let third: FeatureID
    /// The signs of the edges in the order of ``MotifKind``; those that the shape has not are positive.
    let signs: [EdgeSign]

    init(
        kind: MotifKind, first: FeatureID, second: FeatureID, third: FeatureID,
        signs: [EdgeSign] = [.positive, .positive, .positive]
    ) {
        self.kind = kind
        self.first = first
        self.second = second
        self.third = third
        self.signs = Array(signs.prefix(kind.edgeCount))
    }

    /// The features at the shape's places.
    var features: [FeatureID] { kind == .edge ? [first, second] : [first, second, third] }

    private var rank: Int { MotifKind.allCases.firstIndex(of: kind)! }
    private var signRank: Int { signs.reduce(0) { 2 * $0 + $1.rawValue } }

    static func < (left: Motif, right: Motif) -> Bool {
        if left.rank != right.rank { return left.rank < right.rank }
        return (left.first, left.second, left.third, left.signRank)
            < (right.first, right.second, right.third, right.signRank)
    }
}

/// A motif in one graph, whose features are numbers of rows: without anything to be counted as it is copied.
struct PlacedMotif {
    let kind: MotifKind
    let first: Int
    let second: Int
    let third: Int
    /// Of the shape's edges; those that it has not are positive.
    let signs: (EdgeSign, EdgeSign, EdgeSign)

    /// Finds a motif's features in a graph; `nil` where one of them is not there.
    init?(_ motif: Motif, rows: [FeatureID: Int]) {
        guard let first = rows[motif.first], let second = rows[motif.second], let third = rows[motif.third] else {
            return nil
        }
        let signs = motif.signs + [.positive, .positive]
        self.init(kind: motif.kind, first: first, second: second, third: third, signs: (signs[0], signs[1], signs[2]))
    }

    init(kind: MotifKind, first: Int, second: Int, third: Int, signs: (EdgeSign, EdgeSign, EdgeSign)) {
        self.kind = kind
        self.first = first
        self.second = second
        self.third = third
        self.signs = signs
    }
}

extension FeatureGraph {
    /// Every labelled motif that the graph has; two inputs or two outputs of one feature are not told apart and left out.
    func motifs() -> Set<Motif> {
        var found = Set<Motif>()
        func signed(_ side: Side, _ node: Int) -> [(node: Int, sign: EdgeSign)] {
            EdgeSign.allCases.flatMap { sign in
                links.members(of: row(node, side, sign: sign)).map { ($0, sign) }
            }.sorted { $0.0 < $1.0 }
        }
        for (node, feature) in features.enumerated() {
            let sources = signed(.inputs, node)
            let targets = signed(.outputs, node)
            func add(
                _ kind: MotifKind, _ first: FeatureID, _ second: FeatureID, _ third: FeatureID, _ signs: [EdgeSign]
            ) {
                found.insert(Motif(kind: kind, first: first, second: second, third: third, signs: signs))
            }
            for target in targets {
                add(.edge, feature, features[target.node], features[target.node], [target.sign])
            }
            for source in sources {
                for target in targets {
                    let places = (features[source.node], feature, features[target.node])
                    add(.chain, places.0, places.1, places.2, [source.sign, target.sign])
                    for sign in EdgeSign.allCases
                    where links.contains(target.node, in: row(source.node, .outputs, sign: sign)) {
                        add(.triangle, places.0, places.1, places.2, [source.sign, target.sign, sign])
                    }
                }
            }
            for (place, left) in sources.enumerated() {
                for right in sources[(place + 1)...] where features[left.node] != features[right.node] {
                    add(.fanIn, features[left.node], features[right.node], feature, [left.sign, right.sign])
                }
            }
            for (place, left) in targets.enumerated() {
                for right in targets[(place + 1)...] where features[left.node] != features[right.node] {
                    add(.fanOut, feature, features[left.node], features[right.node], [left.sign, right.sign])
                }
            }
        }
        return found
    }

    /// The graph's nodes by feature, and each feature's row.
    func nodesByFeature() -> (sets: NodeSets, rows: [FeatureID: Int]) {
        var rows: [FeatureID: Int] = [:]
        for feature in features where rows[feature] == nil { rows[feature] = rows.count }
        var sets = NodeSets(rowCount: rows.count, nodeCount: features.count)
        for (node, feature) in features.enumerated() { sets.insert(node, to: rows[feature]!) }
        return (sets, rows)
    }

    /// Whether the graph has a motif.
    ///
    /// - Parameter nodes: where features stand, by the motif's rows
    func has(_ motif: PlacedMotif, _ nodes: NodeSets) -> Bool {
        func meets(_ node: Int, _ side: Side, _ sign: EdgeSign, _ feature: Int) -> Bool {
            links.meets(row(node, side, sign: sign), nodes, feature)
        }
        let (first, second, third) = (motif.first, motif.second, motif.third)
        let (one, other, last) = motif.signs
        return switch motif.kind {
        case .edge: nodes.contains(in: first) { meets($0, .outputs, one, second) }
        case .chain: nodes.contains(in: second) { meets($0, .inputs, one, first) && meets($0, .outputs, other, third) }
        case .fanIn: nodes.contains(in: third) { meets($0, .inputs, one, first) && meets($0, .inputs, other, second) }
        case .fanOut:
            nodes.contains(in: first) { meets($0, .outputs, one, second) && meets($0, .outputs, other, third) }
        case .triangle:
            nodes.contains(in: second) { middle in
                meets(middle, .outputs, other, third)
                    && nodes.contains(in: first) { source in
                        links.contains(middle, in: row(source, .outputs, sign: one))
                            && links.meet(
                                row(middle, .outputs, sign: other), row(source, .outputs, sign: last), nodes, third)
                    }
            }
        }
    }

    /// The names of the shapes of the census, in the order of `census`.
    static let censusShapes = ["triangle", "diamond", "bifan"]

    /// How many triangles, diamonds and bifans the graph has, whatever the signs.
    func census() -> [Int] {
        var counts = [0, 0, 0]
        for edge in edges {
            counts[0] += links.commonCount(
                row(edge.source, .outputs, sign: nil), row(edge.target, .inputs, sign: nil))
        }
        // Edges lead to later layers, and nodes stand in order of layers.
        for left in features.indices {
            let outputs = row(left, .outputs, sign: nil)
            for right in features.indices.dropFirst(left + 1) {
                let paths = links.commonCount(outputs, row(right, .inputs, sign: nil))
                counts[1] += paths * (paths - 1) / 2
                let targets = links.commonCount(outputs, row(right, .outputs, sign: nil))
                counts[2] += targets * (targets - 1) / 2
            }
        }
        return counts
    }
}
