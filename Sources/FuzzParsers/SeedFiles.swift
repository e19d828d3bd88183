import Foundation

/// The real files below the package's folder: the demo's and the tests' golden data.
struct SeedFiles {
    private let paths: [String]

    /// Whole files are copied for every input, so large ones are left out.
    private static let largestByteCount = 1 << 19

    init(package: String) throws {
        let package = URL(fileURLWithPath: package).standardizedFileURL.path
        let roots = ["Sources/DemoData/Demo", "Tests"].map { package + "/" + $0 }
        paths = try roots.flatMap { root in
            try FileManager.default.subpathsOfDirectory(atPath: root).sorted().map { root + "/" + $0 }
        }.filter { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return attributes?[.type] as? FileAttributeType == .typeRegular
                && (attributes?[.size] as? NSNumber)?.intValue ?? .max <= Self.largestByteCount
        }
    }

    /// Files that are read alone.
    func alone(_ isWanted: (String) -> Bool) throws -> [FileParsers.Seed] {
        try paths.filter(isWanted).map { FileParsers.Seed(folder: nil, file: $0, bytes: try Self.bytes($0)) }
    }

    /// Files of this name that need what lies beside them.
    func inFolders(_ name: String, beside: String) throws -> [FileParsers.Seed] {
        try paths.filter { $0.hasSuffix("/" + name) }.compactMap { path in
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard FileManager.default.fileExists(atPath: folder + "/" + beside) else { return nil }
            return FileParsers.Seed(folder: folder, file: name, bytes: try Self.bytes(path))
        }
    }

    /// The head of the demo's corpus, and small ones in the other formats.
    func corpora() throws -> [FileParsers.Seed] {
        guard let path = paths.first(where: { $0.hasSuffix("/corpus.jsonl") }) else { return [] }
        let head = try Self.bytes(path).split(separator: 10).prefix(20).joined(separator: [10])
        let others = [
            ("c.csv", "id,text,tag\nx,\"a, \"\"b\"\"\",1\ny,\"two\r\nlines\",2\n\nz,plain,3\n"),
            ("c.tsv", "text\ttag\n\"a\tb\"\t1\nplain\t2\n"), ("c.txt", "\u{feff}one\r\n\ntwo é 😀\n"),
        ]
        return [FileParsers.Seed(folder: nil, file: "c.jsonl", bytes: Array(head))]
            + others.map { FileParsers.Seed(folder: nil, file: $0, bytes: Array($1.utf8)) }
    }

    /// config.yaml and every weight file of the golden transcoder folders that load for a tiny model.
    func transcoderFiles() throws -> [FileParsers.Seed] {
        try paths.filter { $0.hasSuffix("/config.yaml") && !$0.contains("/DemoData/") }.flatMap { path in
            let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
            guard let shape = TranscoderShape(findingIn: folder) else { return [FileParsers.Seed]() }
            return try paths.filter { $0.hasPrefix(folder + "/") && !$0.hasSuffix("/expected.safetensors") }
                .map { file in
                    FileParsers.Seed(
                        folder: folder, file: String(file.dropFirst(folder.count + 1)), bytes: try Self.bytes(file),
                        shape: shape)
                }
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    }
}
