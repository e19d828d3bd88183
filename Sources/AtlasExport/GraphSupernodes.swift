import Circuits
import Foundation
import Texts

extension GraphDocument {
    /// The name of the supernode that keeps what is pinned in a graph.
    public static func pinnedName(_ slug: String) -> String { "pinned in \(slug)" }

    /// Enters what people keep as supernodes, as far as its features are nodes here, at whatever position.
    ///
    /// Viewers draw a node once, so that one of several supernodes belongs to the first of them; and they draw groups of
    /// pinned nodes only, so that members are pinned too.
    /// - Parameter supernodes: names and members; what was pinned in this graph goes by ``pinnedName(_:)``
    public mutating func show(_ supernodes: [(name: String, members: [FeatureID])]) {
        var free: [FeatureID: [String]] = [:]
        for node in nodes {
            if case .feature(let feature, _) = node.name { free[feature, default: []].append(node.name.id) }
        }
        let pinned = ExactText(Self.pinnedName(metadata.slug))
        var alone: [String] = []
        for supernode in supernodes {
            guard ExactText(supernode.name) != pinned else {
                alone += supernode.members.flatMap { free[$0] ?? [] }
                continue
            }
            let ids = supernode.members.flatMap { free.removeValue(forKey: $0) ?? [] }
            if !ids.isEmpty { view.supernodes.append([supernode.name] + ids) }
        }
        var seen = Set<String>()
        view.pinnedIDs = (view.supernodes.flatMap { $0.dropFirst() } + alone).filter { seen.insert($0).inserted }
    }

    /// Where circuit-tracer's viewer shows the graph with its supernodes, behind the address of the page; `nil` without any.
    public var supernodeAddress: String? {
        guard !view.supernodes.isEmpty else { return nil }
        var list = JSONWriter()
        list.array { list in
            for supernode in view.supernodes { list.value(supernode) }
        }
        let plain = CharacterSet(charactersIn: "a"..."z").union(CharacterSet(charactersIn: "A"..."Z"))
            .union(CharacterSet(charactersIn: "0"..."9")).union(CharacterSet(charactersIn: "-_."))
        // The viewer decodes what the browser has decoded already, so a percent sign is told twice.
        let text = String(decoding: list.bytes, as: UTF8.self).replacing("%", with: "%25")
        return "?slug=\(metadata.slug)&supernodes=" + (text.addingPercentEncoding(withAllowedCharacters: plain) ?? "")
    }
}
