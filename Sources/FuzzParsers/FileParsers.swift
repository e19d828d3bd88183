import AtlasExport
import AtlasIndexing
import Foundation
import LanguageModels
import Safetensors
import Texts
import Tokenizers
import TranscoderTraining
import Transcoders

/// Parsers of files: each is fed a damaged copy of a real one.
enum FileParsers {
    /// One real file; the parser is fed a damaged copy of it in a folder that holds what lies beside it.
    struct Seed: Sendable {
        /// The folder that is copied once; `nil` where the file is read alone.
        let folder: String?
        /// The file, inside the folder or alone.
        let file: String
        let bytes: [UInt8]
        /// What the folder is read for, where it holds transcoders.
        var shape: TranscoderShape?
    }

    /// The parsers with their real files below the package's folder.
    static func all(package: String) throws -> [FuzzedParser] {
        let files = try SeedFiles(package: package)
        return [
            parser(
                "safetensors", seeds: try files.alone { $0.hasSuffix(".safetensors") },
                isTyped: { $0 is SafetensorsError }
            ) { path, _, _ in
                let file = try SafetensorsFile(path: path)
                for (name, tensor) in file.tensors where tensor.type == "F32" {
                    _ = try file.matrix(name, shape: tensor.shape).matrix()
                }
            },
            parser(
                "config", seeds: try files.inFolders("config.json", beside: "tokenizer.json"),
                isTyped: { $0 is ModelError || $0 is SafetensorsError || $0 is TokenizerError }
            ) { _, folder, _ in
                let model = try LanguageModel(folder: folder)
                let trace = try model.run([0, 1])
                precondition(model.logits(trace, position: 1).count == model.configuration.vocabularySize)
            },
            parser(
                "tokenizer", seeds: try files.alone { $0.hasSuffix("tokenizer.json") },
                isTyped: { $0 is TokenizerError }
            ) { path, _, _ in
                let tokenizer = try Tokenizer(contentsOf: URL(fileURLWithPath: path))
                let ids = tokenizer.encode("The end of 12 cats\n\n <|endoftext|> don't 👍e\u{301} <mask>  x")
                precondition(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) })
                _ = ids.map(tokenizer.text(of:))
            },
            parser("corpora", seeds: try files.corpora(), isTyped: { $0 is CorpusError }) { path, _, _ in
                let records = try CorpusSource.file(path: path).records(onMalformed: .skip(report: { _ in }))
                while let record = try records.next() { precondition(!record.text.isEmpty) }
            },
            parser(
                "transcoders", seeds: try files.transcoderFiles(),
                isTyped: { $0 is TranscoderError || $0 is SafetensorsError }
            ) { _, folder, shape in
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
            },
            FuzzedParser(
                "graphs", seeds: try files.alone { $0.hasSuffix("/graph/reference.json") }.map(\.bytes),
                isTyped: { $0 is ExportError }
            ) { bytes in
                let document = try GraphDocument(json: Data(bytes), place: "graph")
                let again = try GraphDocument(json: document.json, place: "graph")
                precondition(again.nodes == document.nodes)
            },
            FuzzedParser(
                "training", seeds: [try [UInt8](JSONEncoder().encode(TrainingSettings()))],
                isTyped: { $0 is DecodingError }
            ) { bytes in
                let settings = try JSONDecoding.decode(TrainingSettings.self, from: bytes)
                if settings.fault == nil { precondition(settings.steps > 0 && settings.featureCount > 0) }
            },
        ]
    }

    private static func parser(
        _ name: String, seeds: [Seed], isTyped: @escaping @Sendable (any Error) -> Bool,
        read: @escaping @Sendable (_ path: String, _ folder: String, _ shape: TranscoderShape?) throws -> Void
    ) -> FuzzedParser {
        FuzzedParser(
            name: name, seedCount: seeds.count,
            feed: { random, scratch in
                let index = Int.random(in: 0..<seeds.count, using: &random)
                let chosen = seeds[index]
                let folder = try prepared(chosen, in: "\(scratch)/\(name)-\(index)")
                let file = chosen.folder == nil ? URL(fileURLWithPath: chosen.file).lastPathComponent : chosen.file
                let path = folder + "/" + file
                // Some file systems flush a file that is written over, and not one that is new.
                unlink(path)
                try write(Damage.apply(to: chosen.bytes, using: &random), to: path)
                // A folder serves several seeds: its undamaged file comes back.
                defer { if chosen.folder != nil { try? write(chosen.bytes, to: path) } }
                try read(path, folder, chosen.shape)
            }, isTyped: isTyped)
    }

    /// The folder that a seed is read in, made with its first input.
    private static func prepared(_ seed: Seed, in folder: String) throws -> String {
        let manager = FileManager.default
        guard !manager.fileExists(atPath: folder) else { return folder }
        if let source = seed.folder {
            try manager.copyItem(atPath: source, toPath: folder)
        } else {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }
        return folder
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw CocoaError(.fileWriteUnknown)
        }
    }
}
