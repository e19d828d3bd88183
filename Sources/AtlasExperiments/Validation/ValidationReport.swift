import AtlasQuery
import Circuits

/// What is predicted of interventions on held-out prompts, beside what was measured.
public struct ValidationReport: Codable, Sendable, Equatable {
    /// How it was tested.
    public let options: ValidationOptions
    /// The circuits that features were taken from.
    public let circuits: [Circuit]
    /// The tokens that fewer than two prompts explain: nothing can be held out.
    public let skippedTokens: [Int]
    /// How many interventions were possible.
    public let possibleCount: Int
    /// Held-out prompts whose effects the atlas does not have: nothing is predicted by gradient or graph there.
    public let promptsWithoutEffects: Int
    /// Where the token is the prompt's answer, in the main mode: for each readout asked for by value of the tag where it
    /// has several, then all.
    public let results: [Result]
    /// All in the main readout, over quarters of the interventions from the least influential features to the most.
    public let strata: [Result]
    /// The same where the token is another than the prompt's answer, read as its logit: there is no gap.
    public let otherTokens: Result?
    /// All interventions where the token is the answer, in every mode and readout.
    public let alternatives: [Result]
    /// Features outside of the circuits, for comparison, in the main mode.
    public let matched: Matched
    /// The interventions, by circuit, prompt in canonical order, feature.
    public let trials: [Trial]

    /// A circuit and its share of the test.
    public struct Circuit: Codable, Sendable, Equatable {
        /// The token whose logit is the seed.
        public let token: Int
        /// Its text.
        public let text: String
        /// How many prompts the circuit was made from.
        public let fittedPrompts: Int
        /// How many prompts were held out.
        public let heldOutPrompts: Int
        /// How many features it has.
        public let featureCount: Int
        /// How many of the interventions are about it.
        public let trialCount: Int
    }

    /// How well predictors rank what was measured.
    public struct Result: Codable, Sendable, Equatable {
        /// Whose interventions: a value of the tag, or which others.
        public let name: String
        /// What recomputed.
        public let mode: ValidationOptions.Mode
        /// What was read.
        public let readout: ValidationOptions.Readout
        /// How many interventions.
        public let count: Int
        /// In how many prompts.
        public let promptCount: Int
        /// Mean |measured change|.
        public let meanChange: Double
        /// By predictor; those that predict nothing here are left out.
        public let predictors: [ValidationPredictor: Quality]
    }

    /// How well one predictor ranks what was measured.
    public struct Quality: Codable, Sendable, Equatable {
        /// Interventions that it predicts.
        public let count: Int
        /// Spearman correlation of predicted with measured change; of their sizes for a readout without a sign. `nil`
        /// where one of the lists is all equal.
        public let correlation: Double?
        /// 95 % of what the correlation is when prompts are drawn anew, with all their interventions (percentile
        /// bootstrap); `nil` with fewer than two prompts, or where it was not asked for.
        public let interval: Interval?
        /// Spearman correlation of the sizes, signs left aside.
        public let sizes: Double?
        /// Mean correlation inside prompts with five interventions or more; `nil` without such prompts.
        public let withinPrompts: Double?
        /// How many such prompts there are.
        public let withinPromptCount: Int
        /// The share of predicted changes with the sign of the measured one, zeros left out; `nil` without any, and for a
        /// readout or predictor without a sign.
        public let signAgreement: Double?
    }

    /// A range of a number.
    public struct Interval: Codable, Sendable, Equatable {
        /// Its lower end.
        public let low: Double
        /// Its upper end.
        public let high: Double
    }

    /// The circuits' features beside others that are as active.
    public struct Matched: Codable, Sendable, Equatable {
        /// How many interventions have a match: a feature outside of the circuit, in the same prompt, of the nearest
        /// activation.
        public let count: Int
        /// Mean |change of the token's logit| of the circuits' features, over these.
        public let meanEffect: Double
        /// The same of the matched features.
        public let meanMatchedEffect: Double
        /// The share of pairs in which the circuit's feature has the larger one.
        public let largerShare: Double
    }

    /// One feature silenced in one held-out prompt.
    public struct Trial: Codable, Sendable, Equatable {
        /// The token that was read.
        public let token: Int
        /// The prompt.
        public let prompt: Int
        /// The prompt's value of the tag; empty for none.
        public let group: String
        /// Whether the token is the prompt's answer: the right one where the corpus tells it, else the likeliest.
        public let isAnswer: Bool
        /// The silenced feature.
        public let feature: FeatureID
        /// What it contributes, added up over the positions where it is active: its activations, a neuron's less their
        /// baseline.
        public let contribution: Double
        /// Its influence in the prompt's stored graph, added up over positions; 0 where it was pruned away.
        public let influence: Double
        /// Predicted changes of the gap; of predictors that know nothing of gaps, of the logit.
        public let predictedGap: [ValidationPredictor: Double]
        /// Predicted changes of the token's logit less the mean.
        public let predictedLogit: [ValidationPredictor: Double]
        /// What changed, in each mode.
        public let measured: [Change]
        /// The matched feature; `nil` where no other feature fires.
        public let matched: FeatureID?
        /// The change of the token's logit when it is silenced instead, in the main mode.
        public let matchedLogit: Double?
    }

    /// What an intervention changed.
    public struct Change: Codable, Sendable, Equatable {
        /// Of the gap between the token and its strongest rival before.
        public let gap: Double
        /// Of the token's logit less the mean.
        public let logit: Double
        /// Of the logarithm of the token's probability.
        public let logProbability: Double
        /// The divergence of the prediction afterwards from that before, in nats.
        public let divergence: Double
    }
}

extension ValidationReport.Change {
    func value(_ readout: ValidationOptions.Readout) -> Double {
        switch readout {
        case .gap: gap
        case .logit: logit
        case .logProbability: logProbability
        case .divergence: divergence
        }
    }
}

extension ValidationReport.Trial {
    /// What a predictor says of a readout. Of probabilities and divergences nothing of its own is known: they are
    /// predicted as the gap is.
    func predicted(_ readout: ValidationOptions.Readout, by predictor: ValidationPredictor) -> Double? {
        readout == .logit ? predictedLogit[predictor] : predictedGap[predictor]
    }
}
