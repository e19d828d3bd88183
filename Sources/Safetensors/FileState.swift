import Foundation

/// Which file was mapped, in which state: any change of its bytes gives it another identity.
///
/// A file system notes the time of a change in ticks of its clock, so that two changes inside one tick look alike. What is
/// remembered of a file is therefore only trusted where its last change lies further back than any tick; see
/// ``isSettled(at:)``.
public struct FileIdentity: Equatable, Sendable {
    /// Nanoseconds since 1970 of a change.
    typealias Time = Int64

    let device: UInt64
    let inode: UInt64
    let byteCount: Int64
    /// When bytes were last written.
    let modified: Time
    /// When bytes, name or rights last changed: no program can set it, so that a copied date does not deceive.
    let changed: Time

    /// FAT counts in steps of two seconds, which is the coarsest clock of a file system in use.
    private static let coarsestTick: Time = 2_000_000_000

    init(_ status: stat) {
        device = UInt64(truncatingIfNeeded: status.st_dev)
        inode = UInt64(truncatingIfNeeded: status.st_ino)
        byteCount = Int64(status.st_size)
        #if canImport(Darwin)
            let (modification, change) = (status.st_mtimespec, status.st_ctimespec)
        #else
            let (modification, change) = (status.st_mtim, status.st_ctim)
        #endif
        modified = Self.nanoseconds(modification)
        changed = Self.nanoseconds(change)
    }

    /// The identity of the file at a path, links followed; `nil` where there is none.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    /// Whether a change from now on cannot leave this identity as it is: the last one is further back than a tick.
    func isSettled(at time: Time) -> Bool {
        max(modified, changed) < time.subtractingReportingOverflow(Self.coarsestTick).partialValue
    }

    /// Whether `other` is the same file with other bytes; one that took its place is another file.
    func wasRewritten(as other: FileIdentity) -> Bool {
        (device, inode) == (other.device, other.inode) && (byteCount, modified) != (other.byteCount, other.modified)
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

extension FileIdentity: CustomStringConvertible {
    /// All of it in one line.
    public var description: String { "\(device) \(inode) \(byteCount) \(modified) \(changed)" }
}
