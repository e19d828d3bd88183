import AtlasStore
import Attribution
import Synchronization
import Tensors

/// Gives each prompt of an atlas the replacement model that its numbers were computed with: neurons are measured from the
/// stored baseline of the prompt's group and length, transcoders are the same everywhere.
///
///     let baselines = PromptBaselines(atlas, attributor: attributor)
///     let own = try baselines.attributor(group: "agreement", tokenCount: 9)
public final class PromptBaselines: Sendable {
    /// The baselines that are kept in memory, the last ones asked for.
    private static let capacity = 8

    private let atlas: Atlas
    private let attributor: Attributor
    private let recent = Mutex([(key: StoredBaseline.Key, attributor: Attributor)]())

    /// Baselines of `atlas` for the neurons of `attributor`; for transcoders there are none.
    public init(_ atlas: Atlas, attributor: Attributor) {
        self.atlas = atlas
        self.attributor = attributor
    }

    /// The tag whose values are groups; `nil` where prompts need no group.
    public var groupTag: String? { attributor.basis.neurons.flatMap { $0.options.groupTag } }

    /// The replacement model for prompts of a group with so many tokens.
    ///
    /// - Parameter group: the value of the tag ``groupTag``; empty for none
    /// - Throws: `AtlasError` for an atlas without baselines; `TargetError` for those of another model.
    public func attributor(group: String, tokenCount: Int) throws -> Attributor {
        guard let neurons = attributor.basis.neurons else { return attributor }
        let own: StoredBaseline.Key
        switch neurons.options.baseline {
        case .zero, .pair: return attributor
        case .corpus: own = .everything
        case .group: own = StoredBaseline.Key(group: group, tokenCount: tokenCount)
        }
        if let found = recent.withLock({ $0.first { $0.key == own } }) { return found.attributor }
        var stored = try atlas.baseline(own)
        if stored?.means == nil { stored = try atlas.baseline(.everything) }
        guard let stored, let means = stored.means else {
            throw AtlasError.notAnAtlas(path: atlas.path, found: "an atlas of neurons without baselines")
        }
        let result = try attributor.measuring(from: NeuronBaseline(means, tokenCount: stored.key.tokenCount))
        recent.withLock { recent in
            recent.insert((own, result), at: 0)
            if recent.count > Self.capacity { recent.removeLast() }
        }
        return result
    }
}

extension NeuronBaseline {
    /// A stored baseline.
    ///
    /// - Parameters:
    ///   - means: `[layerCount]` of `[tokenCount × neurons]`, or `[neurons]`
    ///   - tokenCount: 0 where the mean is the same at every position
    init(_ means: [[Float]], tokenCount: Int) {
        self =
            tokenCount == 0
            ? .everywhere(means)
            : .byPosition(
                means.map { Matrix(rowCount: tokenCount, columnCount: $0.count / tokenCount, values: $0) })
    }
}
