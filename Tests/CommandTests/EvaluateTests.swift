import Foundation
import Testing

@Suite struct `the evaluate command` {
    private func arguments(_ demo: SmallDemo, _ more: [String] = []) -> [String] {
        [
            "evaluate", demo.corpus, "--model", demo.data.model, "--transcoders", demo.data.transcoders, "--quiet",
            "--json",
        ] + more
    }

    @Test func `kills at random moments and going on give the figures of an undisturbed run, byte for byte`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 12)
        let started = Date()
        let whole = try Program.run(arguments(demo))
        let duration = Date().timeIntervalSince(started)
        #expect(whole.status == 0, "\(whole.error)")
        let state = ["--state", folder.path + "/state.json", "--save-interval", "0"]
        var interruptions = 0
        var moments: [Double] = []
        while interruptions < 5, moments.count < 40 {
            let moment = Double.random(in: 0.1...0.5) * duration
            moments.append(moment)
            if try Program.kill(arguments(demo, state), after: moment) { interruptions += 1 }
        }
        let resumed = try Program.run(arguments(demo, state + ["--jobs", "1"]))
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(interruptions > 0)
        #expect(resumed.output == whole.output, "after kills at \(moments) of \(duration) s")
    }

    @Test func `an interruption from the terminal leaves a state that is gone on from`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 12)
        let whole = try Program.run(arguments(demo))
        let path = folder.path + "/state.json"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.path)
        process.arguments = arguments(demo, ["--state", path, "--save-interval", "0"])
        process.standardOutput = FileHandle.nullDevice
        let errors = Pipe()
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        // The first state on disk says that the run is under way.
        let deadline = Date().addingTimeInterval(60)
        while !FileManager.default.fileExists(atPath: path), process.isRunning, Date() < deadline {
            Thread.sleep(forTimeInterval: 0.005)
        }
        process.interrupt()
        process.waitUntilExit()
        let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        #expect(
            process.terminationReason == .exit && process.terminationStatus == 130,
            "\(process.terminationStatus) \(said)")
        #expect(said.contains("interrupted after") && said.contains("the same command goes on from there"))
        #expect(try Program.run(arguments(demo, ["--state", path])).output == whole.output)
    }

    @Test func `a state of other transcoders, another corpus or other options is refused with both`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 300)
        let path = folder.path + "/state.json"
        let state = ["--state", path, "--attributed-prompts", "2"]
        #expect(try Program.run(arguments(demo, state)).status == 0)
        let saved = try Data(contentsOf: URL(fileURLWithPath: path))

        func expectRefusal(_ arguments: [String], _ parts: [String], sourceLocation: SourceLocation = #_sourceLocation)
            throws
        {
            let outcome = try Program.run(arguments)
            #expect(outcome.status == 1, sourceLocation: sourceLocation)
            #expect(outcome.error.split(separator: "\n").count == 1, "\(outcome.error)", sourceLocation: sourceLocation)
            // With --json the line is an object.
            let object = try? JSONSerialization.jsonObject(with: Data(outcome.error.utf8)) as? [String: Any]
            let message = object?["message"] as? String ?? outcome.error
            for part in parts + ["state.json", "expected", "found"] {
                #expect(message.contains(part), "\(outcome.error)", sourceLocation: sourceLocation)
            }
        }
        try expectRefusal(
            arguments(demo, ["--state", path, "--attributed-prompts", "3"]),
            ["options", "\"attributedPrompts\":3", "\"attributedPrompts\":2"])
        let otherFolder = try TemporaryFolder()
        let other = try SmallDemo(in: otherFolder, every: 400)
        try expectRefusal(arguments(other, state), ["corpus", "records"])
        let transcoders = folder.path + "/transcoders"
        try FileManager.default.copyItem(atPath: demo.data.transcoders, toPath: transcoders)
        try retrain(transcoders)
        try expectRefusal(
            [
                "evaluate", demo.corpus, "--model", demo.data.model, "--transcoders", transcoders, "--quiet",
            ] + state, ["transcoders: expected"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == saved)
        let notes = try folder.file("state.json", "my notes")
        try expectRefusal(arguments(demo, ["--state", notes]), ["the state of an evaluation"])
        let old = try folder.file("state.json", #"{"version": 1, "recordsDone": 3, "evaluation": {"tokens": 5}}"#)
        try expectRefusal(arguments(demo, ["--state", old]), ["expected version 3, found 1", "begin anew"])
        let tagged = try folder.file("state.json", String(decoding: saved, as: UTF8.self))
        try expectRefusal(
            arguments(demo, ["--state", tagged, "--attributed-prompts", "2", "--family-tag", "a"]), ["corpus"])
    }

    @Test func `families are judged apart, by the tag that is asked for`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 100)
        func quality(_ more: [String]) throws -> [String: Any] {
            let outcome = try Program.run(arguments(demo, ["--attributed-prompts", "0"] + more))
            #expect(outcome.status == 0, "\(outcome.error)")
            return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }
        func count(_ part: Any?) -> Int { (part as? [String: Any])?["count"] as? Int ?? -1 }
        let whole = try quality([])
        let families = try #require(whole["families"] as? [[String: Any]])
        #expect(Set(families.compactMap { $0["name"] as? String }).isSuperset(of: ["addition", "acronym"]))
        #expect(families.reduce(0) { $0 + count($1["answerPosition"]) } == count(whole["answerPosition"]))
        #expect(families.reduce(0) { $0 + count($1["tokens"]) } == whole["tokenCount"] as? Int)
        let layers = try #require(whole["layers"] as? [[String: Any]])
        #expect(layers.allSatisfy { count($0["alone"]) == count(whole["answerPosition"]) })
        let other = try quality(["--family-tag", "nothing", "--no-layers-alone"])
        let only = try #require((other["families"] as? [[String: Any]])?.first)
        #expect(only["name"] == nil && count(only["answerPosition"]) == count(whole["answerPosition"]))
        #expect((other["layers"] as? [[String: Any]])?.allSatisfy { count($0["alone"]) == 0 } == true)
    }

    @Test func `a finished state gives its figures again`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 300)
        let state = ["--state", folder.path + "/state.json"]
        let first = try Program.run(arguments(demo, state))
        #expect(first.status == 0)
        #expect(try Program.run(arguments(demo, state)).output == first.output)
    }

    @Test func `attributed prompts are spaced over the corpus and none where none are asked for`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 300)
        func quality(_ count: Int) throws -> [String: Any] {
            let outcome = try Program.run(arguments(demo, ["--attributed-prompts", "\(count)"]))
            #expect(outcome.status == 0, "\(outcome.error)")
            return try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        }
        let none = try quality(0)
        #expect(none["attributedPromptCount"] as? Int == 0 && none["meanReplacementScore"] == nil)
        #expect(try quality(3)["attributedPromptCount"] as? Int == 3)
        let all = try quality(1_000_000)
        #expect(all["attributedPromptCount"] as? Int == all["promptCount"] as? Int)
    }

    @Test func `the table names each figure with its sample size`() throws {
        let folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 300)
        let outcome = try Program.run(arguments(demo).filter { $0 != "--json" })
        for part in [
            "at the answer position", "right answers of the replacement model", "by family",
            "top-1 with one layer alone",
            "which is not fidelity", "top-1 agreement", "unsure", "KL divergence", "cross-entropy gap",
            "replacement score", "completeness",
            "normalised MSE", "L0", "dead", "actual next tokens", "attributed prompts",
        ] {
            #expect(outcome.output.contains(part), "\(outcome.output)")
        }
    }
}
