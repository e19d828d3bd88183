import Foundation
import Testing

/// `atlas label` and `atlas supernode`, from one atlas to another.
@Suite struct `names from the command line` {
    private let folder: TemporaryFolder
    private let atlas: String

    init() throws {
        folder = try TemporaryFolder()
        let demo = try SmallDemo(in: folder, every: 600)
        atlas = folder.path + "/names.atlas"
        #expect(try Program.run(demo.arguments(atlas: atlas)).status == 0)
    }

    private func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(arguments + ["--atlas", atlas])
    }

    @Test func `labels listed as JSON are imported as they were`() throws {
        #expect(try run("label", "set", "5/283", "says \"Austin\"", "--note", "Texas").status == 0)
        #expect(try run("label", "set", "5/283", "Austin").status == 0)
        let listed = try run("label", "list", "--json").output
        #expect(listed.contains("\"Austin\"") && listed.contains("\"Texas\""))
        let file = folder.path + "/labels.json"
        try listed.write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try run("label", "remove", "5/283").status == 0)
        #expect(try run("label", "list").output.hasSuffix("no feature has been named\n"))
        #expect(try run("label", "import", file).status == 0)
        #expect(try run("label", "list", "--json").output == listed)
    }

    @Test func `a run is kept, listed and removed`() throws {
        #expect(try run("saved-run", "set", "sum", "calc: 1+2=", "--state", "doses=0, 1").status == 0)
        #expect(try run("saved-run", "list").output.contains("doses=0, 1"))
        #expect(try run("saved-run", "remove", "sun").error.contains("nearest: \"sum\""))
        #expect(try run("saved-run", "set", "sum", "x", "--state", "doses").error.contains("expected name=value"))
        #expect(try run("saved-run", "remove", "sum").status == 0)
    }

    @Test func `a supernode is kept, listed and removed`() throws {
        #expect(try run("supernode", "set", "Texas", "5/283", "0/245").status == 0)
        #expect(try run("supernode", "list").output.contains("0/245 5/283"))
        #expect(try run("supernode", "remove", "Texs").error.contains("nearest: \"Texas\""))
        #expect(try run("supernode", "remove", "Texas").status == 0)
    }

    @Test func `wrong names get one line and exit code 1`() throws {
        for arguments in [["label", "set", "9/1", "x"], ["label", "remove", "0/1"], ["supernode", "remove", "none"]] {
            let outcome = try Program.run(arguments + ["--atlas", atlas])
            #expect(outcome.status == 1 && outcome.error.split(separator: "\n").count == 1, "\(outcome.error)")
        }
        let file = folder.path + "/bad.json"
        try "[{\"label\": 3}]".write(toFile: file, atomically: true, encoding: .utf8)
        #expect(try run("label", "import", file).error.contains("bad.json: expected labels"))
    }
}
