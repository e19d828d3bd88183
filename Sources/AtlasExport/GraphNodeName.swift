import Circuits

/// Names a node in an exported graph and owns every field that follows from the name.
public enum GraphNodeName: Hashable, Sendable {
    /// An active feature at a position.
    case feature(FeatureID, position: Int)
    /// What a layer's transcoder does not reconstruct at a position.
    case error(layer: Int, position: Int)
    /// The embedding of the token with this id at a position.
    case token(Int, position: Int)
    /// The logit of the token with this id after a position; `layer` is the layer count plus one.
    case logit(token: Int, layer: Int, position: Int)
    /// Everything no other source accounts for.
    case bias(position: Int)

    /// The field `node_id`. An error's never equals a feature's, as it did in older files.
    public var id: String {
        switch self {
        case .feature(let feature, let position): "\(feature.layer)_\(feature.index)_\(position)"
        case .error(let layer, let position): "\(layer)_-1_\(position)"
        case .token(let token, let position): "E_\(token)_\(position)"
        case .logit(let token, let layer, let position): "\(layer)_\(token)_\(position)"
        case .bias(let position): "B_0_\(position)"
        }
    }

    /// The field `feature_type`; features of per-layer transcoders have the same as those of cross-layer ones.
    public var featureType: String {
        switch self {
        case .feature: "cross layer transcoder"
        case .error: "mlp reconstruction error"
        case .token: "embedding"
        case .logit: "logit"
        case .bias: "bias"
        }
    }

    /// The field `feature`: a feature's layer and index as one number, a token's position, a logit's token, else -1.
    public var featureNumber: Int {
        switch self {
        case .feature(let feature, _): Self.cantorPair(feature.layer, feature.index)
        case .token(_, let position): position
        case .logit(let token, _, _): token
        case .error, .bias: -1
        }
    }

    /// The field `layer`, a string: `E` for what enters below the first layer.
    public var layerName: String {
        switch self {
        case .feature(let feature, _): "\(feature.layer)"
        case .error(let layer, _), .logit(_, let layer, _): "\(layer)"
        case .token, .bias: "E"
        }
    }

    /// The field `ctx_idx`.
    public var position: Int {
        switch self {
        case .feature(_, let position), .error(_, let position), .token(_, let position), .logit(_, _, let position),
            .bias(let position):
            position
        }
    }

    /// The field `jsNodeId`.
    public var scriptID: String {
        switch self {
        case .feature(let feature, _): "\(feature.layer)_\(feature.index)-0"
        case .error(let layer, let position): "\(layer)_-1-\(position)"
        case .token(let token, let position): "E_\(token)-\(position)"
        case .logit(let token, _, let position): "L_\(token)-\(position)"
        case .bias(let position): "B_0-\(position)"
        }
    }

    /// One more than the largest number in an id that is read: the pair of any two below it fits an `Int`.
    static let numberLimit = 1 << 30

    /// Numbers the pairs of whole numbers from 0 without gaps or repetitions.
    static func cantorPair(_ first: Int, _ second: Int) -> Int {
        (first + second) * (first + second + 1) / 2 + second
    }
}

extension GraphNodeName {
    /// Reads a node's `node_id` in the light of its `feature_type`.
    ///
    /// Errors are read in the present form `{layer}_-1_{position}` and in the older `0_{layer}_{position}`.
    /// - Throws: `ExportError` for an unknown type and for an id that is not of its type's form.
    public init(id: String, featureType: String) throws(ExportError) {
        let parts = id.split(separator: "_", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Int($0) }.filter { -1..<Self.numberLimit ~= $0 }
        let name: GraphNodeName? =
            switch featureType {
            case "cross layer transcoder":
                Self.three(numbers, of: parts).map { .feature(FeatureID(layer: $0, index: $1), position: $2) }
            case "mlp reconstruction error":
                if parts.count == 3, parts[1] == "-1", numbers.count == 3, numbers[0] >= 0 {
                    .error(layer: numbers[0], position: numbers[2])
                } else {
                    Self.three(numbers, of: parts).flatMap { $0 == 0 ? .error(layer: $1, position: $2) : nil }
                }
            case "embedding":
                parts.count == 3 && parts[0] == "E" && numbers.count == 2
                    ? .token(numbers[0], position: numbers[1]) : nil
            case "logit":
                Self.three(numbers, of: parts).map { .logit(token: $1, layer: $0, position: $2) }
            case "bias":
                parts.count == 3 && parts[0] == "B" && parts[1] == "0" && numbers.count == 2
                    ? .bias(position: numbers[1]) : nil
            default:
                throw ExportError(
                    place: "node \(id)",
                    expected:
                        "feature_type cross layer transcoder, mlp reconstruction error, embedding, logit or bias",
                    found: "'\(featureType)'")
            }
        guard let name, name.position >= 0 else {
            throw ExportError(
                place: "node \(id)", expected: "a node_id of the form of \(featureType)", found: "'\(id)'")
        }
        self = name
    }

    private static func three(_ numbers: [Int], of parts: [Substring]) -> (Int, Int, Int)? {
        guard parts.count == 3, numbers.count == 3, numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        return (numbers[0], numbers[1], numbers[2])
    }
}
