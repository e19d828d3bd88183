import Foundation
import Synchronization

/// Ends the process when one input takes too long or too much memory, and says so.
final class Watch: Sendable {
    private let since = Atomic<UInt64>(0)

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

    /// Says that an input is fed now.
    func begin() { since.store(DispatchTime.now().uptimeNanoseconds, ordering: .relaxed) }

    /// Says that it is done.
    func end() { since.store(0, ordering: .relaxed) }

    /// The largest resident size so far.
    private static var peakMebibytes: Int {
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
        let started = since.load(ordering: .relaxed)
        let now = DispatchTime.now().uptimeNanoseconds
        guard started > 0, now > started else { return }
        let seconds = Double(now - started) / 1e9
        if seconds > Self.longestSeconds { fail("no end after \(Int(seconds)) s") }
        if Self.peakMebibytes > Self.mostMebibytes { fail("\(Self.peakMebibytes) MiB of memory") }
    }

    private func fail(_ reason: String) -> Never {
        FileHandle.standardError.write(Data("\(reason)\n".utf8))
        exit(1)
    }
}
