import DemoData
import Foundation
import Testing

/// Inputs that people reported of like programs, through this one.
@Suite struct `reported inputs` {
    private struct Continuation: Decodable { let prompt: String }

    private func generated(_ arguments: [String]) throws -> [String] {
        let outcome = try Program.run(["generate", "--count", "1", "--json", "--model", DemoData().model] + arguments)
        #expect(outcome.status == 0, "\(outcome.error)")
        return try JSONDecoder().decode([Continuation].self, from: Data(outcome.output.utf8)).map(\.prompt)
    }

    @Test(arguments: ["\r\n", "\n", "\r"])
    func `lines end as any system ends them`(ending: String) throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/prompts.txt"
        try Data(["calc: 1+2=", "calc: 3+4=", ""].joined(separator: ending).utf8).write(to: URL(fileURLWithPath: path))
        #expect(try generated(["--file", path]) == ["calc: 1+2=", "calc: 3+4="])
    }

    @Test(arguments: ["-5 is less than", "- a list", "-5 + 7 =", "--- what?"])
    func `a prompt that begins with a dash says how it is written, and then is read`(text: String) throws {
        let wrong = try Program.run(["generate", text, "--model", DemoData().model])
        #expect(wrong.status == 64 && wrong.error.contains("write -- before it") && wrong.error.contains("'\(text)'"))
        #expect(try generated(["--", text]) == [text])
    }

    private func atlas(_ corpus: String, named name: String, in folder: TemporaryFolder) throws -> (String, String) {
        let data = try DemoData()
        let source = folder.path + "/\(name).jsonl"
        try Data(corpus.utf8).write(to: URL(fileURLWithPath: source))
        let path = folder.path + "/\(name).atlas"
        let outcome = try Program.run([
            "index", source, "--model", data.model, "--transcoders", data.transcoders, "--atlas", path,
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        return (path, outcome.error + outcome.output)
    }

    @Test func `an atlas is not merged into itself`() throws {
        let folder = try TemporaryFolder()
        let (path, _) = try atlas("{\"text\": \"calc: 1+2=\"}\n", named: "whole", in: folder)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let outcome = try Program.run([
            "merge", path, folder.path + "/../" + folder.path.split(separator: "/").last! + "/whole.atlas",
        ])
        #expect(outcome.status == 1 && outcome.error.contains("expected another atlas, found the same file"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func `a text with another answer is told`() throws {
        let folder = try TemporaryFolder()
        let (_, said) = try atlas(
            "{\"text\": \"calc: 1+2=\", \"answer\": \"3\"}\n{\"text\": \"calc: 1+2=\", \"answer\": \"4\"}\n",
            named: "twice", in: folder)
        #expect(said.contains("with another answer: kept `3`, left out `4`"), "\(said)")
    }

    @Test func `graphs whose ids become one file name are all written`() throws {
        let folder = try TemporaryFolder()
        let (path, _) = try atlas(
            ["a/b", "a:b", "A:B"].enumerated().map { "{\"text\": \"calc: 1+\($0)=\", \"id\": \"\($1)\"}\n" }.joined(),
            named: "names", in: folder)
        let output = folder.path + "/graphs"
        for id in ["a/b", "a:b", "A:B"] {
            let outcome = try Program.run(["export", "graph", "--prompt", id, "--atlas", path, "--output", output])
            #expect(outcome.status == 0, "\(outcome.error)")
        }
        let names = try FileManager.default.subpathsOfDirectory(atPath: output).filter {
            $0.hasSuffix(".json") && !$0.contains("metadata") && !$0.contains("features/")
        }
        #expect(Set(names.map { $0.lowercased() }).count == names.count && names.count >= 3, "\(names)")
    }

    @Test(arguments: [
        ("pytorch_model.bin", "save_pretrained"), ("model-q4.gguf", "GGUF"),
    ])
    func `weights of other kinds are refused with the way to convert them`(name: String, advice: String) throws {
        let folder = try TemporaryFolder()
        let copy = folder.path + "/model"
        try FileManager.default.copyItem(atPath: DemoData().model, toPath: copy)
        try FileManager.default.moveItem(atPath: copy + "/model.safetensors", toPath: copy + "/" + name)
        let outcome = try Program.run(["inspect", copy])
        #expect(outcome.status == 1 && outcome.error.contains(advice), "\(outcome.error)")
        #expect(outcome.error.split(separator: "\n").count == 1)
    }
}
