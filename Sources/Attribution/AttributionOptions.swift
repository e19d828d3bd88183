/// What to attribute, and how much of it.
public struct AttributionOptions: Sendable, Equatable, Codable {
    /// Features that become targets, chosen by influence; `nil` for all of them.
    public var maximumFeatureNodes: Int?
    /// Logits that become targets at most.
    public var maximumLogits: Int
    /// The probability that the chosen logits are to cover, in 0…1.
    public var desiredLogitProbability: Double
    /// Features attributed between two rankings, divided by `updateInterval`.
    public var batchSize: Int
    /// Batches between two rankings.
    public var updateInterval: Int

    /// The field's defaults: every active feature, logits until 0.95 of the probability or 10.
    public init(
        maximumFeatureNodes: Int? = nil, maximumLogits: Int = 10, desiredLogitProbability: Double = 0.95,
        batchSize: Int = 512, updateInterval: Int = 4
    ) {
        self.maximumFeatureNodes = maximumFeatureNodes
        self.maximumLogits = maximumLogits
        self.desiredLogitProbability = desiredLogitProbability
        self.batchSize = batchSize
        self.updateInterval = updateInterval
    }
}
