import Circuits
import Texts

/// A question about something that the atlas does not have, with the nearest that it has.
public enum QuestionError: Error, Equatable, Sendable {
    /// No token of the vocabulary has this text.
    case unknownToken(text: String, nearest: [String])
    /// No token has this id.
    case unknownTokenID(id: Int, vocabularySize: Int)
    /// Several tokens have this text.
    case ambiguousToken(text: String, ids: [Int])
    /// The token is in the vocabulary, but its logit was never explained.
    case neverExplained(text: String, nearest: [String])
    /// The transcoder set has no such feature.
    case unknownFeature(feature: FeatureID, layerCount: Int, featuresPerLayer: Int)
    /// The feature fires in no indexed prompt.
    case neverFired(feature: FeatureID, nearest: [FeatureID])
    /// No prompt has this id, external id or text.
    case unknownPrompt(name: String, nearest: [String])
    /// Several prompts have this external id.
    case ambiguousPrompt(name: String, ids: [Int])
    /// The prompt was stored without an attribution graph.
    case notAttributed(prompt: Int)
    /// The prompt's graph has no node of this name.
    case unknownGraphNode(name: String, nearest: [String])
    /// No prompt has a tag of this name, or none of this value.
    case unknownTag(name: String, value: String?, nearest: [String])
    /// No prompt, or none with a graph where graphs are asked about, satisfies the filter.
    case emptyGroup(filter: String, needsGraphs: Bool)
    /// Nobody named the feature.
    case unlabelled(feature: FeatureID)
    /// No supernode has this name.
    case unknownSupernode(name: String, nearest: [String])
    /// No kept run has this name.
    case unknownSavedRun(name: String, nearest: [String])
    /// Two groups that are compared share prompts.
    case overlappingGroups(first: String, second: String, count: Int)
    /// No two prompts can be paired.
    case noPairs(reason: String)
    /// Not one number of each of two tags belongs to the prompts.
    case noGrid(rows: String, columns: String, nearest: [String])
    /// Facts have come in since the statistics were derived, and this question needs both to agree.
    case staleStatistics(path: String)
    /// The prompts of one value of a tag have different answers, so that the value has none of its own.
    case ambiguousAnswer(tag: String, value: String)
    /// There are too few things to compare.
    case nothingToCompare(what: String, expected: String, found: String)
    /// The derived tables have not been built.
    case notDerived(path: String)
    /// The question needs the replacement model's weights, and none were given.
    case needsModel(question: String)
    /// The question needs every activation, and prompts were imported with those of their graphs only.
    case needsActivations(question: String)
    /// The question needs effects of nodes, and some graphs were stored without.
    case noEffects(question: String, graphs: Int)
    /// The question needs the heads of edges, and no graph was stored with them.
    case noHeads
    /// The model has no such head.
    case unknownHead(layer: Int, head: Int, layerCount: Int, headCount: Int)
    /// No edge can lead from one node to the other, whatever the prompts.
    case impossibleEdge(source: String, target: String, reason: String)
    /// The model has no such layer.
    case unknownLayer(layer: Int, layerCount: Int)
    /// A text that names no node.
    case malformedNode(text: String)
    /// The SQL is not one reading statement.
    case refusedSQL(reason: String)
    /// The SQL took more time or memory than it may.
    case sqlOverLimit(found: String, advice: String)
}

