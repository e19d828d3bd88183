import Foundation
import Testing

@testable import AtlasExport

@Suite struct GraphWritingTests {
    private func slugs(in folder: TemporaryFolder) throws -> [String] {
        let data = Data(try folder.text("graph-metadata.json").utf8)
        let list = try #require(try JSONSerialization.jsonObject(with: data) as? [String: [[String: Any]]])
        return try #require(list["graphs"]).compactMap { $0["slug"] as? String }
    }

    @Test func `graphs are listed once each, the later in the place of the earlier`() throws {
        let folder = try TemporaryFolder()
        for slug in ["a", "b", "a"] { try GraphDocument(.small(), context: .named(slug)).write(to: folder.url) }
        #expect(try slugs(in: folder) == ["a", "b"])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
                == ["a.json", "b.json", "graph-metadata.json"])
    }

    @Test func `the list holds the graph's own metadata`() throws {
        let folder = try TemporaryFolder()
        let file = try GraphDocument(.small(), context: .named("a")).write(to: folder.url)
        let graph = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
        let list = try #require(
            try JSONSerialization.jsonObject(with: Data(folder.text("graph-metadata.json").utf8)) as? [String: [Any]])
        #expect(list["graphs"]?.first as? NSDictionary == graph["metadata"] as? NSDictionary)
        #expect(list["graphs"]?.count == 1)
    }

    @Test func `entries of other programs stay`() throws {
        let folder = try TemporaryFolder()
        let entry = #"{"slug":"other","scan":"s","aha":{"z":[1,2.50,12345678901234567890,null,true,"\u2028"]}}"#
        try Data(#"{"graphs": [\#(entry)]}"#.utf8).write(to: folder.url.appendingPathComponent("graph-metadata.json"))
        try GraphDocument(.small(), context: .named("a")).write(to: folder.url)
        #expect(try folder.text("graph-metadata.json").hasPrefix("{\"graphs\":[\(entry),{\"slug\":\"a\""))
    }

    @Test(arguments: ["[]", "{", "{\"graphs\": [{}]}", "{\"graphs\": [], \"more\": 1}"])
    func `a list that cannot be understood is left as it is and no graph is written`(text: String) throws {
        let folder = try TemporaryFolder()
        try Data(text.utf8).write(to: folder.url.appendingPathComponent("graph-metadata.json"))
        #expect(throws: ExportError.self) { try GraphDocument(.small(), context: .named("a")).write(to: folder.url) }
        #expect(try folder.text("graph-metadata.json") == text)
        #expect(!FileManager.default.fileExists(atPath: folder.url.appendingPathComponent("a.json").path))
    }

    @Test(arguments: [
        ("Calc: 15+40=", "calc-15-40"), ("../../etc/passwd", "etc-passwd"), ("a\0b\\c", "a-b-c"), ("--É--x", "x"),
        ("graph metadata 2", "graph-metadata-2"),
    ])
    func `a slug has only small letters, digits and single hyphens`(text: String, slug: String) throws {
        #expect(try GraphSlug(text).description == slug)
    }

    @Test func `a long text makes a slug of bounded length`() throws {
        #expect(try GraphSlug(String(repeating: "ab ", count: 500)).description.count <= GraphSlug.limit)
    }

    @Test(arguments: ["", "..", "日本", "Graph-Metadata", "graph metadata!"])
    func `a text that leaves nothing or names the list is no slug`(text: String) {
        #expect(throws: ExportError.self) { try GraphSlug(text) }
    }

    @Test func `ids never share a slug, whatever they are spelt with`() {
        let ids = [
            "a b", "a-b", "A-B", "a_b", "a--b", "a\u{E9}b", "ae\u{301}b", "東京", "大阪", "🙂", "", "..", "/",
            "graph-metadata", "A",
            "Graph metadata", String(repeating: "x", count: 100), String(repeating: "x", count: 101),
            String(repeating: "x", count: 102), "0", "00",
            // What others of these are called.
            "graph-130016b2599b", "a-559aead08264", "a-0123456789ab",
        ]
        let slugs = ids.map { GraphSlug(identifying: $0) }
        #expect(Set(slugs.map(\.description)).count == ids.count)
        for slug in slugs {
            #expect((try? GraphSlug(slug.description)) == slug && slug.description.count <= GraphSlug.limit)
        }
    }

    @Test(arguments: [("two-step-0066", "two-step-0066"), ("東京", "graph-130016b2599b"), ("A", "a-559aead08264")])
    func `an id that is a slug stays, and another is told by a digest`(id: String, slug: String) {
        #expect(GraphSlug(identifying: id).description == slug)
    }

    @Test func `a file about another prompt is left as it is unless it is to be overwritten`() throws {
        let folder = try TemporaryFolder()
        try GraphDocument(.small(), context: .named("a")).write(to: folder.url)
        let before = try folder.text("a.json")
        var other = GraphDocument(.small(featureBias: 0), context: try .named("a"))
        other.metadata.prompt = "another prompt"
        let error = #expect(throws: ExportError.self) { try other.write(to: folder.url) }
        #expect(error?.advice == "choose another name (--slug) or replace it (--overwrite)")
        #expect(try folder.text("a.json") == before)
        try other.write(to: folder.url, overwriting: true)
        #expect(try folder.text("a.json") != before && slugs(in: folder) == ["a"])
        try Data("mine".utf8).write(to: folder.url.appendingPathComponent("b.json"))
        #expect(throws: ExportError.self) { try GraphDocument(.small(), context: .named("b")).write(to: folder.url) }
        #expect(try folder.text("b.json") == "mine")
    }

    @Test func `an export that was interrupted before the list is gone on with`() throws {
        let folder = try TemporaryFolder()
        try GraphDocument(.small(), context: .named("a")).write(to: folder.url)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("graph-metadata.json"))
        try GraphDocument(.small(), context: .named("a")).write(to: folder.url)
        #expect(try slugs(in: folder) == ["a"])
    }

    @Test func `a document whose slug was changed by hand to a path is not written`() throws {
        let folder = try TemporaryFolder()
        var document = GraphDocument(.small(), context: try .named("a"))
        document.metadata.slug = "../a"
        #expect(throws: ExportError.self) { try document.write(to: folder.url) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
