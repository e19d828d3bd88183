import DemoData
import Foundation
import Testing

/// The atlas and the model named once, in the environment.
@Suite struct `the environment` {
    @Test func `names the atlas and the model of commands that need them and are not given them`() throws {
        let folder = try TemporaryFolder()
        let data = try DemoData()
        let corpus = try folder.file("corpus.jsonl", #"{"text": "calc: 36+59=", "answer": "95", "id": "sum"}"#)
        let atlas = folder.path + "/one.atlas"
        let named =
            "export ATLAS='\(atlas)' ATLAS_MODEL='\(data.model)' ATLAS_TRANSCODERS='\(data.transcoders)';"
        #expect(try Program.run(["index", corpus, "--quiet"], shell: named).status == 0)
        #expect(try Program.run(["query", "prompt", "sum"], shell: named).output.contains("calc: 36+59="))
        #expect(try Program.run(["info"], shell: named).output.contains("1 with"))
        let run = try Program.run(["query", "run", "--", "calc: 1+1="], shell: named)
        #expect(run.status == 0 && run.output.contains("calc|:| 1"), "\(run.error)")
        // What is given counts.
        let other = try Program.run(["query", "prompt", "sum", "--atlas", folder.path + "/none.atlas"], shell: named)
        #expect(other.status == 1 && other.error.contains("none.atlas"))
        let neurons = try Program.run(["attribute", "calc: 1+1=", "--neurons"], shell: named)
        #expect(neurons.status == 0, "\(neurons.error)")
        let none = try Program.run(["query", "prompt", "sum"], shell: "unset ATLAS;")
        #expect(none.status == 64 && none.error.contains("Missing expected argument '--atlas"))
    }
}
