import Foundation

extension GraphDocument {
    /// The graph as GraphML, which networkx, Gephi and igraph read: a directed graph whose nodes have `type`, `layer`,
    /// `position`, `index` (of features), `token` (of tokens and logits), `label`, `influence`, `activation` and
    /// `probability`, as far as each has them, and whose edges have `weight`.
    public var graphML: Data {
        var lines = [
            #"<?xml version="1.0" encoding="UTF-8"?>"#, #"<graphml xmlns="http://graphml.graphdrawing.org/xmlns">"#,
        ]
        for (name, type) in Self.nodeFields {
            lines.append(#"<key id="\#(name)" for="node" attr.name="\#(name)" attr.type="\#(type)"/>"#)
        }
        for name in ["prompt", "scan"] {
            lines.append(#"<key id="\#(name)" for="graph" attr.name="\#(name)" attr.type="string"/>"#)
        }
        lines.append(#"<key id="weight" for="edge" attr.name="weight" attr.type="double"/>"#)
        lines.append(#"<graph id="\#(Self.escaped(metadata.slug))" edgedefault="directed">"#)
        lines.append(Self.data("prompt", Self.escaped(metadata.prompt)))
        lines.append(Self.data("scan", Self.escaped(metadata.scan)))
        for node in nodes {
            lines.append(#"<node id="\#(Self.escaped(node.name.id))">"# + fields(of: node).joined() + "</node>")
        }
        for link in links where link.weight.isFinite {
            lines.append(
                #"<edge source="\#(Self.escaped(link.source.id))" target="\#(Self.escaped(link.target.id))">"#
                    + Self.data("weight", "\(link.weight)") + "</edge>")
        }
        return Data((lines + ["</graph>", "</graphml>", ""]).joined(separator: "\n").utf8)
    }

    private static let nodeFields = [
        ("type", "string"), ("layer", "int"), ("position", "int"), ("index", "int"), ("token", "int"),
        ("label", "string"), ("influence", "double"), ("activation", "double"), ("probability", "double"),
    ]

    private func fields(of node: Node) -> [String] {
        var fields = [
            Self.data("type", Self.escaped(node.name.featureType)), Self.data("position", "\(node.name.position)"),
        ]
        switch node.name {
        case .feature(let feature, _):
            fields += [Self.data("layer", "\(feature.layer)"), Self.data("index", "\(feature.index)")]
        case .error(let layer, _): fields.append(Self.data("layer", "\(layer)"))
        case .token(let token, _): fields.append(Self.data("token", "\(token)"))
        case .logit(let token, let layer, _):
            fields += [
                Self.data("layer", "\(layer)"), Self.data("token", "\(token)"),
                Self.data("probability", "\(node.tokenProbability)"),
            ]
        case .bias: break
        }
        let text =
            if case .token = node.name, metadata.promptTokens.indices ~= node.name.position {
                metadata.promptTokens[node.name.position]
            } else { node.label }
        if !text.isEmpty { fields.append(Self.data("label", Self.escaped(text))) }
        if let influence = node.influence { fields.append(Self.data("influence", "\(influence)")) }
        if let activation = node.activation { fields.append(Self.data("activation", "\(activation)")) }
        return fields
    }

    private static func data(_ key: String, _ value: String) -> String { #"<data key="\#(key)">\#(value)</data>"# }

    /// A text inside XML 1.0, which has no control characters but tab and line breaks.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += "&#\(scalar.value);"
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
