import Files
import Foundation

/// Which file was mapped, and how it was then: any change of its bytes gives it another state.
///
/// A file system notes the time of a change in ticks of its clock, so that two changes inside one tick look alike. What is
/// remembered of a file is therefore only trusted where its last change lies further back than any tick; see
/// `isSettled(at:)`.
public struct FileState: Equatable, Sendable {
    /// Nanoseconds since 1970 of a change.
    typealias Time = Int64

    let file: FileIdentity
    let byteCount: Int64
    /// When bytes were last written.
    let modified: Time
    /// When bytes, name or rights last changed: no program can set it, so that a copied date does not deceive.
    let changed: Time

    /// FAT counts in steps of two seconds, which is the coarsest clock of a file system in use.
    private static let coarsestTick: Time = 2_000_000_000

    init(_ status: stat) {
        file = FileIdentity(status)
        byteCount = Int64(status.st_size)
        #if canImport(Darwin)
            let (modification, change) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modification, change) = (status.st_mtim, status.st_ctim)
        #endif
        modified = Self.nanoseconds(modification)
        changed = Self.nanoseconds(change)
    }

    /// The state of the file at a path, links followed; `nil` where there is none.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether a change from now on cannot leave this state as it is: the last one is further back than a tick.
    func isSettled(at time: Time) -> Bool {
        max(modified, changed) < time.subtractingReportingOverflow(Self.coarsestTick).partialValue
    }

    /// Whether `other` is the same file with other bytes; one that took its place is another file.
    func wasRewritten(as other: FileState) -> Bool {
        file == other.file && (byteCount, modified) != (other.byteCount, other.modified)
    }

    /// The time of the machine's clock.
    static var now: Time {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }

    private static func nanoseconds(_ time: timespec) -> Time {
        Time(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ Time(time.tv_nsec)
    }
}

extension FileState: CustomStringConvertible {
    /// All of it in one line.
    public var description: String { "\(file) \(byteCount) \(modified) \(changed)" }
}
