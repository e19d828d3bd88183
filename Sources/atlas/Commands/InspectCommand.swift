import ArgumentParser
import AtlasQuery
import Attribution
import Circuits
import Foundation
import Texts
import Safetensors
import Transcoders

struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Say what a folder or file is: a model, transcoders, an atlas, weights.",
        discussion: """
            A folder with config.yaml is a transcoder set, one with folders of SAELens or sparsify too, one with config.json a \
            language model; a file is an atlas or \
            .safetensors weights. Headers are read and checked, weights stay where they are.

              atlas inspect SmolLM2-135M
              atlas inspect my.atlas --json
              atlas inspect my-transcoders --model my-model --scan
            """)

    @Argument(help: "A folder or file.") var path: String
    @Option(
        help: ArgumentHelp(
            "For transcoders whose files do not tell how many layers they have: the language model's folder.",
            valueName: "dir"))
    var model: String?
    @Flag(help: "Of a language model: say what its neurons would be as features.") var neurons = false
    @Flag(help: "Read every weight, and refuse the first number that is NaN or infinite.") var scan = false
    @OptionGroup var output: JSONOutput

    func run() throws {
        let inspection = try inspection()
        try output.print(inspection) {
            InspectionText(inspection).lines.forEach { print($0) }
            if scan { print("scanned: every number is finite") }
        }
    }

    private func inspection() throws -> Inspection {
        let place = try HuggingFaceCache.folder(path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: place, isDirectory: &isFolder) else {
            throw InspectionError(path: path, "expected a folder or file, found nothing")
        }
        func holds(_ name: String) -> Bool { FileManager.default.fileExists(atPath: place + "/" + name) }
        if isFolder.boolValue {
            if holds("config.yaml") || !holds("config.json") && PublishedShape.isThere(place) {
                return .transcoders(try TranscoderDescription(folder: path, modelFolder: model, scan: scan))
            }
            if holds("config.json") {
                return .model(
                    try ModelDescription(folder: path, neurons: neurons ? NeuronOptions() : nil, scan: scan))
            }
            throw InspectionError(
                path: path,
                "expected config.json (a language model), config.yaml (transcoders) or folders of layers with \(PublishedShape.expected), found none"
            )
        }
        if place.hasSuffix(".safetensors") { return .weights(try WeightFileDescription(path: place, scan: scan)) }
        if let kind = WholeFile.kindUnlessRegular(path: place) {
            throw InspectionError(path: path, "expected a folder or a regular file, found \(kind)")
        }
        guard let file = FileHandle(forReadingAtPath: place) else {
            throw InspectionError(path: path, "cannot be opened")
        }
        defer { try? file.close() }
        guard try file.read(upToCount: 15) == Data("SQLite format 3".utf8) else {
            throw InspectionError(path: path, "expected an atlas or .safetensors weights, found another file")
        }
        if scan { throw InspectionError(path: path, "--scan reads weights; `atlas verify` checks an atlas") }
        return .atlas(try AtlasReader.open(place).information())
    }
}

/// What cannot be inspected.
struct InspectionError: Error, CustomStringConvertible {
    /// One line.
    let description: String

    init(path: String, _ reason: String) { description = "\(path): \(reason)" }
}
