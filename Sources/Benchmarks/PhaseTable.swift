import Attribution
import Foundation

/// What each phase of an attribution took beside what it is counted to take.
///
/// The floor is what the counted operations take at the rate of large matrix products on one thread, or the counted bytes at
/// the rate of memory, whichever is longer; seconds are of processors, so that threads add up.
struct PhaseTable {
    let counted: AttributionCounts
    let measured: [AttributionPhase: PhaseCost]
    /// Floating-point operations a second of one thread.
    let operationRate: Double
    /// Bytes a second of one thread.
    let byteRate: Double

    /// Seconds that nothing can be faster than.
    func leastSeconds(_ phase: AttributionPhase) -> Double {
        let counted = counted.byPhase[phase] ?? PhaseCost()
        return max(Double(counted.operations) / operationRate, Double(counted.bytes) / byteRate)
    }

    /// The seconds of all phases beside those that nothing can be faster than.
    var overFloor: Double {
        let least = AttributionPhase.allCases.filter { measured[$0] != nil }.map(leastSeconds).reduce(0, +)
        return measured.values.map(\.seconds).reduce(0, +) / least
    }

    /// A phase's share of all seconds, and its counted operations a second.
    func rate(_ phase: AttributionPhase) -> (share: Double, rate: Double) {
        let seconds = measured[phase]?.seconds ?? 0
        let operations = Double(counted.byPhase[phase]?.operations ?? 0)
        return (seconds / measured.values.map(\.seconds).reduce(0, +), seconds > 0 ? operations / seconds : 0)
    }

    func print() {
        let header = [
            "phase", "counted GFLOP", "done GFLOP", "counted GB", "seconds", "GFLOP/s", "floor", "over floor",
        ]
        Swift.print(line(header))
        var (seconds, least) = (0.0, 0.0)
        for phase in AttributionPhase.allCases {
            guard let cost = measured[phase] else { continue }
            let own = counted.byPhase[phase] ?? PhaseCost()
            let floor = leastSeconds(phase)
            seconds += cost.seconds
            least += floor
            Swift.print(
                line(
                    [
                        phase.rawValue, number(Double(own.operations) / 1e9),
                        cost.operations > 0 ? number(Double(cost.operations) / 1e9) : "",
                        number(Double(own.bytes) / 1e9), number(cost.seconds),
                        number(Double(own.operations) / cost.seconds / 1e9), number(floor),
                        floor > 0 ? number(cost.seconds / floor) : "",
                    ]))
        }
        Swift.print(line(["all", "", "", "", number(seconds), "", number(least), number(seconds / least)]))
        Swift.print(String(format: "a target reaches         %8.1f positions in the mean", counted.meanReach))
    }

    private func number(_ value: Double) -> String { String(format: value < 10 ? "%.3f" : "%.1f", value) }

    private func line(_ cells: [String]) -> String {
        cells.enumerated().map { place, cell in
            place == 0
                ? cell.padding(toLength: 23, withPad: " ", startingAt: 0)
                : String(repeating: " ", count: max(1, 14 - cell.count)) + cell
        }.joined()
    }
}
