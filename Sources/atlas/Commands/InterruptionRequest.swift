import Foundation
import Synchronization

/// Takes the terminal's interruption (SIGINT) as a wish to stop at the next good moment; a second one ends the program
/// at once.
struct InterruptionRequest: Sendable {
    /// What a shell expects of a program that was interrupted: 128 + SIGINT.
    static let exitCode: Int32 = 130

    /// One for the program, as signals are.
    private static let made = Atomic(false)

    /// Whether somebody has asked.
    var isMade: Bool { Self.made.load(ordering: .relaxed) }

    /// Starts to listen.
    init() {
        // An atomic store and signal() are all that a signal handler may do.
        signal(SIGINT) { _ in
            InterruptionRequest.made.store(true, ordering: .relaxed)
            signal(SIGINT, SIG_DFL)
        }
        // A program that starts this one from a thread without signals hands that mask on.
        var interruption = sigset_t()
        sigemptyset(&interruption)
        sigaddset(&interruption, SIGINT)
        pthread_sigmask(SIG_UNBLOCK, &interruption, nil)
    }
}
