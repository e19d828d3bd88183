import Foundation
import Synchronization

/// Ends the program when one input takes too long or too much memory, and says which.
final class Watch: Sendable {
    private let current = Mutex<(name: String, since: Date)?>(nil)

    private static let longestSeconds = 20.0
    private static let mostMebibytes = 2048

    /// Starts to watch on a thread of its own.
    init() {
        Thread { [weak self] in
            while let self {
                self.look()
                Thread.sleep(forTimeInterval: 0.25)
            }
        }.start()
    }

    /// Says what is fed now.
    func begin(_ name: String) { current.withLock { $0 = (name, Date()) } }

    /// Says that it is done.
    func end() { current.withLock { $0 = nil } }

    /// The largest resident size so far.
    static var peakMebibytes: Int {
        var usage = rusage()
        #if os(macOS)
            getrusage(RUSAGE_SELF, &usage)
            return usage.ru_maxrss >> 20
        #else
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return usage.ru_maxrss >> 10
        #endif
    }

    private func look() {
        guard let (name, since) = current.withLock({ $0 }) else { return }
        let seconds = Date().timeIntervalSince(since)
        if seconds > Self.longestSeconds { fail("\(name): no end after \(Int(seconds)) s") }
        if Self.peakMebibytes > Self.mostMebibytes { fail("\(name): \(Self.peakMebibytes) MiB of memory") }
    }

    private func fail(_ reason: String) -> Never {
        FileHandle.standardError.write(Data("FAILED: \(reason)\n".utf8))
        exit(1)
    }
}
