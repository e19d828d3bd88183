import AtlasExport
import AtlasImport
import AtlasIndexing
import Attribution
import Foundation
import Safetensors
import Texts
import Tokenizers
import Transcoders

/// libFuzzer's entry: the first byte chooses a parser, the rest is its file.
///
/// Built only when the variable FUZZ is set, as it has no `main` of its own; `make libfuzzer` builds and runs it. A parser
/// may throw; it must not crash, hang or allocate beyond the file's size, which libFuzzer watches.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    guard count > 0 else { return 0 }
    let bytes = Data(UnsafeBufferPointer(start: start + 1, count: count - 1))
    let folder = FileManager.default.temporaryDirectory.path + "/parser-fuzzer-\(getpid())"
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    func file(_ name: String) -> String {
        let path = folder + "/" + name
        FileManager.default.createFile(atPath: path, contents: bytes)
        return path
    }
    switch start[0] % 10 {
    case 0:
        if let opened = try? SafetensorsFile(path: file("a.safetensors")) {
            for (name, tensor) in opened.tensors { _ = try? opened.matrix(name, shape: tensor.shape).matrix() }
        }
    case 1: _ = try? Tokenizer(contentsOf: URL(fileURLWithPath: file("tokenizer.json"))).encode("The capital of 36")
    case 2: _ = try? GraphDocument(contentsOf: URL(fileURLWithPath: file("graph.json")))
    case 3:
        _ = file("config.yaml")
        _ = try? TranscoderSet(folder: folder, layerCount: 1, modelWidth: 8)
    case 4: _ = try? JSONText.parse([UInt8](bytes))
    case 5: _ = try? NameRule.name(String(decoding: bytes, as: UTF8.self))
    case 6:
        if let document = try? GraphDocument(json: bytes, place: "graph"),
            let conversion = try? GraphConversion(document, kind: .perLayer, place: "graph")
        {
            _ = (try? conversion.prompt(), try? conversion.identity())
        }
    case 7: _ = try? RawGraphReading(path: file("raw.safetensors"))
    case 8: _ = try? LabelFile(path: file(["names.jsonl", "names.csv", "names.tsv"][Int(start[0] / 10) % 3]))
    default:
        let formats = ["a.jsonl", "a.csv", "a.tsv", "a.txt"]
        let path = file(formats[Int(start[0] / 10) % formats.count])
        if let records = try? CorpusSource.file(path: path).records(onMalformed: .skip(report: { _ in })) {
            while (try? records.next()) != nil {}
        }
    }
    return 0
}

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ callback: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager names an executable's entry after its target; it hands over to libFuzzer.
@_cdecl("ParserFuzzer_main")
public func main(_ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> CInt {
    var count = count
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = arguments
    return runDriver(&count, &arguments) { fuzzOneInput($0, $1) }
}
