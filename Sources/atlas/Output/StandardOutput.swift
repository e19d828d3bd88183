import Files
import Foundation
import Synchronization

/// The only way to standard output: what cannot be written is not told as success.
///
/// Text is collected and written in large pieces, on a terminal by the line. Once a piece cannot be written the rest is
/// dropped, and ``finish()``, after the command's work, ends the program: with a line and exit code 1, or, where whoever
/// reads has closed the pipe, quietly and by the signal that ends other tools then.
enum StandardOutput {
    private struct State {
        var waiting: [UInt8] = []
        var failure: FileError?
    }

    private static let state = Mutex(State())
    private static let isTerminal = isatty(STDOUT_FILENO) == 1
    private static let pieceSize = 1 << 16

    /// Writes a text.
    static func write(_ text: String) {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.waiting += Array(text.utf8)
            if isTerminal || state.waiting.count >= pieceSize { flush(&state) }
        }
    }

    /// Writes a file's content.
    static func write(_ content: Data) {
        state.withLock { state in
            guard state.failure == nil else { return }
            state.waiting += content
            flush(&state)
        }
    }

    /// Writes a text and ends the line.
    static func line(_ text: String) { write(text + "\n") }

    /// Writes what waits.
    static func flush() { state.withLock { flush(&$0) } }

    /// Writes what waits; ends the program where that, or anything before, cannot be written.
    static func finish() {
        let failure = state.withLock { state in
            flush(&state)
            return state.failure
        }
        guard let failure else { return }
        if failure.code == EPIPE {
            signal(SIGPIPE, SIG_DFL)
            raise(SIGPIPE)
        }
        StandardError.write(ErrorReport("Error: \(failure)", failure, exitCode: EXIT_FAILURE).lines)
        exit(EXIT_FAILURE)
    }

    private static func flush(_ state: inout State) {
        do throws(FileError) {
            guard !state.waiting.isEmpty else { return }
            var failure: FileError?
            state.waiting.withUnsafeBytes { bytes in
                do throws(FileError) {
                    try AtomicFile.write(bytes, to: STDOUT_FILENO, path: "standard output")
                } catch { failure = error }
            }
            if let failure { throw failure }
        } catch { state.failure = error }
        state.waiting.removeAll(keepingCapacity: true)
    }
}

/// The only way to standard error: notes, progress and what went wrong. Where nobody can be told anything, work goes on.
enum StandardError {
    /// Writes a text as it is.
    static func write(_ text: String) {
        Array(text.utf8).withUnsafeBytes { bytes in
            try? AtomicFile.write(bytes, to: STDERR_FILENO, path: "standard error")
        }
    }

    /// Writes a text and ends the line.
    static func line(_ text: String) { write(text + "\n") }
}

/// The three streams that a program begins with.
enum StandardStreams {
    /// Makes sure that they are there: a file that is opened later must never get the number of one that was closed, and
    /// be written to as if it were that. Writing to a stream that was closed fails; so does reading.
    static func prepare() {
        // Whoever reads may close a pipe: that is found out by writing, and ends no work that is under way.
        signal(SIGPIPE, SIG_IGN)
        // A limit of files' sizes is an error like a full disk, and is told like one.
        signal(SIGXFSZ, SIG_IGN)
        for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) == -1 {
            _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
        }
    }
}

/// In place of Swift's: every `print` of this program goes through ``StandardOutput``.
func print(_ text: String) { StandardOutput.line(text) }
