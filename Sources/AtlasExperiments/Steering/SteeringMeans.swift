import AtlasQuery
import Circuits

extension SteeringReport {
    /// Means over features, layer by layer where there are several, then over all.
    static func results(_ features: [Feature], _ options: SteeringOptions) -> [Result] {
        let layers = Dictionary(grouping: features, by: \.feature.layer).sorted { $0.key < $1.key }
        let groups = (layers.count > 1 ? layers.map { ("layer \($0.key)", $0.value) } : []) + [("all", features)]
        return Subject.allCases.flatMap { subject in
            groups.compactMap { name, members in
                let tests = members.map { subject == .tokens ? $0.tokens : $0.features }.filter { !$0.isEmpty }
                guard !tests.isEmpty else { return nil }
                var qualities: [SteeringPredictor: Quality] = [:]
                for predictor in SteeringPredictor.allCases {
                    let found = tests.compactMap { $0[predictor] }
                    if !found.isEmpty { qualities[predictor] = Quality(found, options) }
                }
                return Result(name: name, subject: subject, count: tests.count, predictors: qualities)
            }
        }
    }
}

extension SteeringReport.Quality {
    /// Means over features; not empty.
    fileprivate init(_ found: [RiseQuality], _ options: SteeringOptions) {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        let areas = found.map(\.area)
        let correlations = found.compactMap(\.correlation)
        count = found.count
        area = mean(areas)
        correlation = correlations.isEmpty ? nil : mean(correlations)
        shared = mean(found.map(\.shared))
        var numbers = SeededNumbers(seed: options.seed, stream: .max - 4)
        interval = Bootstrap.interval(count: areas.count, resamples: options.resamples, numbers: &numbers) { drawn in
            mean(drawn.map { areas[$0] })
        }
    }
}
