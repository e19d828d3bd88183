import Circuits

/// A node of one prompt's graph, as people read it.
public struct NamedNode: Codable, Sendable, Equatable {
    /// `feature`, `error`, `token`, `logit` or `bias`.
    public let kind: String
    /// The feature.
    public let feature: FeatureID?
    /// The layer of a feature or an error.
    public let layer: Int?
    /// Where it stands; `nil` for the bias node.
    public let position: Int?
    /// The token that stands there, or what a logit explains.
    public let text: String?
    /// A feature's label, where it is known.
    public let label: String?

    /// Names a node.
    ///
    /// - Parameters:
    ///   - tokens: the prompt's tokens as texts
    ///   - targets: what the graph's targets are called, with their positions
    ///   - label: of a feature
    public init(
        _ node: NodeID, tokens: [String], targets: [(name: String, position: Int)] = [],
        label: (FeatureID) -> String? = { _ in nil }
    ) {
        switch node {
        case .feature(let layer, let position, let index):
            let feature = FeatureID(layer: layer, index: index)
            (kind, self.feature, self.layer, self.position) = ("feature", feature, layer, position)
            (text, self.label) = (tokens[position], label(feature))
        case .error(let layer, let position):
            (kind, feature, self.layer, self.position) = ("error", nil, layer, position)
            (text, self.label) = (tokens[position], nil)
        case .token(let position):
            (kind, feature, layer, self.position) = ("token", nil, nil, position)
            (text, self.label) = (tokens[position], nil)
        case .logit(let ordinal):
            (kind, feature, layer, position) = ("logit", nil, nil, targets[ordinal].position)
            (text, self.label) = (targets[ordinal].name, nil)
        case .bias: (kind, feature, layer, position, text, self.label) = ("bias", nil, nil, nil, nil, nil)
        }
    }

    /// One phrase: `2/17 at 5 " Dallas"`, `error of layer 2 at 5 " Dallas"`, `token 5 " Dallas"`, `logit " Austin"`, `bias`.
    public var phrase: String {
        let place = position.map { "\($0) \"\(text ?? "")\"" } ?? ""
        return switch kind {
        case "feature": "\(feature.map { "\($0)" } ?? "feature") at \(place)" + (label.map { " (\($0))" } ?? "")
        case "error": "error of layer \(layer ?? 0) at \(place)"
        case "token": "token \(place)"
        case "logit": "logit \"\(text ?? "")\""
        default: "bias"
        }
    }
}
