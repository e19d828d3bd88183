import AtlasQuery
import AtlasStore
import Foundation

/// The lines of a ``FeatureBundle``, with the fields of Neuronpedia's tables.
struct FeatureBundleRows {
    let modelID: String
    let sourceSet: String
    let creator: String
    let creatorID: String

    /// What the import marks the strongest examples with, which are in no interval.
    private static let topGroup = -1.0

    /// The source of a layer.
    func sourceID(ofLayer layer: Int) -> String { "\(layer)-\(sourceSet)" }

    /// What the folder of a layer is about: each file's name and its one line.
    func descriptions(ofLayer layer: Int, _ information: AtlasInformation) -> [(name: String, line: Data)] {
        let release = sourceSet
        let what =
            information.basis == "neurons" ? "neurons" : "\(information.transcoderKind) transcoders"
        return [
            (
                "release.jsonl",
                line { writer in
                    writer.field("name", release)
                    writer.field("description", "\(information.transcoderName), \(what) of \(information.modelName)")
                    writer.field("creatorName", creator)
                    writer.field("creatorId", creatorID)
                    writer.field("urls", [String]())
                }
            ),
            (
                "model.jsonl",
                line { writer in
                    writer.field("id", modelID)
                    writer.field("displayName", information.modelName)
                    writer.field("displayNameShort", modelID)
                    writer.field("creatorId", creatorID)
                    writer.field("layers", information.layerCount)
                    // Of MLP neurons, which an atlas does not know.
                    writer.field("neuronsPerLayer", 0)
                    writer.field("owner", creator)
                    writer.field("visibility", "PUBLIC")
                }
            ),
            (
                "sourceset.jsonl",
                line { writer in
                    writer.field("modelId", modelID)
                    writer.field("name", sourceSet)
                    writer.field("description", information.transcoderName)
                    writer.field("type", what)
                    writer.field("creatorName", creator)
                    writer.field("creatorId", creatorID)
                    writer.field("releaseName", release)
                    writer.field("urls", [String]())
                    writer.field("visibility", "PUBLIC")
                }
            ),
            (
                "source.jsonl",
                line { writer in
                    writer.field("id", sourceID(ofLayer: layer))
                    writer.field("modelId", modelID)
                    writer.field("setName", sourceSet)
                    writer.field("creatorId", creatorID)
                    writer.field("dataset", information.corpora.map(\.name).joined(separator: ", "))
                    writer.field("num_prompts", information.promptCount)
                    writer.field("visibility", "PUBLIC")
                }
            ),
        ]
    }

    /// What a feature is; bars stand at the middle of their bins.
    func feature(_ report: FeatureReport) -> Data {
        let width = report.maximum / Double(max(report.histogram.count, 1))
        return line { writer in
            identify(report, &writer)
            writer.field("sourceSetName", sourceSet)
            writer.field("creatorId", creatorID)
            writer.field("maxActApprox", report.maximum)
            writer.field("hasVector", false)
            writer.field(
                "frac_nonzero",
                report.countedTokens > 0 ? Double(report.activeTokens) / Double(report.countedTokens) : 0)
            writer.field("freq_hist_data_bar_heights", report.histogram.map(Double.init))
            writer.field(
                "freq_hist_data_bar_values", report.histogram.indices.map { (Double($0) + 0.5) * width })
            writer.field("logits_hist_data_bar_heights", [Double]())
            writer.field("logits_hist_data_bar_values", [Double]())
            writer.field("pos_str", report.promoted.map(\.text))
            writer.field("pos_values", report.promoted.map(\.value))
            writer.field("neg_str", report.suppressed.map(\.text))
            writer.field("neg_values", report.suppressed.map(\.value))
        }
    }

    /// Where a feature fires: the strongest prompts, then samples of its intervals, the strongest first.
    func activations(_ report: FeatureReport) -> Data {
        var lines = Data()
        func add(_ examples: [FeatureExample], from lower: Double, to upper: Double, holding share: Double) {
            for example in examples {
                lines += line { writer in
                    let strongest = example.activations.indices.max {
                        (example.activations[$0], $1) < (example.activations[$1], $0)
                    }
                    writer.field("id", id("activation", report, "\(lower) \(example.promptID) \(example.position)"))
                    identify(report, &writer)
                    writer.field("creatorId", creatorID)
                    writer.field("tokens", example.tokens)
                    writer.field("values", example.activations)
                    writer.field("maxValue", strongest.map { example.activations[$0] } ?? 0)
                    writer.field("maxValueTokenIndex", strongest ?? 0)
                    writer.field("minValue", example.activations.min() ?? 0)
                    writer.field("dataIndex", "\(example.promptID)")
                    writer.field("binMin", lower)
                    writer.field("binMax", upper)
                    writer.field("binContains", share)
                    writer.field("qualifyingTokenIndex", example.position - example.firstPosition)
                }
            }
        }
        add(report.topExamples, from: Self.topGroup, to: Self.topGroup, holding: Self.topGroup)
        for interval in report.intervals.reversed() {
            let share = report.activePrompts > 0 ? Double(interval.promptCount) / Double(report.activePrompts) : 0
            add(interval.examples, from: interval.lower, to: interval.upper, holding: share)
        }
        return lines
    }

    /// The name that a person gave.
    func explanation(_ label: FeatureLabel) -> Data {
        let source = sourceID(ofLayer: label.feature.layer)
        return line { writer in
            writer.field("id", Self.id(["explanation", modelID, source, "\(label.feature.index)", label.label]))
            writer.field("modelId", modelID)
            writer.field("layer", source)
            writer.field("index", "\(label.feature.index)")
            writer.field("description", label.label)
            writer.field("notes", label.note)
            writer.field("authorId", creatorID)
        }
    }

    private func identify(_ report: FeatureReport, _ writer: inout JSONWriter) {
        writer.field("modelId", modelID)
        writer.field("layer", sourceID(ofLayer: report.feature.layer))
        writer.field("index", "\(report.feature.index)")
    }

    private func id(_ kind: String, _ report: FeatureReport, _ which: String) -> String {
        Self.id([kind, modelID, sourceID(ofLayer: report.feature.layer), "\(report.feature.index)", which])
    }

    /// 25 characters that begin with a letter, as ids there are.
    private static func id(_ parts: [String]) -> String {
        "c" + ContentHash(of: parts.joined(separator: "\n")).bytes.prefix(12).hexadecimal
    }

    private func line(_ fields: (inout JSONWriter) -> Void) -> Data {
        var writer = JSONWriter()
        writer.object { fields(&$0) }
        return Data(writer.bytes + [UInt8(ascii: "\n")])
    }
}

extension JSONWriter {
    fileprivate mutating func field(_ name: String, _ text: String) {
        key(name)
        value(text)
    }

    fileprivate mutating func field(_ name: String, _ texts: [String]) {
        key(name)
        value(texts)
    }

    fileprivate mutating func field(_ name: String, _ number: Int) {
        key(name)
        value(number)
    }

    fileprivate mutating func field(_ name: String, _ number: Double) {
        key(name)
        value(number)
    }

    fileprivate mutating func field(_ name: String, _ numbers: [Double]) {
        key(name)
        array { writer in
            for number in numbers { writer.value(number) }
        }
    }

    fileprivate mutating func field(_ name: String, _ isTrue: Bool) {
        key(name)
        value(isTrue)
    }
}
