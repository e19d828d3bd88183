import AtlasQuery
import Circuits

/// Whether heads look where they look because of what their scores are made of, and whether answers need it: measured by
/// interventions on the model itself.
public struct HeadValidationReport: Codable, Sendable, Equatable {
    /// What the model says behind a prompt.
    public struct Answer: Codable, Sendable, Equatable {
        /// The most likely next token.
        public let token: Int
        /// Its text.
        public let text: String
        /// The probability of the prompt's right answer.
        public let probability: Double
        /// The logit of the right answer less that of the strongest other token.
        public let gap: Double
    }

    /// A feature of a prompt that was silenced, and what became of the attention.
    public struct KnockOut: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public let label: String?
        /// Where it was silenced.
        public let position: Int
        /// The share of the query's attention that the key has without it, everything recomputed.
        public let weight: Double
    }

    /// One position that a head looks at.
    public struct Look: Codable, Sendable, Equatable {
        /// The head.
        public let head: HeadID
        /// Where it looks from.
        public let query: Int
        /// Where it looks to.
        public let key: Int
        /// The token that stands there.
        public let text: String
        /// The share of the query's attention that the key has.
        public let weight: Double
        /// The score less its mean over the keys that the query reaches.
        public let score: Double
        /// What the pairs that raise it most add to it.
        public let removed: Double
        /// The share without these pairs.
        public let weightWithoutPairs: Double
        /// What as many pairs drawn at random add to it.
        public let removedAtRandom: Double
        /// The share without those.
        public let weightWithoutRandomPairs: Double
        /// The feature at the key's side that raises the score most, silenced; `nil` where none does.
        public let knockOut: KnockOut?
        /// A feature drawn at random from those active at the same position, silenced instead; `nil` where there is none.
        public let randomKnockOut: KnockOut?
    }

    /// One prompt.
    public struct Trial: Codable, Sendable, Equatable {
        /// The prompt's id.
        public let promptID: Int
        /// Its text.
        public let text: String
        /// The text of its right answer.
        public let answer: String
        /// Where the heads look.
        public let looks: [Look]
        /// What the model says.
        public let before: Answer
        /// What it says without the strongest pairs of each of these scores.
        public let withoutPairs: Answer
        /// What it says without as many random pairs of the same scores.
        public let withoutRandomPairs: Answer
        /// What it says when other heads, drawn at random, lose as much from their scores of the same positions; `nil`
        /// where the model has none.
        public let otherHeads: Answer?
    }

    /// How often something happened.
    public struct Count: Codable, Sendable, Equatable {
        /// How often.
        public let count: Int
        /// Of so many.
        public let total: Int
    }

    /// The heads that were tested together.
    public let heads: [HeadID]
    /// Where they look from, counted from the end.
    public let tokensBeforeEnd: Int
    /// The least share of attention at which a key counts as looked at.
    public let leastWeight: Double
    /// Pairs that were taken out of each score, at most.
    public let pairs: Int
    /// Prompts of the group that have an answer.
    public let promptCount: Int
    /// Prompts that were left out: the model gets them wrong.
    public let wrongPrompts: Int
    /// Prompts that were left out: none of the heads looks anywhere.
    public let promptsWithoutLooks: Int
    /// The other prompts, or a seeded choice of them.
    public let trials: [Trial]

    /// Every look of every trial.
    public var looks: [Look] { trials.flatMap(\.looks) }

    /// Looks in which the head looked less without the feature that its score names.
    public var fellWithoutFeature: Count { fell(\.knockOut) }

    /// Looks in which it looked less without a random feature of the same position.
    public var fellWithoutRandomFeature: Count { fell(\.randomKnockOut) }

    /// Of the looks with both knock-outs those in which the named feature took away more than the random one.
    public var fellMoreThanAtRandom: Count {
        let both = looks.compactMap { look in
            look.knockOut.flatMap { own in look.randomKnockOut.map { (own.weight, $0.weight) } }
        }
        return Count(count: both.count { $0.0 < $0.1 }, total: both.count)
    }

    /// The two-sided p-value of the sign test on ``fellMoreThanAtRandom``, as if looks were independent of each other.
    public var signTest: Double {
        let more = fellMoreThanAtRandom
        return SignTest.pValue(more.count, more.total - more.count)
    }

    /// Trials whose most likely token is no longer the right answer.
    public func lostAnswers(_ answer: (Trial) -> Answer?) -> Count {
        let answers = trials.compactMap { trial in answer(trial).map { ($0.token, trial.before.token) } }
        return Count(count: answers.count { $0.0 != $0.1 }, total: answers.count)
    }

    private func fell(_ knockOut: (Look) -> KnockOut?) -> Count {
        let found = looks.compactMap { look in knockOut(look).map { ($0.weight, look.weight) } }
        return Count(count: found.count { $0.0 < $0.1 }, total: found.count)
    }
}
