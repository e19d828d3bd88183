import Foundation
import NIOCore
import Synchronization
import Tensors

/// One client's connection: what is being answered on it, and whether anybody still waits.
final class Connection: Sendable {
    private struct State {
        var questions: [ObjectIdentifier: Cancellation] = [:]
        var isGone = false
        /// Requests that have begun and are not answered.
        var openRequests = 0
        var lastActive = DispatchTime.now().uptimeNanoseconds
    }

    /// Tells it from every other.
    let id: UInt64
    let channel: any Channel
    private let state = Mutex(State())

    init(id: UInt64, channel: any Channel) {
        self.id = id
        self.channel = channel
    }

    /// Lets a question end when the client goes.
    func begin(_ question: Cancellation) {
        let isGone = state.withLock { state in
            state.questions[ObjectIdentifier(question)] = question
            return state.isGone
        }
        if isGone { question.cancel() }
    }

    /// A question has been answered.
    func end(_ question: Cancellation) {
        state.withLock { _ = $0.questions.removeValue(forKey: ObjectIdentifier(question)) }
    }

    /// Nobody waits for answers any more.
    func leave() {
        let questions = state.withLock { state in
            state.isGone = true
            return Array(state.questions.values)
        }
        for question in questions { question.cancel() }
    }

    /// Says how many requests have begun and are not answered.
    func setOpenRequests(_ count: Int) {
        state.withLock { state in
            state.openRequests = count
            state.lastActive = DispatchTime.now().uptimeNanoseconds
        }
    }

    /// Since when nothing is asked on it; `nil` while something is.
    var idleSince: UInt64? { state.withLock { $0.openRequests == 0 ? $0.lastActive : nil } }
}

/// All connections, at most so many: a new one takes the place of the one that has been idle longest.
final class Connections: Sendable {
    private struct State {
        var last: UInt64 = 0
        var open: [ObjectIdentifier: Connection] = [:]
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// Takes a connection in; where all places are busy it is closed again.
    func open(_ channel: any Channel) -> Connection {
        let (connection, outgoing) = state.withLock { state -> (Connection, Connection?) in
            state.last += 1
            let connection = Connection(id: state.last, channel: channel)
            var outgoing: Connection?
            if state.open.count >= limit {
                let idle = state.open.values.compactMap { other in other.idleSince.map { (since: $0, other) } }
                outgoing = idle.min { $0.since < $1.since }?.1 ?? connection
            }
            state.open[ObjectIdentifier(channel)] = connection
            return (connection, outgoing)
        }
        // Not at once: the new one may be in the middle of being set up.
        if let channel = outgoing?.channel { channel.eventLoop.execute { channel.close(promise: nil) } }
        return connection
    }

    /// Forgets a connection that has been closed.
    func close(_ connection: Connection) {
        connection.leave()
        state.withLock { state in
            let key = ObjectIdentifier(connection.channel)
            if state.open[key] === connection { state.open[key] = nil }
        }
    }

    /// The connection that a channel is.
    subscript(channel: any Channel) -> Connection? {
        state.withLock { $0.open[ObjectIdentifier(channel)] }
    }
}
