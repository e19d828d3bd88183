import Synchronization

/// Whose turn it is: weighted fair queueing over connections.
///
/// Time here is the workers' time, in seconds. Each question gets a start, at which its connection has had its share, and a
/// finish, later by what the question is expected to cost; the earliest finish comes first. A connection that asks without
/// end has its starts far ahead of the time that is being served, one that asks now and then starts at that time, and of
/// two that start together the cheaper question comes first. A cost counts as many times as its address has questions
/// open, so that a hundred connections of one machine leave another machine its half.
///
/// - SeeAlso: Goyal, Vin and Cheng 1996, "Start-time fair queueing"; Demers, Keshav and Shenker 1989, for the finishes.
final class FairShare: Sendable {
    /// Who asks.
    struct Asker: Hashable, Sendable {
        /// The other side's address.
        let address: String
        /// One of its connections.
        let connection: UInt64

        /// Somebody of whom nothing is known.
        static let nobody = Asker(address: "", connection: 0)
    }

    /// A question's place in the order.
    struct Turn: Sendable {
        fileprivate let asker: Asker
        fileprivate let start: Double
    }

    private struct State {
        /// The start of the latest question that a worker has taken.
        var now = 0.0
        /// Until when each connection has had its share; what lies behind `now` says nothing.
        var had: [UInt64: Double] = [:]
        /// Questions of each address that wait or are being answered.
        var open: [String: Int] = [:]
    }

    /// Connections that are remembered before those without a debt are forgotten.
    private static let entryLimit = 4_096

    private let state = Mutex(State())

    /// Gives a question its place.
    func enter(_ asker: Asker) -> Turn {
        state.withLock { state in
            state.open[asker.address, default: 0] += 1
            return Turn(asker: asker, start: max(state.now, state.had[asker.connection] ?? 0))
        }
    }

    /// When a question is through; the earliest comes first.
    ///
    /// - Parameter cost: the seconds that it is expected to take, as far as is known by now
    func finish(_ turn: Turn, cost: Double) -> Double {
        state.withLock { turn.start + cost * Self.weight(turn, $0) }
    }

    private static func weight(_ turn: Turn, _ state: State) -> Double {
        Double(max(1, state.open[turn.asker.address] ?? 1))
    }

    /// A worker takes the question.
    func begin(_ turn: Turn) {
        state.withLock { $0.now = max($0.now, turn.start) }
    }

    /// A question has been answered, or will not be.
    ///
    /// - Parameter seconds: what it took
    func leave(_ turn: Turn, seconds: Double) {
        state.withLock { state in
            state.had[turn.asker.connection] = turn.start + seconds * Self.weight(turn, state)
            if state.had.count > Self.entryLimit {
                let now = state.now
                state.had = state.had.filter { $0.value > now }
            }
            let left = state.open[turn.asker.address, default: 1] - 1
            state.open[turn.asker.address] = left > 0 ? left : nil
        }
    }
}
