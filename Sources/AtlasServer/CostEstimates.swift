import Synchronization

/// What questions of each kind took lately, to know beforehand which are cheap.
final class CostEstimates: Sendable {
    /// What is assumed of a kind that nobody has asked.
    private static let unknown = 0.05
    /// The weight of the latest answer in the estimate.
    private static let newest = 0.3
    private static let kindLimit = 1_000

    private let seconds = Mutex<[String: Double]>([:])

    /// The seconds that a question of a kind is expected to take.
    func seconds(of kind: String) -> Double { seconds.withLock { $0[kind] } ?? Self.unknown }

    /// Takes in what one took.
    func add(_ taken: Double, to kind: String) {
        seconds.withLock { seconds in
            if seconds.count >= Self.kindLimit { seconds.removeAll() }
            seconds[kind] = seconds[kind].map { $0 + Self.newest * (taken - $0) } ?? taken
        }
    }
}
