/// Averages steps into the points of a curve.
struct CurveRecorder: Codable, Sendable, Equatable {
    /// The points that are whole.
    private(set) var points: [TrainingReport.Point] = []
    private var sums: TrainingReport.Point?
    private var count = 0

    /// Points of a whole run.
    static let pointCount = 200

    /// Adds a step; its `step` and `tokens`, dead shares and decoder norms are taken as they are, the rest is averaged.
    mutating func add(_ point: TrainingReport.Point, steps: Int) {
        var mean = point
        if let sums {
            let share = 1 / Double(count + 1)
            func mix(_ old: Double, _ new: Double) -> Double { old + share * (new - old) }
            mean.loss = mix(sums.loss, point.loss)
            mean.penalty = mix(sums.penalty, point.penalty)
            mean.penaltyWeight = mix(sums.penaltyWeight, point.penaltyWeight)
            mean.gradientNorm = mix(sums.gradientNorm, point.gradientNorm)
            mean.normalizedErrors = zip(sums.normalizedErrors, point.normalizedErrors).map(mix)
            mean.activeFeatures = zip(sums.activeFeatures, point.activeFeatures).map(mix)
        }
        (sums, count) = (mean, count + 1)
        guard point.step * Self.pointCount / steps > (point.step - 1) * Self.pointCount / steps else { return }
        points.append(mean)
        (sums, count) = (nil, 0)
    }

    /// The means so far of the point that is being made, or the last whole one.
    var latest: TrainingReport.Point? { sums ?? points.last }
}
