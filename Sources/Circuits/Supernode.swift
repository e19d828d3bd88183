/// Features that people treat as one, under a name of their own.
public struct Supernode: Hashable, Sendable {
    /// A feature, and where in the prompt it stands.
    public struct Member: Hashable, Sendable {
        /// The feature.
        public let feature: FeatureID
        /// Its positions.
        public let positions: PositionRange

        /// Places a feature.
        public init(feature: FeatureID, positions: PositionRange) {
            self.feature = feature
            self.positions = positions
        }
    }

    /// What it is called.
    public let label: String
    /// What it is made of.
    public let members: [Member]

    /// Names some features.
    public init(label: String, members: [Member]) {
        self.label = label
        self.members = members
    }
}
