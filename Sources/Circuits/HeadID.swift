/// Names one attention head by its layer and its number there, written `layer.head`.
public struct HeadID: Hashable, Sendable, Codable {
    /// The layer, from 0.
    public let layer: Int
    /// The head in the layer, from 0; among the heads of queries where they share keys and values.
    public let head: Int

    /// Names the head `head` of `layer`.
    public init(layer: Int, head: Int) {
        self.layer = layer
        self.head = head
    }

    /// Reads `layer.head`, for example `3.1`; `nil` for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }), let layer = Int(parts[0]),
            let head = Int(parts[1])
        else { return nil }
        self.init(layer: layer, head: head)
    }
}

extension HeadID: Comparable {
    /// Orders by layer, then head.
    public static func < (left: HeadID, right: HeadID) -> Bool { (left.layer, left.head) < (right.layer, right.head) }
}

extension HeadID: CustomStringConvertible {
    /// `layer.head`.
    public var description: String { "\(layer).\(head)" }
}
