/// A circuit grown best-first from a seed over a graph whose inputs are looked up as they are needed.
///
/// 1. The seed is the first member; its influence on itself is 1.
/// 2. Influence flows backwards: a member passes its influence on to its inputs, by their shares. Only members pass
///    influence on, so a node's influence is the sum over all paths from it to the seed through members of the products
///    of shares.
/// 3. The node that may join and has most influence, or ranks first where ranks are given, joins next (of equals the first
///    by order), until the circuit has its size or nothing of any influence is left.
/// 4. Then the strongest inputs of members that are to be expanded join, whatever their influence: member by member, as
///    many of each as were asked for.
///
/// The order of nodes must be one in which a node's inputs that pass influence on come before it, so that a descending
/// walk over the members meets a node when all its own influence is known.
///
/// - Complexity: O(size × inputs of all members)
public struct CircuitGrowth<Node: Hashable & Comparable & Sendable>: Sendable {
    /// A node that affects another, and its share of what affects it.
    public struct Input: Sendable, Hashable {
        /// The node that affects.
        public let source: Node
        /// Its share of the absolute inputs, in 0…1.
        public let share: Double

        /// Describes an input.
        public init(source: Node, share: Double) {
            self.source = source
            self.share = share
        }
    }

    /// The members in the order of joining, the seed first.
    public private(set) var members: [Node]
    /// By expanded member, the inputs that joined because of it.
    public private(set) var expansions: [Node: Set<Node>] = [:]
    private var nodes: [Node]
    private var places: [Node: Int]
    private var inputsOfMember: [Node: [(source: Int, share: Double)]] = [:]
    private var influence: [Double]
    private let ranks: [Node: Double]?

    /// Grows a circuit.
    ///
    /// - Parameters:
    ///   - seed: what is explained
    ///   - size: how many nodes may join it
    ///   - ranks: what nodes are chosen by in place of their influence, the largest first; none for those without
    ///   - expanded: members whose strongest inputs join as well, in this order; others are passed over
    ///   - expansion: how many inputs of each expanded member join
    ///   - mayJoin: whether a node may become a member
    ///   - inputs: a member's inputs, in an order that is always the same; shares add up to 1, or there are none
    public init(
        from seed: Node, size: Int, ranks: [Node: Double]? = nil, expanded: [Node] = [], expansion: Int = 0,
        mayJoin: (Node) -> Bool = { _ in true }, inputs: (Node) throws -> [Input]
    ) rethrows {
        precondition(size >= 0 && expansion >= 0)
        members = [seed]
        nodes = [seed]
        places = [seed: 0]
        influence = [1]
        self.ranks = ranks
        var isOpen = [false]
        var ordered = [0]
        var isGrown = false
        var pending = expanded.map { (node: $0, left: expansion) }
        while true {
            let joined = members[members.count - 1]
            inputsOfMember[joined] = try inputs(joined).map { input in
                if let place = places[input.source] { return (place, input.share) }
                places[input.source] = nodes.count
                nodes.append(input.source)
                isOpen.append(mayJoin(input.source))
                return (nodes.count - 1, input.share)
            }
            influence = flow(through: ordered)
            isGrown = isGrown || members.count > size
            var next = isGrown ? nil : best(among: isOpen)
            isGrown = next == nil
            while next == nil, let target = pending.first {
                if target.left > 0, let source = strongestInput(of: target.node, among: isOpen) {
                    pending[0].left -= 1
                    expansions[target.node, default: []].insert(nodes[source])
                    next = source
                } else {
                    pending.removeFirst()
                }
            }
            guard let next else { return }
            isOpen[next] = false
            members.append(nodes[next])
            ordered.insert(next, at: ordered.firstIndex { nodes[$0] < nodes[next] } ?? ordered.count)
        }
    }

    /// The place of the node that joins next by influence or rank; `nil` where none of any is left.
    private func best(among isOpen: [Bool]) -> Int? {
        var best: (place: Int, rank: Double)?
        for place in nodes.indices where isOpen[place] && influence[place] > 0 {
            let rank = ranks.map { $0[nodes[place]] ?? 0 } ?? influence[place]
            guard rank > 0 else { continue }
            if let best, rank < best.rank || (rank == best.rank && nodes[best.place] < nodes[place]) { continue }
            best = (place, rank)
        }
        return best?.place
    }

    /// The place of a member's input of largest share that may still join; of equals the first by order.
    private func strongestInput(of member: Node, among isOpen: [Bool]) -> Int? {
        (inputsOfMember[member] ?? []).filter { isOpen[$0.source] && $0.share > 0 }
            .min { ($1.share, nodes[$0.source]) < ($0.share, nodes[$1.source]) }?.source
    }

    /// The influence of all nodes seen, where these places pass it on, in descending order of nodes.
    private func flow(through ordered: [Int]) -> [Double] {
        var influence = [Double](repeating: 0, count: nodes.count)
        influence[0] = 1
        for member in ordered {
            let own = influence[member]
            guard own > 0 else { continue }
            for input in inputsOfMember[nodes[member]] ?? [] { influence[input.source] += own * input.share }
        }
        return influence
    }

    /// The members and everything that is a direct input of one, in the order of discovery.
    public var known: [Node] { nodes }

    /// A node's influence on the seed; 0 for one that is not ``known``.
    public func influence(of node: Node) -> Double { places[node].map { influence[$0] } ?? 0 }

    /// What a node is chosen by: its influence, unless ranks were given.
    public func rank(of node: Node) -> Double { ranks.map { $0[node] ?? 0 } ?? influence(of: node) }

    /// Whether a node is a member.
    public func contains(_ node: Node) -> Bool { inputsOfMember[node] != nil }

    /// A member's inputs, inside the circuit or not.
    public func inputs(of member: Node) -> [Input] {
        (inputsOfMember[member] ?? []).map { Input(source: nodes[$0.source], share: $0.share) }
    }
}
