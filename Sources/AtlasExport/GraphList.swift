import Files
import Foundation
import Texts

/// A folder's `graph-metadata.json`, the list from which a viewer offers graphs.
///
/// Entries of other programs are kept as they are, except for the white space between them.
struct GraphList {
    private enum Entry {
        case present(GraphDocument.Metadata)
        case kept([JSONMember], slug: String)
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
        let bytes = [UInt8](try ExportError.bytes(of: file))
        guard case .object(let fields)? = try? JSONText.parse(bytes, keepingNumerals: true), fields.count == 1,
            fields[0].name == "graphs", case .array(let graphs) = fields[0].value
        else {
            throw Self.fault(file, expected: "{\"graphs\": [metadata, …]}", found: "something else")
        }
        entries = try graphs.enumerated().map { index, graph in
            guard case .object(let fields) = graph, let slug = Self.text("slug", of: fields) else {
                throw Self.fault(file, expected: "a slug in each entry", found: "none in entry \(index + 1)")
            }
            return .kept(fields, slug: slug)
        }
    }

    /// The list with `metadata` in the place of the entry of the same slug, or at the end.
    func replacing(_ metadata: GraphDocument.Metadata) -> GraphList {
        var list = self
        if let place = place(of: metadata.slug) {
            list.entries[place] = .present(metadata)
        } else {
            list.entries.append(.present(metadata))
        }
        return list
    }

    private func place(of slug: String) -> Int? {
        entries.firstIndex { entry in
            if case .kept(_, let other) = entry { ExactText(other) == ExactText(slug) } else { false }
        }
    }

    private static func text(_ name: String, of fields: [JSONMember]) -> String? {
        guard case .string(let text)? = fields.first(where: { $0.name == name })?.value else { return nil }
        return text
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
                    case .kept(let fields, _): JSONValue.object(fields).write(to: &writer)
                    }
                }
            }
        }
        try AtomicFile.write(Data(writer.bytes), to: file.path)
    }

    private static func fault(_ file: URL, expected: String, found: String) -> ExportError {
        ExportError(
            place: file.lastPathComponent, expected: expected, found: found,
            advice: "mend or remove the file, it was left as it is")
    }
}
