import Dispatch
import Foundation
import Synchronization

/// How far a question is that reads many prompts, on a terminal and once it has kept somebody waiting; see
/// `ReadingProgress`.
final class SlowReadingLine: Sendable {
    /// Seconds before anything is shown.
    private static let patience = 1.0

    private struct State {
        var started = DispatchTime.now()
        var lastDone = Int.max
        let line = ProgressLine()
    }

    private let state = Mutex(State())

    /// What `ReadingProgress` tells; `nil` where nobody looks.
    var tell: (@Sendable (_ done: Int, _ total: Int) -> Void)? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        return { self.show(done: $0, total: $1) }
    }

    /// Leaves the last line standing, also that of a question which was interrupted.
    func end() { state.withLock { $0.line.end() } }

    private func show(done: Int, total: Int) {
        state.withLock { state in
            if done < state.lastDone { state.started = DispatchTime.now() }
            state.lastDone = done
            guard state.started.secondsPassed > Self.patience else { return }
            state.line.show("reading", done: done, total: total, unit: "prompts")
        }
    }
}
