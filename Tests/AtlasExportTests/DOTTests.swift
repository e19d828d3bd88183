import Foundation
import Testing

@testable import AtlasExport

@Suite struct `DOT of a graph` {
    @Test func `DOT holds every node and every finite edge, its texts escaped`() throws {
        var document = GraphDocument(.small(), context: try .named("x"), includesBias: false)
        document.nodes[0].label = "a \"b\" \\N\nc\u{1}"
        document.links[0].weight = .nan
        let text = String(decoding: document.dot, as: UTF8.self)
        let lines = text.split(separator: "\n")
        #expect(lines.count { $0.contains(" -> ") } == document.links.count { $0.weight.isFinite })
        for node in document.nodes { #expect(lines.contains { $0.hasPrefix("  \"\(node.name.id)\" [label=") }) }
        #expect(text.contains(#"label="a \"b\" \\N\nc\#u{FFFD}""#) && lines.last == "}")
    }

    @Test func `an inhibiting link is told by more than its colour`() throws {
        var document = GraphDocument(.small(), context: try .named("x"), includesBias: false)
        document.links[0].weight = -1
        #expect(String(decoding: document.dot, as: UTF8.self).contains("color=red, style=dashed"))
    }
}
