import Foundation
import Texts

/// Files and folders of Hugging Face repositories that were downloaded before.
///
/// What belongs to revision `main` lies under `models--owner--name/snapshots/<commit>`, where `refs/main` holds the
/// commit. Nothing is ever downloaded.
/// - SeeAlso: huggingface_hub, "Understand caching"
package struct HuggingFaceCache {
    /// Where the repositories lie.
    package let folder: String

    /// Bytes that the name of a commit may have, with what stands around it.
    private static let referenceLimit = 1_000

    /// The cache that the environment names, by the rules of `huggingface_hub`.
    package init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let home = variable("HOME") ?? NSHomeDirectory()
        let given =
            variable("HF_HUB_CACHE") ?? variable("HF_HOME").map { $0 + "/hub" }
            ?? variable("XDG_CACHE_HOME").map { $0 + "/huggingface/hub" } ?? home + "/.cache/huggingface/hub"
        folder = given.hasPrefix("~/") ? home + given.dropFirst() : given
    }

    /// A repository or something in it: `hf://owner/name`, `hf://owner/name@revision/path`, or the revision after
    /// `?revision=`.
    package struct Address: Equatable {
        /// `owner/name`.
        package let repository: String
        /// The path in the repository; empty for the whole of it.
        package let path: String
        /// A branch, tag or commit.
        package let revision: String

        package static let scheme = "hf://"

        /// Reads an address, or gives nil where it is none.
        package init?(_ text: String) {
            guard text.hasPrefix(Self.scheme) else { return nil }
            let parts = text.dropFirst(Self.scheme.count).split(separator: "?", maxSplits: 1)
            guard let place = parts.first else { return nil }
            var names = place.split(separator: "/", omittingEmptySubsequences: false)
            guard names.count >= 2 else { return nil }
            let query = parts.count > 1 ? parts[1].split(separator: "&") : []
            var revision = query.first { $0.hasPrefix("revision=") }?.dropFirst("revision=".count) ?? ""
            if let at = names[1].firstIndex(of: "@") {
                guard revision.isEmpty else { return nil }
                revision = names[1][names[1].index(after: at)...]
                guard !revision.isEmpty else { return nil }
                names[1] = names[1][..<at]
            }
            guard names.allSatisfy(Self.isPlain) else { return nil }
            // A slash in the name of a branch is written %2F, as the library itself does.
            let name = revision.isEmpty ? "main" : revision.replacingOccurrences(of: "%2F", with: "/")
            guard name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy(Self.isPlain) else {
                return nil
            }
            repository = names[..<2].joined(separator: "/")
            path = names[2...].joined(separator: "/")
            self.revision = name
        }

        /// Whether a name stays inside its folder.
        private static func isPlain(_ name: Substring) -> Bool {
            !name.isEmpty && name != "." && name != ".." && !name.contains("\0")
        }
    }

    /// Where what `address` names lies.
    ///
    /// - Throws: `SafetensorsError` that names the repository and the file, and where it was looked for or which
    ///   revisions are there.
    package func path(of address: Address) throws(SafetensorsError) -> String {
        let repository = folder + "/models--" + address.repository.replacingOccurrences(of: "/", with: "--")
        let reference = WholeFile.text(path: repository + "/refs/" + address.revision, atMost: Self.referenceLimit)
        let commit = reference?.trimmingCharacters(in: .whitespacesAndNewlines)
        let snapshot = repository + "/snapshots/" + (commit ?? address.revision)
        let path = address.path.isEmpty ? snapshot : snapshot + "/" + address.path
        if FileManager.default.fileExists(atPath: path) { return path }
        let wanted = address.path.isEmpty ? "" : address.path + " of "
        let revisions = revisions(in: repository)
        guard FileManager.default.fileExists(atPath: snapshot) || revisions.isEmpty else {
            throw SafetensorsError(
                file: repository,
                "revision \(address.revision) of repository \(address.repository) is not in the local cache, which has "
                    + "\(revisions.joined(separator: ", ")); fetch it, or name one of these")
        }
        throw SafetensorsError(
            file: path,
            "is not in the local cache; fetch \(wanted)repository \(address.repository), revision "
                + "\(address.revision), or name the cache with HF_HUB_CACHE")
    }

    /// The folder that `text` names: itself, or a repository in the cache.
    package static func folder(_ text: String) throws(SafetensorsError) -> String {
        guard text.hasPrefix(Address.scheme) else { return text }
        guard let address = Address(text) else {
            throw SafetensorsError(file: text, "expected hf://owner/name or hf://owner/name@revision")
        }
        return try HuggingFaceCache().path(of: address)
    }

    /// What a folder is called: the last part of its path, or of its address without the revision.
    package static func name(ofFolder text: String) -> String {
        guard let address = Address(text) else {
            return URL(fileURLWithPath: text).standardizedFileURL.lastPathComponent
        }
        let place = address.path.isEmpty ? address.repository : address.path
        return String(place.split(separator: "/").last ?? "")
    }

    /// Branches, tags and commits that are there, with the commits that no name leads to at the end.
    private func revisions(in repository: String) -> [String] {
        let refs = repository + "/refs"
        func isFile(_ name: String) -> Bool {
            var isFolder: ObjCBool = false
            let isThere = FileManager.default.fileExists(atPath: refs + "/" + name, isDirectory: &isFolder)
            return isThere && !isFolder.boolValue
        }
        let names = (FileManager.default.enumerator(atPath: refs)?.allObjects as? [String] ?? []).filter(isFile)
        let named = names.compactMap { WholeFile.text(path: refs + "/" + $0, atMost: Self.referenceLimit) }.map {
            $0.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let commits = (try? FileManager.default.contentsOfDirectory(atPath: repository + "/snapshots")) ?? []
        return names.sorted() + commits.filter { !named.contains($0) }.sorted()
    }
}
