import Texts

/// Finds the names most like one that does not exist, to be offered in an error.
public struct NearestNames {
    /// How many names are offered.
    public static let count = 5
    /// The most single-character changes between a name and one that is offered for it.
    private static let largestDistance = 2

    /// The nearest of `names` to `wanted`, nearest first.
    ///
    /// Names that differ in surrounding space only come first, then those that differ in case, then those a few changes
    /// away; equals are in order of name.
    public static func of(_ wanted: String, among names: some Sequence<String>) -> [String] {
        let trimmed = trim(wanted)
        let folded = trimmed.lowercased()
        let scalars = Array(folded.unicodeScalars)
        var found: [(rank: Int, name: String)] = []
        for name in names where ExactText(name) != ExactText(wanted) {
            let candidate = trim(name)
            guard !candidate.isEmpty || trimmed.isEmpty else { continue }
            if candidate == trimmed {
                found.append((0, name))
            } else {
                let other = Array(candidate.lowercased().unicodeScalars)
                if other == scalars {
                    found.append((1, name))
                } else if abs(other.count - scalars.count) <= largestDistance, scalars.count > largestDistance,
                    let distance = distance(scalars, other)
                {
                    found.append((1 + distance, name))
                }
            }
        }
        var seen = Set<ExactText>()
        return found.sorted { ($0.rank, ExactText($0.name)) < ($1.rank, ExactText($1.name)) }.map(\.name)
            .filter { seen.insert(ExactText($0)).inserted }.prefix(count).map { $0 }
    }

    private static func trim(_ text: String) -> Substring {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return rest
    }

    /// The edit distance (Levenshtein 1966), or `nil` above ``largestDistance``.
    private static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int? {
        var row = Array(0...right.count)
        for (index, scalar) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let substituted = diagonal + (right[column] == scalar ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(substituted, row[column] + 1, diagonal + 1)
            }
            if row.min()! > largestDistance { return nil }
        }
        return row[right.count] <= largestDistance ? row[right.count] : nil
    }
}

extension AtlasReader {
    /// What is offered for a name that does not exist: the nearest, else the first few there are.
    static func offered(_ name: String, among names: [String]) -> [String] {
        let nearest = NearestNames.of(name, among: names)
        return nearest.isEmpty ? Array(names.prefix(NearestNames.count)) : nearest
    }
}
