import AtlasIndexing
import AtlasQuery
import Foundation
import Testing

@testable import AtlasInterface

/// Files of labels over the interface, and what a text is told that is too long.
@Suite(.serialized) struct LabelFileRouteTests {
    @Test func `labels go out as a file and come in as one, all of them or none`() throws {
        let service = try DemoService.writing()
        func put(_ body: [String: Any]) throws -> LabelImport {
            let answer = try service.answer(.put, "labels", body: JSONSerialization.data(withJSONObject: body))
            return try JSONDecoder().decode(LabelImport.self, from: answer.bytes)
        }
        func file(_ format: String) throws -> String {
            let answer = try service.answer(.get, "labels/file?format=\(format)")
            return try JSONDecoder().decode(LabelFileAnswer.self, from: answer.bytes).content
        }
        let table = "layer,index,label,note\r\n0,1,\"a \"\"first\"\" one\",\"\"\r\n5,283,\"Texas\",\"two\nlines\"\r\n"
        #expect(try put(["name": "labels.csv", "content": table]).added == 2)
        #expect(try file("csv") == table)
        let again = try put(["name": "labels.jsonl", "content": file("jsonl")])
        #expect(again.alreadyThere == 2 && again.added == 0)
        let other = "layer\tindex\tlabel\n5\t283\tOhio\n1\t2\tnew\n"
        #expect(try put(["name": "x.tsv", "content": other]) == LabelImport(added: 1, kept: 1))
        #expect(
            try put(["name": "x.tsv", "content": other, "replace": true]) == LabelImport(replaced: 1, alreadyThere: 1))
        let kept = try file("csv")
        for (name, content, part) in [
            ("x.csv", "layer,index,label\n0,3,good\n0,z,bad\n", "x.csv line 3"), ("x.png", "abc", "x.png"),
            ("x.csv", "a,b\n1,2\n", "x.csv"), ("x.jsonl", "{\n", "x.jsonl"),
            ("x.csv", "layer,index,label\n99,3,far\n", "99/3"),
        ] {
            let problem = try #require(
                #expect(throws: Problem.self, "\(content)") { try put(["name": name, "content": content]) })
            #expect(problem.status == 422 && problem.detail.contains(part), "\(problem)")
        }
        #expect(try file("csv") == kept)
        #expect(throws: Problem.self) {
            try DemoService.reading().answer(
                .put, "labels", body: Data(#"{"name": "a.csv", "content": "layer,index,label\n0,1,a\n"}"#.utf8))
        }
    }

    @Test func `a text that is too long is told the model's own limit where that is the smaller`() throws {
        let context = try DemoService.attributor().model.configuration.contextLength
        for (tokens, words) in [
            (10_000, "\(context) tokens at most (the model's context)"),
            (8, "8 tokens at most (this server's limit; the model's context is \(context))"),
        ] {
            var limits = ModelJobs.Limits()
            limits.tokens = tokens
            let service = try DemoService.writing(jobs: limits)
            let long = String(repeating: "word ", count: context)
            let problem = try #require(
                #expect(throws: Problem.self) {
                    try service.answer(.post, "runs", body: JSONSerialization.data(withJSONObject: ["text": long]))
                })
            #expect(problem.status == 422 && problem.detail.contains(words), "\(problem)")
        }
    }
}
