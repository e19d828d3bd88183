import AtlasExport
import AtlasIndexing
import AtlasQuery
import Circuits
import Foundation
import Safetensors
import Texts

/// Parsers of what people type and programs send, in memory.
enum TextParsers {
    static func all() -> [FuzzedParser] {
        [json, decodedJSON, names, templates, filters, features, addresses, supernodes]
    }

    private static let json = FuzzedParser(
        "json",
        texts: [
            #"{"a": [1, 2.5e-3, -0, true, false, null], "é": {"b": "\u00e9\ud83d\ude00\n"}, "c": ""}"#,
            #"[[[[{"deep": [[]]}]]], 9223372036854775807, 1e999, "\\\"\/\b\f"]"#, "  0.1  ", #""text""#,
        ], isTyped: { $0 is JSONSyntaxError }
    ) { text in
        let bytes = Array(text.utf8)
        do throws(JSONSyntaxError) {
            let value = try JSONText.parse(bytes)
            _ = (value.excerpt, value.wholeNumber, value.number)
        } catch {
            precondition(error.line > 0 && error.column > 0)
            throw error
        }
    }

    /// Everything that a body of a request, or a list of names, is decoded to.
    private struct Everything: Decodable {
        enum Choice: String, Decodable { case first, second }
        let whole: Int?
        let small: UInt8?
        let seed: UInt64?
        let number: Double?
        let single: Float?
        let flag: Bool?
        let text: String?
        let choice: Choice?
        let list: [Int]?
        let nested: [[String]]?
        let feature: FeatureID?
        let byName: [String: Double]?
    }

    private static let decodedJSON = FuzzedParser(
        "decoded-json",
        texts: [
            #"{"whole": 12, "small": 255, "seed": 18446744073709551615, "number": 1.5, "single": 1e30, "flag": true}"#,
            #"{"text": "a\tb", "choice": "first", "list": [1, 2, 3.0], "nested": [["a"], []], "byName": {"x": 1}}"#,
            #"{"feature": {"layer": 2, "index": 157}, "whole": null, "list": []}"#,
        ], isTyped: { $0 is OneLine }
    ) { text in
        do {
            let found = try JSONDecoding.decode(Everything.self, from: Array(text.utf8))
            precondition(found.number?.isFinite != false && found.single?.isFinite != false)
            precondition(found.text?.utf8.contains(0) != true)
        } catch let error as DecodingError {
            throw OneLine(error)
        }
    }

    /// A decoding error, whose own description has lines.
    private struct OneLine: Error, CustomStringConvertible {
        let description: String

        init(_ error: DecodingError) {
            description =
                switch error {
                case .keyNotFound(_, let context), .typeMismatch(_, let context), .valueNotFound(_, let context),
                    .dataCorrupted(let context):
                    context.debugDescription
                @unknown default: "\(error)"
                }
        }
    }

    private static let names = FuzzedParser(
        "names", texts: ["Texas", " says Austin ", "é e\u{301} 👨‍👩‍👧", "می‌خواهم", "a\u{202E}b", "\u{0}", "x\ty"],
        isTyped: { $0 is NameRule.Fault }
    ) { text in
        let name = try NameRule.name(text)
        let again = try NameRule.name(name)
        precondition(ExactText(again) == ExactText(name) && !name.isEmpty && !name.utf8.contains(0))
        precondition(name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
    }

    private static let templates = FuzzedParser(
        "templates",
        texts: [
            "calc: {a}+{b}=|a=0...99|b=-3...3", "{x}{{y}}|x=one,two,three", "{a}|a=0...9223372036854775807",
            "{n} of {n}|n=-9223372036854775808...9223372036854775807", "é{ü}|ü=ä,a\u{308}",
        ], isTyped: { $0 is CorpusError }
    ) { text in
        let parts = text.splitExactly(at: "|")
        var values: [ExactText: CorpusTemplate.Values] = [:]
        for part in parts.dropFirst() {
            let (name, found) = try CorpusTemplate.Values.parse(part)
            values[ExactText(name)] = found
        }
        let template = try CorpusTemplate(pattern: parts[0], values: values)
        let records = try CorpusSource.template(template).records(onMalformed: .fail)
        for _ in 0..<3 { _ = try records.next() }
    }

    private static let filters = FuzzedParser(
        "filters", texts: ["family=two-step,state=Texas", "corpus=a\\,b,right=no", "a\\=b==,c=", "é=\u{301}"]
    ) { text in
        guard let filter = PromptFilter(text) else { return }
        precondition(PromptFilter(filter.description) == filter)
    }

    private static let features = FuzzedParser(
        "features", texts: ["2/157", "0/0", "9223372036854775807/1", "10-12", "12-", "7", "0-9223372036854775807"]
    ) { text in
        if let feature = FeatureID(text) { precondition(FeatureID(feature.description) == feature) }
        guard let range = PositionRange(text) else { return }
        precondition(PositionRange(range.description) == range)
        precondition(range.positions(below: 20).allSatisfy { range.contains($0) && $0 < 20 })
    }

    private static let addresses = FuzzedParser(
        "addresses",
        texts: [
            "hf://owner/name", "hf://owner/name@main/a/b.safetensors", "hf://o/n?revision=refs%2Fpr%2F1", "hf://a/../b",
        ]
    ) { text in
        guard let address = HuggingFaceCache.Address(text) else { return }
        precondition(!address.repository.isEmpty && !address.path.split(separator: "/").contains(".."))
        _ = HuggingFaceCache.name(ofFolder: text)
    }

    private static let supernodes = FuzzedParser(
        "supernodes",
        texts: [
            #"[["capital", "2_157_3", "0_303_12"], ["state", "1_10_4"]]"#,
            #"{"qParams": {"supernodes": [["x", "1_2_3"]]}, "nodes": []}"#,
        ], isTyped: { $0 is ExportError }
    ) { text in
        let file = try SupernodeFile(json: Data(text.utf8), place: "supernodes")
        precondition(file.supernodes.allSatisfy { !$0.members.isEmpty })
    }
}
