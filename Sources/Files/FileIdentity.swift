import Foundation

/// Which file a path led to at a moment: two names of one file are equal, a file that took another's name is not.
public struct FileIdentity: Hashable, Sendable {
    private let device: UInt64
    private let number: UInt64

    /// The file that `path` leads to, through links; `nil` where there is none.
    public init?(path: String) {
        var state = stat()
        guard stat(path, &state) == 0 else { return nil }
        self.init(state)
    }

    /// The file behind an open descriptor.
    init?(descriptor: Int32) {
        var state = stat()
        guard fstat(descriptor, &state) == 0 else { return nil }
        self.init(state)
    }

    /// The file that the system told of.
    public init(_ state: stat) {
        device = UInt64(truncatingIfNeeded: state.st_dev)
        number = UInt64(truncatingIfNeeded: state.st_ino)
    }
}

extension FileIdentity: CustomStringConvertible {
    /// The device and the number of the file on it.
    public var description: String { "\(device) \(number)" }
}
