import AtlasQuery
import Circuits
import Synchronization

/// Keeps the graphs that were asked for last: a page asks for one again at every move of its slider.
final class GraphCache: Sendable {
    /// Stored edges of all kept graphs together; a large graph alone may exceed it.
    private static let edgeLimit = 2_000_000

    private struct Entry {
        let prompt: Int
        let text: String
        let graph: SparseGraph
        /// Whether heads were read, stored or not.
        let hasHeads: Bool
    }

    private let reader: AtlasReader
    /// Least recently used first.
    private let entries = Mutex<[Entry]>([])

    init(_ reader: AtlasReader) {
        self.reader = reader
    }

    /// A stored prompt's text and graph.
    ///
    /// - Parameter withHeads: whether the graph has the heads of its edges, where they are stored; it may without
    func graph(ofPrompt prompt: Int, withHeads: Bool = false) throws -> (text: String, graph: SparseGraph) {
        let kept = entries.withLock { entries -> Entry? in
            guard let index = entries.firstIndex(where: { $0.prompt == prompt && ($0.hasHeads || !withHeads) }) else {
                return nil
            }
            entries.append(entries.remove(at: index))
            return entries.last
        }
        if let kept { return (kept.text, kept.graph) }
        let (text, graph) = try reader.storedGraph(ofPrompt: prompt, withHeads: withHeads)
        entries.withLock { entries in
            entries.removeAll { $0.prompt == prompt }
            entries.append(Entry(prompt: prompt, text: text, graph: graph, hasHeads: withHeads))
            while entries.count > 1, entries.reduce(0, { $0 + $1.graph.edges.count }) > Self.edgeLimit {
                entries.removeFirst()
            }
            if entries.count > 64 { entries.removeFirst() }
        }
        return (text, graph)
    }
}
