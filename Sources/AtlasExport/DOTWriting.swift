import Foundation

extension GraphDocument {
    /// The graph in the DOT language, which Graphviz draws: the nodes of a position beside each other, layers from the bottom
    /// up, links that excite blue and solid, links that inhibit red and dashed, as wide as they are strong.
    public var dot: Data {
        let largest = links.lazy.map(\.weight.magnitude).filter(\.isFinite).max() ?? 1
        var lines = [
            "digraph \(Self.quoted(metadata.slug)) {", "  label=\(Self.quoted(metadata.prompt)); rankdir=BT;",
            "  node [shape=box, fontsize=10];",
        ]
        for node in nodes {
            let name = node.name
            let text =
                if case .token = name, metadata.promptTokens.indices ~= name.position {
                    metadata.promptTokens[name.position]
                } else { node.label.isEmpty ? name.id : node.label }
            lines.append(
                "  \(Self.quoted(name.id)) [label=\(Self.quoted(text)), group=\(Self.quoted("\(name.position)"))];")
        }
        for link in links where link.weight.isFinite {
            let look = link.weight < 0 ? "color=red, style=dashed" : "color=blue"
            let width = largest > 0 ? 4 * link.weight.magnitude / largest : 0
            lines.append(
                "  \(Self.quoted(link.source.id)) -> \(Self.quoted(link.target.id)) "
                    + "[weight=\(Int(width.rounded(.up))), penwidth=\(width), label=\"\(link.weight)\", \(look)];")
        }
        return Data((lines + ["}", ""]).joined(separator: "\n").utf8)
    }

    /// A text between quotes: a quote is escaped, a backslash begins no escape of DOT, and control characters are shown as one.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\u{0}"..."\u{1F}", "\u{7F}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
