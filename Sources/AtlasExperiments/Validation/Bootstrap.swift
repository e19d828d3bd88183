import AtlasQuery
import Circuits
import Tensors

/// The percentile bootstrap: what a statistic is when the things that it is taken over are drawn anew (Efron 1979).
enum Bootstrap {
    /// 95 % of what `statistic` is of as many places, drawn with replacement; `nil` for fewer than two things, without draws,
    /// or where the statistic is nothing of any.
    ///
    /// - Parameters:
    ///   - count: how many things there are
    ///   - statistic: of the places that were drawn; `nil` where it is not known of them
    static func interval(
        count: Int, resamples: Int, numbers: inout SeededNumbers, _ statistic: ([Int]) -> Double?
    ) -> ValidationReport.Interval? {
        guard count > 1, resamples > 0 else { return nil }
        // Where the running work is cancelled nobody reads what is left; the question checks afterwards.
        let drawn = (0..<resamples).compactMap { _ in
            Cancellation.current?.reason != nil
                ? nil : statistic((0..<count).map { _ in numbers.below(count) })
        }.sorted()
        guard !drawn.isEmpty else { return nil }
        func quantile(_ share: Double) -> Double { drawn[Int((share * Double(drawn.count - 1)).rounded())] }
        return ValidationReport.Interval(low: quantile(0.025), high: quantile(0.975))
    }
}
