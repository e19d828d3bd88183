import Foundation
import Synchronization
import Tensors

/// Takes the terminal's interruption (SIGINT) as the wish to stop between two steps; a second one, or a step that takes
/// longer than the command expects, ends the program at once.
enum InterruptionRequest {
    /// What a shell expects of a program that was interrupted: 128 + SIGINT.
    static let exitCode: Int32 = 130

    /// Seconds for a step of which nothing is lost when it is stopped.
    static let briefly: UInt32 = 5
    /// Seconds for a step that is to be finished, or for saving gigabytes.
    static let long: UInt32 = 600

    /// Seconds that the command may take to stop.
    private static let patience = Atomic(briefly)
    /// Whether the same command goes on from where it is interrupted.
    private static let isResumable = Atomic(false)

    /// One for the program, as signals are.
    static let cancellation = Cancellation()

    /// Told by a command whose step under way, or whose saving at the end, may take longer than a few seconds.
    static func wait(seconds: UInt32) { patience.store(seconds, ordering: .relaxed) }

    /// Told by a command that goes on from where it is interrupted.
    static func canBeResumed() { isResumable.store(true, ordering: .relaxed) }

    /// What is written inside the signal handler, made before.
    private struct Words {
        let waiting = Self.kept(
            (isatty(STDERR_FILENO) == 1 ? "\n" : "")
                + "note: stopping after the step under way; Ctrl-C again stops at once\n")
        /// Where a command had to be ended in the middle of a step: files appear whole or not at all.
        let last = Self.kept(Self.ended(resume: nil))
        let lastResumable = Self.kept(Self.ended(resume: CommandLineText.own))

        private static func ended(resume: String?) -> String {
            ErrorReport(
                interrupted: "interrupted in the middle of a step; what was saved before is kept", resume: resume
            ).lines
        }

        private static func kept(_ text: String) -> UnsafeRawBufferPointer {
            let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
            bytes.copyBytes(from: text.utf8)
            return UnsafeRawBufferPointer(bytes)
        }
    }

    /// Never written again, nor freed.
    nonisolated(unsafe) private static let words = Words()

    /// Starts to listen.
    static func listen() {
        _ = (cancellation, patience.load(ordering: .relaxed), isResumable.load(ordering: .relaxed), words)
        // Atomic accesses, write(), alarm() and signal() are all that these signal handlers do.
        signal(SIGINT) { _ in
            InterruptionRequest.cancellation.cancel()
            signal(SIGINT, SIG_DFL)
            let seconds = InterruptionRequest.patience.load(ordering: .relaxed)
            if seconds > InterruptionRequest.briefly { InterruptionRequest.say(InterruptionRequest.words.waiting) }
            alarm(seconds)
        }
        signal(SIGALRM) { _ in
            let words = InterruptionRequest.words
            InterruptionRequest.say(
                InterruptionRequest.isResumable.load(ordering: .relaxed) ? words.lastResumable : words.last)
            _exit(InterruptionRequest.exitCode)
        }
        // A program that starts this one from a thread without signals hands that mask on.
        var interruption = sigset_t()
        sigemptyset(&interruption)
        sigaddset(&interruption, SIGINT)
        sigaddset(&interruption, SIGALRM)
        pthread_sigmask(SIG_UNBLOCK, &interruption, nil)
    }

    private static func say(_ words: UnsafeRawBufferPointer) { write(STDERR_FILENO, words.baseAddress, words.count) }
}

/// A command that was interrupted, and goes on when it is given again.
struct Interrupted: Error {
    /// One line: how far it was, and what is kept.
    let message: String
}
