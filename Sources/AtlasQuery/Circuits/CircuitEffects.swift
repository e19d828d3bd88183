import AtlasStore
import Circuits

/// What a unit of a feature's activation does to a circuit's seed, over all paths through the circuit, to first order.
///
/// Along an edge a unit of the source's activation adds (sum over the circuit's prompts of the edge's weight) / (sum over
/// these prompts of the source's activations, over all positions) to the target's pre-activation, and so to its
/// activation; the products along paths to the seed add up. Where activations are negative they and their edges count with
/// the other sign in both sums: what adds up are sizes, so that two tails do not cancel.
package struct CircuitEffects {
    private var effects: [NodeKey: Double]

    /// The effects of a circuit that was grown from stored graphs.
    package init(_ grown: GrownCircuit) {
        effects = [grown.basis.seedKey: 1]
        // Descending, a member's own effect is known when its inputs' turn comes.
        for target in grown.growth.members.sorted(by: >) {
            guard let own = effects[target] else { continue }
            for input in grown.inputs(of: target) {
                guard let feature = input.source.feature, grown.growth.contains(input.source),
                    let size = grown.basis.activationSize(of: feature), size > 0
                else { continue }
                effects[input.source, default: 0] += own * input.aligned / size
            }
        }
    }

    /// The effect of a unit of activation; `nil` for a feature that is no member.
    package func perActivation(of feature: FeatureID) -> Double? { effects[NodeKey(feature)] }
}