extension QuestionError: CustomStringConvertible {
    /// One sentence: what was asked for, and what there is instead.
    public var description: String {
        switch self {
        case .unknownToken(let text, let nearest):
            "no token is \(quoted(text)); \(hint(nearest.map(quoted)))"
        case .unknownTokenID(let id, let size):
            "no token has the id \(id); ids are 0 to \(size - 1)"
        case .ambiguousToken(let text, let ids):
            "\(ids.count) tokens decode to \(quoted(text)); ask by id: \(ids.map(String.init).joined(separator: ", "))"
        case .neverExplained(let text, let nearest):
            "no stored graph explains the token \(quoted(text)); \(hint(nearest.map(quoted)))"
        case .unknownFeature(let feature, let layers, let width):
            "there is no feature \(feature): layers are 0 to \(layers - 1), indices 0 to \(width - 1)"
        case .neverFired(let feature, let nearest):
            "feature \(feature) fires in no indexed prompt; \(hint(nearest.map(\.description)))"
        case .unknownPrompt(let name, let nearest):
            "no prompt has the id or the text \(quoted(name)); \(hint(nearest.map(quoted)))"
        case .ambiguousPrompt(let name, let ids):
            "\(ids.count) prompts are called \(quoted(name)); ask by id: \(ids.map(String.init).joined(separator: ", "))"
        case .notAttributed(let prompt):
            "prompt \(prompt) was indexed without an attribution graph; index it again with graphs"
        case .unknownGraphNode(let name, let nearest):
            "the stored graph has no node \(quoted(name)); \(hint(nearest))"
        case .unknownTag(let name, let value?, let nearest):
            "no prompt is tagged \(quoted("\(name)=\(value)")); \(hint(nearest.map(quoted)))"
        case .unknownTag(let name, nil, let nearest):
            "no prompt has a tag named \(quoted(name)); \(hint(nearest.map(quoted)))"
        case .emptyGroup(let filter, let needsGraphs):
            "no prompt\(needsGraphs ? " with a stored graph" : "") is in the group \(quoted(filter))"
        case .unlabelled(let feature):
            "nobody named feature \(feature); its label, if it has one, was made automatically"
        case .unknownSupernode(let name, let nearest):
            "no supernode is called \(quoted(name)); \(hint(nearest.map(quoted)))"
        case .unknownSavedRun(let name, let nearest):
            "no kept run is called \(quoted(name)); \(hint(nearest.map(quoted)))"
        case .overlappingGroups(let first, let second, let count):
            "\(count) prompts are in both groups, \(quoted(first)) and \(quoted(second)); compare groups that share none"
        case .noPairs(let reason):
            "no prompts can be paired: \(reason)"
        case .noGrid(let rows, let columns, let nearest):
            "no prompt has a number for both tags \(quoted(rows)) and \(quoted(columns)); \(hint(nearest.map(quoted)))"
        case .staleStatistics(let path):
            "\(path): statistics are older than the prompts or than this program; atlas derive \(path) derives them again"
        case .ambiguousAnswer(let tag, let value):
            "prompts tagged \(quoted("\(tag)=\(value)")) have different answers; narrow the group with --where"
        case .nothingToCompare(let what, let expected, let found):
            "\(what): expected \(expected), found \(found)"
        case .notDerived(let path):
            "\(path): statistics have not been derived from the facts yet; atlas derive \(path) does that"
        case .noEffects(let question, let graphs):
            "\(question): expected graphs with effects, found \(graphs) without; atlas index --effects adds them"
        case .noHeads: "heads of edges: not computed for any graph; atlas index --heads adds them"
        case .unknownHead(let layer, let head, let layers, let heads):
            "there is no head \(layer).\(head): layers are 0 to \(layers - 1), heads 0 to \(heads - 1)"
        case .needsModel(let question):
            "\(question) needs the replacement model's weights; give the model and its transcoders"
        case .needsActivations(let question):
            "\(question) needs every activation, and imported graphs tell those of their nodes only; index the prompts with "
                + "the model"
        case .impossibleEdge(let source, let target, let reason):
            "no edge can lead from \(source) to \(target): \(reason)"
        case .unknownLayer(let layer, let count):
            "there is no layer \(layer): layers are 0 to \(count - 1)"
        case .malformedNode(let text):
            "expected a node as 2/157, error:3, token:TEXT or logit:TEXT, found \(quoted(text))"
        case .refusedSQL(let reason):
            "expected one SQL statement that reads: \(reason.inOneLine)"
        case .sqlOverLimit(let found, let advice):
            "the SQL statement was stopped: it took \(found); \(advice)"
        }
    }

    private func quoted(_ text: String) -> String { text.quotedInOneLine }

    private func hint(_ nearest: [String]) -> String {
        nearest.isEmpty ? "nothing there is like it" : "nearest: \(nearest.joined(separator: ", "))"
    }
}
