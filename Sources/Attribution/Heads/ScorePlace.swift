import LanguageModels

/// A score of attention: which head looks from where to where.
public struct ScorePlace: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What a key is compared with: only differences of scores move a softmax.
    public enum Reference: Sendable, Hashable {
        /// Another key.
        case key(Int)
        /// The mean over all keys that the query reaches.
        case mean
    }

    /// The head's layer.
    public var layer: Int
    /// The head, from 0.
    public var head: Int
    /// The position that looks.
    public var query: Int
    /// The position that is looked at.
    public var key: Int

    /// Names a score.
    public init(layer: Int, head: Int, query: Int, key: Int) {
        self.layer = layer
        self.head = head
        self.query = query
        self.key = key
    }

    /// Reads `L.H@q,k`; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let (head, positions) = (parts[0].split(separator: "."), parts[1].split(separator: ","))
        guard head.count == 2, positions.count == 2 else { return nil }
        let numbers = (head + positions).compactMap { $0.allSatisfy(\.isNumber) ? Int($0) : nil }
        guard numbers.count == 4 else { return nil }
        self.init(layer: numbers[0], head: numbers[1], query: numbers[2], key: numbers[3])
    }

    /// `L.H@q,k`.
    public var description: String { "\(layer).\(head)@\(query),\(key)" }

    /// Throws for a head, position or pair that the model or a prompt of `positionCount` tokens does not have.
    public func check(
        against reference: Reference? = nil, model: LanguageModel, positionCount: Int
    ) throws(TargetError) {
        let configuration = model.configuration
        func fail(_ expected: String, _ found: String) throws(TargetError) {
            throw TargetError("attention \(self)", expected: expected, found: found)
        }
        func range(_ count: Int) -> String { "0 to \(count - 1)" }
        if !(0..<configuration.layerCount).contains(layer) {
            try fail("a layer from \(range(configuration.layerCount))", "\(layer)")
        }
        if !(0..<configuration.headCount).contains(head) {
            try fail("a head from \(range(configuration.headCount))", "\(head)")
        }
        if !(0..<positionCount).contains(query) {
            try fail("a query position from \(range(positionCount)), the prompt's", "\(query)")
        }
        let first = model.blocks[layer].attention.firstKey(ofQuery: query)
        func checkKey(_ key: Int, _ name: String) throws(TargetError) {
            if key < 0 || key > query { try fail("\(name) at or before the query, \(range(query + 1))", "\(key)") }
            if key < first {
                try fail(
                    "\(name) inside the window of \(query + 1 - first) positions, \(first) to \(query)", "\(key)")
            }
        }
        try checkKey(key, "a key")
        guard case .key(let other) = reference else { return }
        try checkKey(other, "a key to compare with")
        if other == key { try fail("another key to compare with", "\(other), the key itself") }
    }
}
