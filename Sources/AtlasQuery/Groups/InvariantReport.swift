import Circuits

/// What the prompts of a group have in common, and what is missing from all of them.
public struct InvariantReport: Codable, Sendable, Equatable {
    /// Which prompts the group holds.
    public let filter: String
    /// How many prompts it has.
    public let promptCount: Int
    /// How many prompts there are outside it.
    public let outsideCount: Int
    /// The share of the group that an invariant feature is active in, at least.
    public let share: Double
    /// How many features are.
    public let invariantCount: Int
    /// These features: those without any prompt outside first, then by lift, then by share.
    public let features: [Row]
    /// How many features fire outside the group and in no prompt of it.
    public let absentCount: Int
    /// These features, the most common outside first.
    public let absent: [Row]

    /// A feature inside and outside the group.
    public struct Row: Codable, Sendable, Equatable {
        /// The feature.
        public let feature: FeatureID
        /// Its label.
        public internal(set) var label: String?
        /// Whether no person gave the label.
        public internal(set) var labelIsAutomatic: Bool
        /// The group's prompts where it is active.
        public let insideCount: Int
        /// The share of the group.
        public let insideShare: Double
        /// Prompts outside the group where it is active.
        public let outsideCount: Int
        /// The share of all prompts outside; 0 where there are none.
        public let outsideShare: Double
        /// The share inside over the share outside; `nil` where it is active in no prompt outside.
        public let lift: Double?
        /// Mean over the group's prompts where it is active of its largest activation; 0 where it never is.
        public let meanMaximum: Double
    }
}
