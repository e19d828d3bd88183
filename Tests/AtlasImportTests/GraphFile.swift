import Foundation

/// A graph file of three tokens and two layers, as circuit-tracer writes it, with parts that a test exchanges.
struct GraphFile {
    var slug = "two-plus"
    var scan = "tiny"
    var prompt = "<bos>one two"
    var schemaVersion = 1
    var nodeThreshold = "0.8"
    /// More of the metadata, with a comma in front.
    var rest = ""
    var view = #"{"pinnedIds":["1_7_2"],"supernodes":[["ones","0_3_1","E_5_1"],["none","E_5_1"]]}"#
    var tokens = ["<bos>", " one", " two"]
    var nodes = [
        node("0_3_1", "cross layer transcoder", #","clerp":"says one","influence":0.3,"activation":2"#),
        node("1_7_2", "cross layer transcoder", #","influence":0.55,"activation":1.5"#),
        node("0_-1_2", "mlp reconstruction error", #","influence":0.8"#),
        node("E_1_0", "embedding", #","influence":0.95"#), node("E_5_1", "embedding", #","influence":0.7"#),
        node("E_6_2", "embedding", #","influence":0.75"#),
        node("3_9_2", "logit", #","clerp":"Output \" three\" (p=0.750)","token_prob":0.75,"is_target_logit":true"#),
        node("3_8_2", "logit", #","clerp":"Output \" \"four\" (p=0.250)","token_prob":0.25"#),
    ]
    var links = [
        link("E_5_1", "0_3_1", "4"), link("0_3_1", "1_7_2", "-3"), link("0_-1_2", "1_7_2", "1"),
        link("1_7_2", "3_9_2", "2"), link("E_6_2", "3_9_2", "2"), link("1_7_2", "3_8_2", "1"),
    ]

    static func node(_ id: String, _ type: String, _ rest: String = "") -> String {
        #"{"node_id":"\#(id)","feature_type":"\#(type)"\#(rest)}"#
    }

    static func link(_ source: String, _ target: String, _ weight: String) -> String {
        #"{"source":"\#(source)","target":"\#(target)","weight":\#(weight)}"#
    }

    var json: String {
        let tokens = String(decoding: try! JSONEncoder().encode(tokens), as: UTF8.self)
        return """
            {"metadata":{"slug":"\(slug)","scan":"\(scan)","transcoder_list":[],"prompt_tokens":\(tokens),
            "prompt":"\(prompt)","node_threshold":\(nodeThreshold),"schema_version":\(schemaVersion)\(rest)},
            "qParams":\(view),"nodes":[\(nodes.joined(separator: ","))],"links":[\(links.joined(separator: ","))]}
            """
    }
}

/// A folder that goes with the value.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("import-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Writes a file.
    func file(_ name: String, _ text: String) throws -> URL {
        let file = url.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        return file
    }
}
