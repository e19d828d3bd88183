import ArgumentParser
import Foundation

/// Where a command puts the one file it writes: a path, or `-` for standard output, where nothing else is printed then.
enum OutputPlace {
    /// Standard output's name.
    static let standardOutput = "-"

    /// Refuses standard output where a folder is written.
    static func requireFolder(_ output: String) throws {
        guard output != standardOutput else {
            throw ValidationError("--output: expected a folder, found -: standard output takes a single file")
        }
    }
}
