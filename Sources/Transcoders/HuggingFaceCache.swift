import Foundation

/// Files of Hugging Face repositories that were downloaded before.
///
/// A file of revision `main` lies at `models--owner--name/snapshots/<commit>/path`, where `refs/main` holds the
/// commit. Nothing is ever downloaded.
/// - SeeAlso: huggingface_hub, "Understand caching"
struct HuggingFaceCache {
    /// Where the repositories lie.
    let folder: String

    /// The cache that the environment names, by the rules of `huggingface_hub`.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = variable("HOME") ?? NSHomeDirectory()
        let given =
            variable("HF_HUB_CACHE") ?? variable("HF_HOME").map { $0 + "/hub" }
            ?? variable("XDG_CACHE_HOME").map { $0 + "/huggingface/hub" } ?? home + "/.cache/huggingface/hub"
        folder = given.hasPrefix("~/") ? home + given.dropFirst() : given
    }

    /// A file of a repository, as `hf://owner/name/path?revision=main` names it.
    struct Address: Equatable {
        /// `owner/name`.
        let repository: String
        /// The file's path in the repository.
        let path: String
        /// A branch, tag or commit.
        let revision: String

        static let scheme = "hf://"

        /// Reads an address, or gives nil where it is none.
        init?(_ text: String) {
            guard text.hasPrefix(Self.scheme) else { return nil }
            let parts = text.dropFirst(Self.scheme.count).split(separator: "?", maxSplits: 1)
            guard let place = parts.first else { return nil }
            let names = place.split(separator: "/", omittingEmptySubsequences: false)
            guard names.count >= 3, names.allSatisfy(Self.isPlain) else { return nil }
            repository = names[..<2].joined(separator: "/")
            path = names[2...].joined(separator: "/")
            let query = parts.count > 1 ? parts[1].split(separator: "&") : []
            let revision = query.first { $0.hasPrefix("revision=") }?.dropFirst("revision=".count) ?? ""
            let isNested = revision.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPlain)
            guard revision.isEmpty || isNested else { return nil }
            self.revision = revision.isEmpty ? "main" : String(revision)
        }

        /// Whether a name stays inside its folder.
        private static func isPlain(_ name: Substring) -> Bool {
            !name.isEmpty && name != "." && name != ".." && !name.contains("\0")
        }
    }

    /// Where the file of `address` lies.
    ///
    /// - Throws: `TranscoderError` that names the repository, the file, and where it was looked for.
    func path(of address: Address) throws(TranscoderError) -> String {
        let repository = folder + "/models--" + address.repository.replacingOccurrences(of: "/", with: "--")
        let reference = FileManager.default.contents(atPath: repository + "/refs/" + address.revision)
        let commit = reference.map {
            String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let path = repository + "/snapshots/" + (commit ?? address.revision) + "/" + address.path
        guard FileManager.default.fileExists(atPath: path) else {
            throw TranscoderError(
                file: path,
                "is not in the local cache; fetch \(address.path) of repository \(address.repository), revision "
                    + "\(address.revision), or name the cache with HF_HUB_CACHE")
        }
        return path
    }
}
