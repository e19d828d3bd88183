/// Tells which nodes the links of a file mean, where an older file gives a feature and an error the same id.
struct LinkResolver {
    /// The offsets of the nodes with an id, in rising order.
    private let candidates: [String: [Int]]
    private let names: [GraphNodeName]

    /// Knows the nodes of a file, `ids` as written.
    init(ids: [String], names: [GraphNodeName]) {
        self.names = names
        candidates = Dictionary(grouping: ids.indices) { ids[$0] }
    }

    /// Resolves every link.
    ///
    /// - Returns: the links, and the offsets of those whose source stays open and was taken to be the feature.
    /// - Throws: `ExportError` for a link to or from a node that is not in the file.
    func resolve(
        _ links: [RawLink], place: String
    ) throws(ExportError) -> (links: [GraphDocument.Link], ambiguous: [Int]) {
        var sources: [[Int]] = []
        var resolved: [GraphDocument.Link] = []
        for (index, link) in links.enumerated() {
            guard let possible = candidates[link.source], let targets = candidates[link.target] else {
                let missing = candidates[link.source] == nil ? link.source : link.target
                throw ExportError(
                    place: "\(place), links[\(index)]", expected: "the id of a node", found: "'\(missing)'")
            }
            sources.append(possible)
            let target = targets.first { !names[$0].isError } ?? targets[0]
            resolved.append(
                GraphDocument.Link(source: names[possible[0]], target: names[target], weight: link.weight ?? .nan))
        }
        if sources.contains(where: { $0.count > 1 }), isOrdered(links, sources) {
            narrow(links, &sources)
        }
        var ambiguous: [Int] = []
        for (index, possible) in sources.enumerated() {
            if possible.count > 1 { ambiguous.append(index) }
            resolved[index].source = names[possible.first { !names[$0].isError } ?? possible[0]]
        }
        return (resolved, ambiguous)
    }

    /// The present form of an id that a file's settings mention; one that names no node stays.
    func currentID(_ id: String) -> String {
        guard let possible = candidates[id] else { return id }
        return names[possible.first { !names[$0].isError } ?? possible[0]].id
    }

    /// Whether consecutive links to one node come in the order of their sources, as far as these are known.
    private func isOrdered(_ links: [RawLink], _ sources: [[Int]]) -> Bool {
        zip(links.indices, links.indices.dropFirst()).allSatisfy { first, second in
            links[first].target != links[second].target || sources[first].first! < sources[second].last!
        }
    }

    /// Strikes out what the order forbids: a source comes after the one before it and before the one behind it.
    private func narrow(_ links: [RawLink], _ sources: inout [[Int]]) {
        for index in links.indices.dropFirst() where links[index].target == links[index - 1].target {
            let lowest = sources[index - 1][0]
            let later = sources[index].filter { $0 > lowest }
            if !later.isEmpty { sources[index] = later }
        }
        for index in links.indices.dropLast().reversed() where links[index].target == links[index + 1].target {
            let highest = sources[index + 1].last!
            let earlier = sources[index].filter { $0 < highest }
            if !earlier.isEmpty { sources[index] = earlier }
        }
    }
}

extension GraphNodeName {
    fileprivate var isError: Bool {
        if case .error = self { true } else { false }
    }
}
