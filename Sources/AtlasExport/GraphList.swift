import Foundation

/// A folder's `graph-metadata.json`, the list from which a viewer offers graphs.
///
/// Entries of other programs are kept as they are, except for the order of their fields and the form of their numbers.
struct GraphList {
    private enum Entry {
        case present(GraphDocument.Metadata)
        case kept(JSONValue, slug: String)
    }

    private let file: URL
    private var entries: [Entry]

    /// Reads the list of `folder`, empty where there is none.
    init(in folder: URL) throws {
        let file = folder.appendingPathComponent("graph-metadata.json")
        self.file = file
        guard FileManager.default.fileExists(atPath: file.path) else {
            entries = []
            return
        }
        let data = try Data(contentsOf: file)
        guard case .object(let fields)? = try? JSONDecoder().decode(JSONValue.self, from: data), fields.count == 1,
            case .array(let graphs)? = fields["graphs"]
        else {
            throw Self.fault(file, expected: "{\"graphs\": [metadata, …]}", found: "something else")
        }
        entries = try graphs.enumerated().map { index, graph in
            guard case .object(let fields) = graph, case .string(let slug)? = fields["slug"] else {
                throw Self.fault(file, expected: "a slug in each entry", found: "none in entry \(index + 1)")
            }
            return .kept(graph, slug: slug)
        }
    }

    /// The list with `metadata` in the place of the entry of the same slug, or at the end.
    func replacing(_ metadata: GraphDocument.Metadata) -> GraphList {
        var list = self
        let place = entries.firstIndex { entry in
            if case .kept(_, metadata.slug) = entry { true } else { false }
        }
        if let place {
            list.entries[place] = .present(metadata)
        } else {
            list.entries.append(.present(metadata))
        }
        return list
    }

    /// Replaces the file in one step.
    func write() throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("graphs")
            writer.array { writer in
                for entry in entries {
                    switch entry {
                    case .present(let metadata): metadata.write(to: &writer)
                    case .kept(let value, _): value.write(to: &writer)
                    }
                }
            }
        }
        try Data(writer.bytes).write(to: file, options: .atomic)
    }

    private static func fault(_ file: URL, expected: String, found: String) -> ExportError {
        ExportError(
            place: file.lastPathComponent, expected: expected, found: found,
            advice: "mend or remove the file, it was left as it is")
    }
}
