import AtlasAgent
import AtlasInterface
import Foundation
import Testing

/// Questions by the Model Context Protocol.
@Suite struct `the agent server` {
    private let service: AtlasService
    private let server: AgentServer

    init() throws {
        service = try DemoService.reading()
        server = AgentServer(service, questionSeconds: 30)
    }

    private func ask(_ line: String) throws -> [String: Any]? {
        guard let answer = server.answer(Array(line.utf8)) else { return nil }
        #expect(!answer.contains(UInt8(ascii: "\n")))
        return try JSONSerialization.jsonObject(with: answer) as? [String: Any]
    }

    private func call(_ tool: String, _ arguments: String = "{}") throws -> (text: String, isError: Bool) {
        let answer = try #require(
            try ask(
                #"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"\#(tool)","arguments":\#(arguments)}}"#
            )
        )
        #expect(answer["id"] as? Int == 7)
        let result = try #require(answer["result"] as? [String: Any], "\(answer)")
        let content = try #require((result["content"] as? [[String: Any]])?.first)
        #expect(content["type"] as? String == "text")
        return (try #require(content["text"] as? String), try #require(result["isError"] as? Bool))
    }

    @Test func `it greets in a version that both know, and every question that only reads is a tool`() throws {
        for (asked, agreed) in [("2024-11-05", "2024-11-05"), ("2025-06-18", "2025-06-18"), ("1999", "2025-06-18")] {
            let answer = try ask(
                #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"\#(asked)","capabilities":{}}}"#
            )
            #expect(answer?["id"] as? String == "a")
            let result = try #require(answer?["result"] as? [String: Any])
            #expect(result["protocolVersion"] as? String == agreed)
            #expect((result["capabilities"] as? [String: Any])?["tools"] != nil)
        }
        #expect(try ask(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#) == nil)
        #expect(try ask(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#)?["result"] != nil)
        let listed = try ask(#"{"jsonrpc":"2.0","id":2,"method":"tools/list"}"#)?["result"] as? [String: Any]
        let tools = try #require(listed?["tools"] as? [[String: Any]])
        let names = try tools.map { try #require($0["name"] as? String) }
        #expect(Set(names).count == names.count && names.contains("prompt_graph") && names.contains("feature_upstream"))
        #expect(names.allSatisfy { $0.wholeMatch(of: /[a-z_]{1,64}/) != nil }, "\(names)")
        let reading = RouteTable.routes.filter { $0.method == .get && !$0.path.hasPrefix("jobs") }
        #expect(tools.count == reading.count - 1)
        let feature = try #require(tools.first { $0["name"] as? String == "feature" })
        let schema = try #require(feature["inputSchema"] as? [String: Any])
        #expect(schema["required"] as? [String] == ["layer", "index"] && schema["type"] as? String == "object")
        #expect((feature["annotations"] as? [String: Any])?["readOnlyHint"] as? Bool == true)
    }

    @Test func `a tool answers as the route does`() throws {
        let token = try service.reader.token(" Austin")
        for (tool, arguments, target) in [
            ("atlas", "{}", "atlas"), ("logit", #"{"token": \#(token)}"#, "logits/\(token)?limit=20"),
            ("prompt_graph", #"{"id": "1", "nodes": 0.5}"#, "prompts/1/graph?nodes=0.5&limit=20"),
            ("search", #"{"text": "Dallas is", "limit": 3}"#, "search?text=Dallas%20is&limit=3"),
            ("edge", #"{"source": "5/283", "target": "logit: Austin"}"#, "edges/5%2F283/logit%3A%20Austin"),
        ] {
            let (text, isError) = try call(tool, arguments)
            let expected = try service.answer(.get, target)
            #expect(!isError && text == String(decoding: expected.bytes, as: UTF8.self), "\(tool): \(text.prefix(200))")
        }
    }

    @Test func `what is wrong with a question is the tool's answer, in one line`() throws {
        for (tool, arguments, expected) in [
            ("feature", "{}", "layer: expected a value, found none"),
            ("feature", #"{"layer": 99, "index": 0}"#, "there is no feature 99/0"),
            ("search", "{}", "text: expected a value"), ("search", #"{"text": ["a"]}"#, "text: expected a text"),
            ("prompts", #"{"lmit": 3}"#, "takes no parameter \"lmit\""),
            ("invariant", "{}", "where: expected a value"), ("atlas", "3", "arguments: expected an object"),
            ("prompt_attention", #"{"id": 1, "qk": "1.0@3,2"}"#, "atlas serve FILE --model"),
        ] {
            let (text, isError) = try call(tool, arguments)
            #expect(isError && text.contains(expected) && !text.contains("\n"), "\(tool) \(arguments): \(text)")
        }
    }

    @Test(arguments: [
        ("{", -32_700), ("", -32_700), ("[]", -32_600), ("3", -32_600), (#"{"jsonrpc":"2.0","id":1}"#, -32_600),
        (#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32_600),
        (#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32_600),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/run"}"#, -32_601),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"nothing"}}"#, -32_602),
        (#"{"jsonrpc":"2.0","id":1,"method":"tools/call"}"#, -32_602),
    ])
    func `what is no question is an error of the protocol`(line: String, code: Int) throws {
        let error = try #require(try ask(line)?["error"] as? [String: Any])
        #expect(error["code"] as? Int == code)
        #expect((error["message"] as? String)?.contains("\n") == false)
    }
}
