/// Adds weights up by token, in arrays as long as the vocabulary that are cleared for the next sum by what this one touched.
final class TokenWeights {
    private var weights: [Double]
    /// The number of the example that last added to a token; counting goes on over all sums.
    private var lastExample: [Int]
    private var touched: [Int] = []
    private var example = 0

    init(vocabularySize: Int) {
        weights = [Double](repeating: 0, count: vocabularySize)
        lastExample = [Int](repeating: 0, count: vocabularySize)
    }

    /// Adds up from nothing what `body` adds, and gives the tokens that hold at least a share of `total`, the largest first,
    /// of equals the lowest token.
    func ranked(
        total: Double, least: Double, _ body: (TokenWeights) -> Void
    ) -> [(token: Int, share: Double)] {
        body(self)
        var ranked: [(token: Int, weight: Double)] = []
        for token in touched {
            if weights[token] / total >= least { ranked.append((token, weights[token])) }
            weights[token] = 0
        }
        touched.removeAll(keepingCapacity: true)
        if ranked.count > 1 { ranked.sort { ($1.weight, $0.token) < ($0.weight, $1.token) } }
        return ranked.map { ($0.token, $0.weight / total) }
    }

    /// What is added from now on belongs to another example.
    func beginExample() { example += 1 }

    /// Adds a weight above zero to a token, once an example.
    func add(_ weight: Double, to token: Int) {
        guard lastExample[token] != example else { return }
        lastExample[token] = example
        if weights[token] == 0 { touched.append(token) }
        weights[token] += weight
    }
}
