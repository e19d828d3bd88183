/// What `Schema/*.sql` says of the tables and views and of their columns: the data dictionary, read out of its comments.
public struct SchemaNotes: Sendable {
    /// A table or a view.
    public struct Relation: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The sentences before it.
        public let note: String
        /// What stands beside its columns, by their names; those that say nothing are left out.
        public let columns: [String: String]
    }

    /// The tables and views in the order of the files: views first, as they are what is asked first.
    public let relations: [Relation]

    /// The notes of the schema that this program writes.
    public static let current = SchemaNotes(
        ["views.sql", "facts.sql", "derived.sql"].map { name in
            EmbeddedSchema.files.first { $0.name == name }?.text ?? ""
        })

    /// Reads the notes out of SQL in the form that the schema's files have: a comment above each table, one beside each
    /// column, and a line that begins with `)` or ends with `;` after the last.
    init(_ files: [String]) {
        var relations: [Relation] = []
        for file in files {
            var above: [Substring] = []
            var open: (name: String, note: String, columns: [String: String])?
            for line in file.split(separator: "\n", omittingEmptySubsequences: false) {
                if let current = open {
                    if let (column, note) = Self.column(line) { open?.columns[column] = note }
                    if line.hasPrefix(")") || line.hasSuffix(";") || line.hasPrefix("FROM ") {
                        relations.append(
                            Relation(name: current.name, note: current.note, columns: open?.columns ?? [:]))
                        open = nil
                    }
                } else if line.hasPrefix("--") {
                    above.append(line.dropFirst(2).trimmingPrefix(" "))
                } else {
                    if let name = Self.relation(line) { open = (name, above.joined(separator: " "), [:]) }
                    above = []
                }
            }
        }
        self.relations = relations
    }

    /// The name that a line begins to create.
    private static func relation(_ line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard words.count >= 3, words[0] == "CREATE" else { return nil }
        let isVirtual = words[1] == "VIRTUAL" && words.count >= 4
        guard isVirtual || words[1] == "TABLE" || words[1] == "VIEW" else { return nil }
        return String(words[isVirtual ? 3 : 2].prefix { $0 != "(" })
    }

    /// The column that a line is about, with what stands beside it: the name after the last `AS`, else the first word.
    private static func column(_ line: Substring) -> (name: String, note: String)? {
        let halves = line.split(separator: "--", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        let words = halves[0].split { " ,".contains($0) }
        guard let first = words.first else { return nil }
        let named = words.lastIndex(of: "AS").flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil } ?? first
        guard let name = named.split(separator: ".").last else { return nil }
        return (String(name), String(halves[1].trimmingPrefix(" ")))
    }
}
