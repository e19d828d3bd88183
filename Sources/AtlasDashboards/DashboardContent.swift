import Circuits

/// What an export holds beside the lists: whatever is not named here its pages say is not there.
public struct DashboardContent: Sendable {
    /// The features that have a page.
    public var features: [FeatureID]
    /// The prompts that have a page, with their graphs where they are stored.
    public var prompts: [Int]
    /// The tokens whose logits have a page.
    public var logits: [Int]
    /// Of these, how many have a global circuit, from the first.
    public var circuits: Int
    /// Pairs of groups that can be compared, as filters.
    public var comparisons: [(a: String, b: String)]

    /// Names what is exported.
    public init(
        features: [FeatureID], prompts: [Int] = [], logits: [Int] = [], circuits: Int = 0,
        comparisons: [(a: String, b: String)] = []
    ) {
        self.features = features
        self.prompts = prompts
        self.logits = logits
        self.circuits = circuits
        self.comparisons = comparisons
    }
}
