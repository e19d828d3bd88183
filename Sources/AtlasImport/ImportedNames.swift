import AtlasExport
import AtlasStore
import Circuits
import Texts

/// What people named in a graph file: features, groups of nodes, and the nodes they pinned.
///
/// An atlas names features, not nodes of one graph. So of a group its features are kept, at whatever position, and
/// tokens, errors and logits are left out; pinned nodes become a supernode called after the graph.
struct ImportedNames {
    /// Names of features; where a file gives a feature several, the first.
    let labels: [ImportedPrompt.Label]
    /// Groups with at least one feature.
    let supernodes: [ImportedPrompt.Supernode]

    /// Reads a file's names.
    init(_ document: GraphDocument) {
        var seen = Set<FeatureID>()
        var labels: [ImportedPrompt.Label] = []
        var features: [ExactText: FeatureID] = [:]
        for node in document.nodes {
            guard case .feature(let feature, _) = node.name else { continue }
            features[ExactText(node.name.id)] = feature
            let (name, note) = NameRule.fitted(node.label)
            // The atlas makes its own.
            if let name, !node.labelIsAutomatic, seen.insert(feature).inserted {
                labels.append(ImportedPrompt.Label(feature: feature, text: name, note: note))
            }
        }
        self.labels = labels
        let slug = document.metadata.slug
        func supernode(_ given: String, _ ids: some Sequence<String>) -> ImportedPrompt.Supernode? {
            let members = Set(ids.compactMap { features[ExactText($0)] }).sorted()
            guard let name = NameRule.fitted(given).name, let other = NameRule.fitted("\(slug): \(name)").name,
                !members.isEmpty
            else {
                return nil
            }
            return ImportedPrompt.Supernode(name: name, otherName: other, members: members)
        }
        var groups: [String: [String]] = [:]
        var order: [String] = []
        for group in document.view.supernodes {
            guard let name = group.first else { continue }
            if groups[name] == nil { order.append(name) }
            groups[name, default: []] += group.dropFirst()
        }
        // Members of groups are pinned so that viewers draw them.
        let grouped = Set(document.view.supernodes.flatMap { $0.dropFirst() }.map { ExactText($0) })
        let alone = document.view.pinnedIDs.filter { !grouped.contains(ExactText($0)) }
        supernodes =
            order.compactMap { supernode($0, groups[$0]!) }
            + [supernode(GraphDocument.pinnedName(slug), alone)].compactMap { $0 }
    }
}
