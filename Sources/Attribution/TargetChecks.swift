import Circuits
import LanguageModels

/// Refuses targets and features that a replacement model does not have.
struct TargetChecks {
    private let model: LanguageModel
    private let basis: FeatureBasis

    /// Checks against a model and its features.
    init(model: LanguageModel, basis: FeatureBasis) {
        self.model = model
        self.basis = basis
    }

    /// Throws for a target that cannot be attributed, and for one that is given twice.
    func check(_ targets: [AttributionTarget]) throws(TargetError) {
        var seen = Set<AttributionTarget>()
        for target in targets {
            try check(target)
            guard seen.insert(target).inserted else {
                throw TargetError(
                    "target \(name(target))", expected: "each target once", found: "it twice")
            }
        }
    }

    private func check(_ target: AttributionTarget) throws(TargetError) {
        let vocabularySize = model.configuration.vocabularySize
        for token in target.tokens where !(0..<vocabularySize).contains(token) {
            throw TargetError(
                "a target of kind \(target.kind)", expected: "token ids below \(vocabularySize)", found: "\(token)")
        }
        switch target {
        case .token: break
        case .set(let tokens, _):
            guard !tokens.isEmpty, Set(tokens).count == tokens.count else {
                throw TargetError(
                    "target set", expected: "one token or more, each once", found: tokens.map(quoted).description)
            }
        case .difference(let token, let other):
            guard token != other else {
                throw TargetError("target difference", expected: "two tokens", found: "\(quoted(token)) twice")
            }
        case .direction(let name, let vector, let weight):
            let width = model.configuration.modelWidth
            guard vector.count == width else {
                throw TargetError(
                    "direction \(name)", expected: "\(width) numbers, the model's width", found: "\(vector.count)")
            }
            guard vector.allSatisfy(\.isFinite), vector.contains(where: { $0 != 0 }) else {
                throw TargetError(
                    "direction \(name)", expected: "finite numbers, not all of them zero", found: "others")
            }
            guard weight.isFinite, weight > 0 else {
                throw TargetError("direction \(name)", expected: "a finite weight above 0", found: "\(weight)")
            }
        case .feature(let id): try check(id)
        }
    }

    /// Throws for a feature that the basis does not have.
    func check(_ feature: FeatureID) throws(TargetError) {
        let layers = basis.layers
        guard layers.indices.contains(feature.layer) else {
            throw TargetError(
                "feature \(feature)", expected: "layers 0 to \(layers.count - 1)", found: "\(feature.layer)")
        }
        let count = layers[feature.layer].featureCount
        guard (0..<count).contains(feature.index) else {
            throw TargetError(
                "feature \(feature)", expected: "indices 0 to \(count - 1) in layer \(feature.layer)",
                found: "\(feature.index)")
        }
    }

    private func name(_ target: AttributionTarget) -> String { target.name { model.tokenizer.text(of: $0) } }

    private func quoted(_ token: Int) -> String { "\"\(model.tokenizer.text(of: token))\"" }
}
