/// Chooses a small set of features that together covers the prompts in which a token is explained.
///
/// Greedy: each step takes the feature that covers most of the prompts left; ties go to the one that holds more of all it
/// covers, then to the smaller key. At most `ln(n) + 1` times as many features as the smallest set needs (Chvátal 1979).
struct LogitCover {
    /// A feature and the prompts in which it holds at least ``leastShare`` of the features' influence.
    struct Candidate {
        /// A number that orders features like their node keys.
        var node: UInt32
        /// What it holds of the prompts that it covers, added up.
        var held: Double
        /// The prompts it covers, ascending.
        var prompts: [UInt32]
    }

    /// One chosen feature.
    struct Choice: Equatable {
        /// Its number among the candidates.
        var node: UInt32
        /// Prompts that no earlier choice covers.
        var newlyCovered: Int
        /// Prompts covered so far.
        var covered: Int
    }

    /// The share of the features' influence on a logit from which a feature covers a prompt.
    static let leastShare = 0.05

    /// The chosen features in the order of choice; they cover every prompt that any candidate covers.
    static func choose(_ candidates: [Candidate]) -> [Choice] {
        var byPrompt: [UInt32: [Int]] = [:]
        for (index, candidate) in candidates.enumerated() {
            for prompt in candidate.prompts { byPrompt[prompt, default: []].append(index) }
        }
        var remaining = candidates.map(\.prompts.count)
        var choices: [Choice] = []
        var covered = 0
        while true {
            var best = -1
            for index in candidates.indices where remaining[index] > 0 {
                let isBetter =
                    best < 0 || remaining[index] > remaining[best]
                    || remaining[index] == remaining[best]
                        && (candidates[index].held, candidates[best].node)
                            > (candidates[best].held, candidates[index].node)
                if isBetter { best = index }
            }
            guard best >= 0 else { return choices }
            let newlyCovered = remaining[best]
            covered += newlyCovered
            choices.append(Choice(node: candidates[best].node, newlyCovered: newlyCovered, covered: covered))
            for prompt in candidates[best].prompts {
                for index in byPrompt.removeValue(forKey: prompt) ?? [] { remaining[index] -= 1 }
            }
        }
    }
}
