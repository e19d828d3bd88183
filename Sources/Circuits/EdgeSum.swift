/// What the graphs of some prompts say about the edge between two nodes, positions collapsed: a row of `aggregated_edges`.
///
/// Edges are added one by one in canonical order, then each prompt by the weight of its edges together.
package struct EdgeSum: Equatable, Sendable {
    /// Prompts with such an edge.
    package var support = 0
    /// Single edges.
    package var occurrences = 0
    /// Prompts whose edges together weigh more than nothing.
    package var positive = 0
    /// Prompts whose edges together weigh less than nothing.
    package var negative = 0
    /// The sum of the weights.
    package var weight = 0.0
    /// The sum over prompts of the squares of their weights.
    package var square = 0.0
    /// The sum of the edges' shares of their targets' absolute inputs.
    package var share = 0.0
    /// The sum of the edges' absolute weights.
    package var absolute = 0.0
    /// The part of ``absolute`` that stays at one position.
    package var samePosition = 0.0

    /// Begins with nothing.
    package init() {}

    /// Adds one edge of a prompt, but for its weight.
    ///
    /// - Parameter share: of the target's absolute inputs
    @inlinable
    package mutating func add(magnitude: Double, share: Double, isSamePosition: Bool) {
        occurrences += 1
        absolute += magnitude
        if isSamePosition { samePosition += magnitude }
        self.share += share
    }

    /// Adds one edge of a prompt, but for its weight.
    ///
    /// - Parameter inputSum: the target's sum of absolute inputs
    @inlinable
    package mutating func add(weight: Float, inputSum: Float, isSamePosition: Bool) {
        let magnitude = Double(weight.magnitude)
        // A weight of zero may have a target without inputs; its share of them is none.
        add(
            magnitude: magnitude, share: magnitude > 0 ? magnitude / Double(inputSum) : 0,
            isSamePosition: isSamePosition)
    }

    /// Adds a prompt whose edges weigh so much together.
    @inlinable
    package mutating func addPrompt(weight: Double) {
        support += 1
        if weight > 0 { positive += 1 }
        if weight < 0 { negative += 1 }
        self.weight += weight
        square += weight * weight
    }

    /// The mean weight over the prompts that have the edge.
    package var mean: Double { support > 0 ? weight / Double(support) : 0 }

    /// The standard deviation of the weight over these prompts.
    package var spread: Double {
        support > 0 ? max(0, square / Double(support) - mean * mean).squareRoot() : 0
    }

    /// The mean over these prompts of the edge's share of its target's input.
    package var meanShare: Double { support > 0 ? share / Double(support) : 0 }

    /// 1 where all prompts' weights have one sign, 0 where as many have the other.
    package var signConsistency: Double { support > 0 ? Double(abs(positive - negative)) / Double(support) : 0 }

    /// The share of the absolute weight that stays at one position.
    package var samePositionShare: Double { absolute > 0 ? samePosition / absolute : 0 }
}
