import Foundation
import Synchronization
import Tensors

/// Takes the terminal's interruption (SIGINT) as the wish to stop between two steps; a second one, or a step that takes
/// longer than the command expects, ends the program at once.
enum InterruptionRequest {
    /// What a shell expects of a program that was interrupted: 128 + SIGINT.
    static let exitCode: Int32 = 130

    /// Seconds that the command may take to stop.
    private static let patience = Atomic<UInt32>(5)

    /// One for the program, as signals are.
    static let cancellation = Cancellation()

    /// What is said where a command had to be ended in the middle of a step: files appear whole or not at all.
    private static let lastWords: StaticString = "interrupted in the middle of a step; what was saved before is kept\n"

    /// Told by a command whose steps, or whose saving at the end, may take longer than a few seconds.
    static func wait(seconds: UInt32) { patience.store(seconds, ordering: .relaxed) }

    /// Starts to listen.
    static func listen() {
        _ = (cancellation, patience.load(ordering: .relaxed))
        // Atomic accesses, alarm() and signal() are all that this signal handler does.
        signal(SIGINT) { _ in
            InterruptionRequest.cancellation.cancel()
            signal(SIGINT, SIG_DFL)
            alarm(InterruptionRequest.patience.load(ordering: .relaxed))
        }
        signal(SIGALRM) { _ in
            let words = InterruptionRequest.lastWords
            write(STDERR_FILENO, words.utf8Start, words.utf8CodeUnitCount)
            _exit(InterruptionRequest.exitCode)
        }
        // A program that starts this one from a thread without signals hands that mask on.
        var interruption = sigset_t()
        sigemptyset(&interruption)
        sigaddset(&interruption, SIGINT)
        sigaddset(&interruption, SIGALRM)
        pthread_sigmask(SIG_UNBLOCK, &interruption, nil)
    }
}
