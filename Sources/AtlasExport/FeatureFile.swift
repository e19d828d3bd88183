import AtlasQuery
import Foundation

/// One feature as circuit-tracer's viewer and Neuronpedia read it: `transcoder_id, index, top_logits, bottom_logits,
/// act_min, act_max, quantile_values, histogram, activation_frequency, examples_quantiles`.
///
/// Groups of examples are the strongest prompts, then samples of five intervals of equal width, the strongest first.
/// Quantiles are those of the histogram of 50 bins, so as fine as its bins.
struct FeatureFile {
    private let report: FeatureReport
    private let transcoderName: String

    /// The most examples of a group.
    private static let exampleLimit = 20
    private static let quantileCount = 100

    init(_ report: FeatureReport, transcoderName: String) {
        self.report = report
        self.transcoderName = transcoderName
    }

    /// The feature's number in the names of files: that of its layer and index as one.
    static func number(_ layer: Int, _ index: Int) -> Int { GraphNodeName.cantorPair(layer, index) }

    var json: Data {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("transcoder_id")
            writer.value("\(transcoderName)/\(report.feature.layer)")
            writer.key("index")
            writer.value(report.feature.index)
            writer.key("top_logits")
            writer.value(report.promoted.map(\.text))
            writer.key("bottom_logits")
            writer.value(report.suppressed.map(\.text))
            writer.key("act_min")
            writer.value(0.0)
            writer.key("act_max")
            writer.value(report.maximum)
            writer.key("quantile_values")
            writer.array { writer in
                for value in quantiles { writer.value(value) }
            }
            writer.key("histogram")
            writer.array { writer in
                for count in report.histogram { writer.value(count) }
            }
            writer.key("activation_frequency")
            writer.value(
                report.countedTokens > 0 ? Double(report.activeTokens) / Double(report.countedTokens) : 0)
            writer.key("examples_quantiles")
            writer.array { writer in
                write("Top activations", report.topExamples, to: &writer)
                for interval in report.intervals.reversed() where !interval.examples.isEmpty {
                    let bounds = String(format: "%.3g to %.3g", interval.lower, interval.upper)
                    write("Sample of \(interval.promptCount) prompts from \(bounds)", interval.examples, to: &writer)
                }
            }
        }
        return Data(writer.bytes)
    }

    private func write(_ name: String, _ examples: [FeatureExample], to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("quantile_name")
            writer.value(name)
            writer.key("examples")
            writer.array { writer in
                for example in examples.prefix(Self.exampleLimit) {
                    writer.object { writer in
                        writer.key("tokens")
                        writer.value(example.tokens)
                        writer.key("tokens_acts_list")
                        writer.array { writer in
                            for activation in example.activations { writer.value(activation) }
                        }
                        writer.key("train_token_ind")
                        writer.value(example.position - example.firstPosition)
                        writer.key("is_repeated_datapoint")
                        writer.value(false)
                    }
                }
            }
        }
    }

    /// The activation below which 1, 2, … 100 in a hundred active tokens are, inside a bin by its share.
    private var quantiles: [Double] {
        let total = report.histogram.reduce(0, +)
        guard total > 0 else { return [] }
        let width = report.maximum / Double(report.histogram.count)
        var (bin, below) = (0, 0)
        return (1...Self.quantileCount).map { quantile in
            let wanted = Double(total) * Double(quantile) / Double(Self.quantileCount)
            while bin < report.histogram.count - 1, Double(below + report.histogram[bin]) < wanted {
                below += report.histogram[bin]
                bin += 1
            }
            let inside = report.histogram[bin] > 0 ? (wanted - Double(below)) / Double(report.histogram[bin]) : 0
            return (Double(bin) + min(max(inside, 0), 1)) * width
        }
    }
}
