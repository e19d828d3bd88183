import AtlasExport
import AtlasIndexing
import Foundation
import LanguageModels
import Safetensors
import Tokenizers
import Transcoders

/// A parser, real files for it, and how it is fed.
struct FuzzedParser {
    /// One real file; the parser is fed a damaged copy of it in a folder that holds what lies beside it.
    struct Seed {
        /// The folder that is copied once; `nil` where the file is read alone.
        let folder: String?
        /// The file, inside the folder or alone.
        let file: String
        let bytes: [UInt8]
        /// What the folder is read for, where it holds transcoders.
        var shape: TranscoderShape?
    }

    let name: String
    let seeds: [Seed]
    /// Reads the damaged file, and uses what was read.
    let read: (_ path: String, _ folder: String, _ shape: TranscoderShape?) throws -> Void
    /// Whether an error is one that the parser may throw; it must also be one line.
    let isTyped: (any Error) -> Bool

    /// Whether a refusal is as it should be.
    func isExpected(_ error: any Error) -> Bool { isTyped(error) && !"\(error)".contains { $0.isNewline } }

    /// Feeds one damaged file; it stays in `scratch` until the next of the same parser.
    func feed(seed: UInt64, input: UInt64, scratch: String) throws {
        var random = SplitMix(seed: seed, input: input)
        let index = Int.random(in: 0..<seeds.count, using: &random)
        let chosen = seeds[index]
        let folder = "\(scratch)/\(name)-\(index)"
        let manager = FileManager.default
        if !manager.fileExists(atPath: folder) {
            if let source = chosen.folder {
                try manager.copyItem(atPath: source, toPath: folder)
            } else {
                try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
            }
        }
        let name = chosen.folder == nil ? URL(fileURLWithPath: chosen.file).lastPathComponent : chosen.file
        let path = folder + "/" + name
        // Some file systems flush a file that is written over, and not one that is new.
        try? manager.removeItem(atPath: path)
        try Data(Damage.apply(to: chosen.bytes, using: &random)).write(to: URL(fileURLWithPath: path))
        // A folder serves several seeds: its undamaged file comes back.
        defer { if chosen.folder != nil { try? Data(chosen.bytes).write(to: URL(fileURLWithPath: path)) } }
        try read(path, folder, chosen.shape)
    }
}

extension FuzzedParser {
    /// Every parser with its real files below the package's folder.
    ///
    /// - Throws: `MissingSeeds` for a parser without a file.
    static func all(package: String) throws -> [FuzzedParser] {
        let files = try SeedFiles(package: package)
        let parsers = [
            FuzzedParser(
                name: "safetensors", seeds: try files.alone { $0.hasSuffix(".safetensors") },
                read: { path, _, _ in
                    let file = try SafetensorsFile(path: path)
                    for (name, tensor) in file.tensors where tensor.type == "F32" {
                        _ = try file.matrix(name, shape: tensor.shape).matrix()
                    }
                }, isTyped: { $0 is SafetensorsError }),
            FuzzedParser(
                name: "config", seeds: try files.inFolders("config.json", beside: "tokenizer.json"),
                read: { _, folder, _ in
                    let model = try LanguageModel(folder: folder)
                    let trace = try model.run([0, 1])
                    precondition(model.logits(trace, position: 1).count == model.configuration.vocabularySize)
                }, isTyped: { $0 is ModelError || $0 is SafetensorsError || $0 is TokenizerError }),
            FuzzedParser(
                name: "tokenizer", seeds: try files.alone { $0.hasSuffix("tokenizer.json") },
                read: { path, _, _ in
                    let tokenizer = try Tokenizer(contentsOf: URL(fileURLWithPath: path))
                    let ids = tokenizer.encode("The end of 12 cats\n\n <|endoftext|> don't 👍e\u{301} <mask>  x")
                    precondition(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
                    _ = ids.map(tokenizer.text(of:))
                }, isTyped: { $0 is TokenizerError }),
            FuzzedParser(
                name: "corpora", seeds: try files.corpora(),
                read: { path, _, _ in
                    let records = try CorpusSource.file(path: path).records(onMalformed: .skip(report: { _ in }))
                    while let record = try records.next() { precondition(!record.text.isEmpty) }
                }, isTyped: { $0 is CorpusError }),
            FuzzedParser(
                name: "graph", seeds: try files.alone { $0.hasSuffix("/graph/reference.json") },
                read: { path, _, _ in
                    let document = try GraphDocument(contentsOf: URL(fileURLWithPath: path))
                    let again = try GraphDocument(json: document.json, place: path)
                    precondition(again.nodes == document.nodes)
                }, isTyped: { $0 is ExportError }),
            FuzzedParser(
                name: "transcoders", seeds: try files.transcoderFiles(),
                read: { _, folder, shape in
                    guard let shape else { preconditionFailure("every transcoder folder has a shape") }
                    let set = try TranscoderSet(
                        folder: folder, layerCount: shape.layerCount, modelWidth: shape.modelWidth)
                    var row = [Float](repeating: 0, count: set.modelWidth)
                    for transcoder in set.layers {
                        row.withUnsafeMutableBufferPointer { buffer in
                            guard let base = buffer.baseAddress else { return }
                            transcoder.copyDecoderRow(
                                transcoder.featureCount - 1, outputLayer: transcoder.layer, into: base)
                        }
                    }
                }, isTyped: { $0 is TranscoderError || $0 is SafetensorsError }),
        ]
        if let empty = parsers.first(where: { $0.seeds.isEmpty }) {
            throw MissingSeeds(package: package, parser: empty.name)
        }
        return parsers
    }

    /// Formats of the package that no seed exercises.
    static func uncovered(_ parsers: [FuzzedParser], package: String) -> [String] {
        let seeds = parsers.flatMap(\.seeds).map(\.file)
        return ["npz", "yaml"].filter { ending in !seeds.contains { $0.hasSuffix(".\(ending)") } }
            .map { "\($0) (no real file in the tests)" }
    }
}

/// A parser without real files.
struct MissingSeeds: Error, CustomStringConvertible {
    let package: String
    let parser: String
    var description: String {
        "\(package): expected real files for the parser of \(parser), found none; give --package"
    }
}
