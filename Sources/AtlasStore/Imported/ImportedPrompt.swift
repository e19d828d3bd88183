import Circuits

/// What a file about one prompt says: facts, and names that the atlas may not have yet.
public struct ImportedPrompt: Sendable, Equatable {
    /// Several features that the file treats as one.
    public struct Supernode: Sendable, Equatable {
        /// What it is called.
        public var name: String
        /// What it is called where the atlas has another supernode of that name.
        public var otherName: String
        /// Its features.
        public var members: [FeatureID]

        /// Describes a supernode.
        public init(name: String, otherName: String, members: [FeatureID]) {
            self.name = name
            self.otherName = otherName
            self.members = members
        }
    }

    /// The name of a feature, and what was too long for a name.
    public struct Label: Sendable, Equatable {
        /// The feature.
        public var feature: FeatureID
        /// Its name.
        public var text: String
        /// Anything longer.
        public var note: String

        /// Describes a label.
        public init(feature: FeatureID, text: String, note: String = "") {
            self.feature = feature
            self.text = text
            self.note = note
        }
    }

    /// The prompt, its graph and what fires in it.
    public var facts: PromptFacts
    /// The texts of the tokens that the facts mention; empty where the file does not tell one.
    public var tokenTexts: [Int: String]
    /// Names of features.
    public var labels: [Label]
    /// Groups of features.
    public var supernodes: [Supernode]

    /// Holds what a file says.
    public init(
        facts: PromptFacts, tokenTexts: [Int: String], labels: [Label] = [], supernodes: [Supernode] = []
    ) {
        self.facts = facts
        self.tokenTexts = tokenTexts
        self.labels = labels
        self.supernodes = supernodes
    }
}

/// What importing added.
public struct ImportAdditions: Sendable, Equatable {
    /// Texts that were not stored before.
    public var prompts = 0
    /// Graphs that were not stored before.
    public var graphs = 0
    /// Labels of features that had none.
    public var labels = 0
    /// Labels left out because the feature has another name.
    public var keptLabels = 0
    /// Supernodes that were not there.
    public var supernodes = 0

    /// Nothing yet.
    public init() {}

    /// Adds up.
    public static func += (left: inout ImportAdditions, right: ImportAdditions) {
        left.prompts += right.prompts
        left.graphs += right.graphs
        left.labels += right.labels
        left.keptLabels += right.keptLabels
        left.supernodes += right.supernodes
    }
}
