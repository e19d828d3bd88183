import Foundation

/// The curves of a training run as one SVG picture: loss, and by layer errors, features that fire and dead features.
struct CurvePicture {
    /// The curve.
    let points: [TrainingReport.Point]
    /// What the run was, above the panels.
    let title: String

    /// One panel: a quantity over the tokens trained on.
    private struct Panel {
        let title: String
        /// One a line, in order; where there are several they are the layers'.
        let lines: [[Double]]
        let isLogarithmic: Bool
    }

    private static let width = 460.0
    private static let height = 240.0
    private static let margin = (left: 56.0, right: 14.0, top: 30.0, bottom: 34.0)
    private static let header = 56.0

    /// The picture; one that says so where nothing has been recorded.
    var svg: String {
        let (columns, panels) = (2.0, panels)
        let rows = (Double(panels.count) / columns).rounded(.up)
        let (whole, high) = (columns * Self.width, Self.header + rows * Self.height)
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Int(whole))\" height=\"\(Int(high))\" "
                + "viewBox=\"0 0 \(Int(whole)) \(Int(high))\" font-family=\"sans-serif\" font-size=\"11\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            "<text x=\"14\" y=\"22\" font-size=\"14\" fill=\"#222\">\(Self.escaped(title))</text>",
            "<text x=\"14\" y=\"42\" fill=\"#555\">\(points.isEmpty ? "nothing recorded yet" : legend)</text>",
        ]
        for (index, panel) in panels.enumerated() where !points.isEmpty {
            let (row, column) = (Double(index / 2), Double(index % 2))
            parts.append(
                "<g transform=\"translate(\(column * Self.width) \(Self.header + row * Self.height))\">"
                    + drawing(panel) + "</g>")
        }
        return (parts + ["</svg>"]).joined(separator: "\n") + "\n"
    }

    private var panels: [Panel] {
        func layers(_ values: (TrainingReport.Point) -> [Double]) -> [[Double]] {
            (0..<(points.first.map { values($0).count } ?? 0)).map { layer in points.map { values($0)[layer] } }
        }
        return [
            Panel(title: "loss", lines: [points.map(\.loss)], isLogarithmic: true),
            Panel(
                title: "squared error / variance of what the MLP writes", lines: layers(\.normalizedErrors),
                isLogarithmic: true),
            Panel(
                title: "features that fire at a token of a layer", lines: layers(\.activeFeatures), isLogarithmic: false
            ),
            Panel(title: "share of dead features", lines: layers(\.deadShares), isLogarithmic: false),
            Panel(title: "mean norm of decoders", lines: layers(\.decoderNorms), isLogarithmic: false),
            Panel(title: "penalty's weight", lines: [points.map(\.penaltyWeight)], isLogarithmic: true),
        ]
    }

    private var legend: String {
        let count = points.first?.normalizedErrors.count ?? 0
        return (0..<count).map { layer in
            "<tspan fill=\"\(Self.colour(layer, of: count))\">layer \(layer)</tspan>"
        }.joined(separator: count > 12 ? " " : "  ·  ")
    }

    /// From blue for the first layer over green to red for the last.
    private static func colour(_ layer: Int, of count: Int) -> String {
        let hue = 230 - 230 * Double(layer) / Double(max(1, count - 1))
        return "hsl(\(Int(hue)) 70% 42%)"
    }

    private func drawing(_ panel: Panel) -> String {
        let shown = panel.lines.joined().filter { $0.isFinite && (!panel.isLogarithmic || $0 > 0) }
        let tokens = Double(points.last?.tokens ?? 1)
        let area = (
            width: Self.width - Self.margin.left - Self.margin.right,
            height: Self.height - Self.margin.top - Self.margin.bottom
        )
        func place(_ value: Double) -> Double { panel.isLogarithmic ? log10(value) : value }
        var (low, high) = (shown.map(place).min() ?? 0, shown.map(place).max() ?? 1)
        if !panel.isLogarithmic { low = min(low, 0) }
        if high - low < 1e-9 { high = low + 1 }
        func x(_ count: Int) -> Double { Self.margin.left + area.width * Double(count) / tokens }
        func y(_ value: Double) -> Double {
            Self.margin.top + area.height * (1 - (place(value) - low) / (high - low))
        }
        var parts = ["<text x=\"\(Self.margin.left)\" y=\"20\" fill=\"#222\">\(panel.title)</text>"]
        for tick in 0...4 {
            let level = low + (high - low) * Double(tick) / 4
            let height = Self.margin.top + area.height * (1 - Double(tick) / 4)
            let value = panel.isLogarithmic ? pow(10, level) : level
            parts.append(
                "<path d=\"M\(Self.margin.left) \(height)h\(area.width)\" stroke=\"#e4e4e4\"/>"
                    + "<text x=\"\(Self.margin.left - 6)\" y=\"\(height + 4)\" text-anchor=\"end\" fill=\"#555\">"
                    + Self.number(value) + "</text>")
        }
        let bottom = Self.margin.top + area.height + 16
        parts.append(
            "<text x=\"\(Self.margin.left)\" y=\"\(bottom)\" fill=\"#555\">0</text>"
                + "<text x=\"\(Self.margin.left + area.width)\" y=\"\(bottom)\" text-anchor=\"end\" fill=\"#555\">"
                + "\(Self.number(tokens)) tokens</text>")
        for (index, line) in panel.lines.enumerated() {
            let drawn = zip(points, line).filter { $0.1.isFinite && (!panel.isLogarithmic || $0.1 > 0) }
            let path = drawn.map { String(format: "%.1f %.1f", x($0.0.tokens), y($0.1)) }.joined(separator: "L")
            let colour = panel.lines.count > 1 ? Self.colour(index, of: panel.lines.count) : "#333"
            if !path.isEmpty {
                parts.append("<path d=\"M\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.4\"/>")
            }
        }
        return parts.joined(separator: "\n")
    }

    private static func number(_ value: Double) -> String {
        switch abs(value) {
        case 1e9...: String(format: "%.3gG", value / 1e9)
        case 1e6...: String(format: "%.3gM", value / 1e6)
        case 1e4...: String(format: "%.3gk", value / 1e3)
        default: String(format: "%.3g", value)
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
    }
}
