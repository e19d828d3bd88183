import Crypto
import Foundation
import Texts

/// Fingerprints of weight files that were hashed before, in the user's cache folder.
///
/// `$XDG_CACHE_HOME/feature-atlas/fingerprints`, where that variable is not set `~/.cache/…` (on macOS
/// `~/Library/Caches/…`). `FEATURE_ATLAS_CACHE` names another folder in place of `feature-atlas`, and `off` turns the cache
/// off. An entry is a small file that is written aside and renamed; one that is damaged, or a folder that cannot be read or
/// written, costs the time to hash again and is never an error.
public struct FingerprintCache: Sendable {
    /// Where the entries lie.
    let folder: String

    /// So many models have an entry; the oldest go.
    private static let entryLimit = 256
    /// The ending of an entry that is being written.
    private static let unfinished = ".new"
    /// Seconds after which an unfinished entry was left by a program that was killed.
    private static let strayAge = 3600.0

    /// Keeps entries in a folder.
    public init(folder: String) { self.folder = folder }

    /// The cache that the environment names; `nil` where it is off or there is no place for it.
    public init?(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let own = variable("FEATURE_ATLAS_CACHE")
        guard own?.lowercased() != "off" else { return nil }
        #if os(macOS)
            let usual = "Library/Caches"
        #else
            let usual = ".cache"
        #endif
        // A relative path is to be ignored, by the XDG Base Directory Specification.
        let shared = variable("XDG_CACHE_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
        guard let place = own ?? (shared ?? variable("HOME").map { "\($0)/\(usual)" }).map({ $0 + "/feature-atlas" })
        else { return nil }
        folder = place + "/fingerprints"
    }

    /// The fingerprint that was kept for these files, if what was hashed is what is asked for.
    ///
    /// - Parameters:
    ///   - files: the paths of what is hashed, which name the entry
    ///   - recipe: the digest of everything that decides the fingerprint: settings, identities of files, places in them
    func fingerprint(of files: [String], recipe: String) -> String? {
        guard let text = WholeFile.text(path: path(of: files), atMost: 1_000) else { return nil }
        let words = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard words.count == 4, words[0] == recipe, words[2] == Self.check(words[0], words[1]) else { return nil }
        return words[1]
    }

    /// Keeps a fingerprint; one of other bytes in the same files is replaced.
    func keep(_ fingerprint: String, of files: [String], recipe: String) {
        let manager = FileManager.default
        try? manager.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let path = path(of: files)
        let aside =
            "\(path).\(ProcessInfo.processInfo.processIdentifier).\(UInt64.random(in: 0 ... .max))\(Self.unfinished)"
        let text = "\(recipe)\n\(fingerprint)\n\(Self.check(recipe, fingerprint))\n"
        guard manager.createFile(atPath: aside, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600]),
            WholeFile.text(path: aside, atMost: 1_000) == text, rename(aside, path) == 0
        else {
            unlink(aside)
            return
        }
        prune()
    }

    /// Forgets the oldest entries of too many, and what killed programs left.
    private func prune() {
        let manager = FileManager.default
        let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
        let dated = names.map { name in
            let date = try? manager.attributesOfItem(atPath: folder + "/" + name)[.modificationDate] as? Date
            return (path: folder + "/" + name, date: date ?? .distantPast)
        }.sorted { ($1.date, $0.path) < ($0.date, $1.path) }
        let entries = dated.filter { !$0.path.hasSuffix(Self.unfinished) }
        let strays = dated.filter {
            $0.path.hasSuffix(Self.unfinished) && $0.date.timeIntervalSinceNow < -Self.strayAge
        }
        for file in entries.dropFirst(Self.entryLimit) + strays { unlink(file.path) }
    }

    private func path(of files: [String]) -> String { folder + "/" + Self.digest(files.joined(separator: "\0")) }

    /// Tells an entry whose bytes were damaged.
    private static func check(_ recipe: String, _ fingerprint: String) -> String { digest(recipe + " " + fingerprint) }

    private static func digest(_ text: String) -> String { SHA256.hash(data: Data(text.utf8)).hexadecimal }
}
