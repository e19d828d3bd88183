import DemoData
import Foundation
import Testing

/// `--csv` and `--jsonl`: a list of an answer as a table.
@Suite struct `lists as tables` {
    private static let atlas: Result<(folder: TemporaryFolder, path: String, model: [String]), any Error> = Result {
        let folder = try TemporaryFolder()
        let data = try DemoData()
        let lines = try String(contentsOfFile: data.corpus, encoding: .utf8).split(separator: "\n")
        let chosen = lines.enumerated().filter { place, line in
            place % 300 == 0 || ["Texas", "Ohio"].contains { line.contains("\"state\": \"\($0)\"") }
        }
        let corpus = try folder.file("corpus.jsonl", chosen.map { $0.element + "\n" }.joined())
        let model = ["--model", data.model, "--transcoders", data.transcoders]
        let path = folder.path + "/small.atlas"
        #expect(try Program.run(["index", corpus, "--atlas", path, "--heads", "--quiet"] + model).status == 0)
        for (feature, label) in [("5/283", "=1+1 \"Texas\", é"), ("0/228", "@SUM(A1)"), ("1/37", "-2")] {
            #expect(
                try Program.run(["label", "set", feature, "--note", "+x", "--atlas", path, "--", label]).status == 0)
        }
        #expect(
            try Program.run(["saved-run", "set", "=1", "a,b", "--state", "set=5/283@0-=x0", "--atlas", path]).status
                == 0)
        #expect(try Program.run(["supernode", "set", "a,b", "5/283", "0/228", "--atlas", path]).status == 0)
        return (folder, path, model)
    }

    /// Questions with their lists; MODEL stands for the options of the model, and the last word of a list's name for
    /// where it is in the JSON.
    private static let questions: [(arguments: [String], lists: [String])] = [
        (["label", "list"], ["rows"]), (["supernode", "list"], ["rows"]),
        (
            ["query", "drivers", "--token", " Austin"],
            ["features", "tokensAndErrors", "cover", "raisedBy", "loweredBy"]
        ), (["query", "prompt", "two-step-0066"], ["features", "tokens", "tags"]),
        (["query", "upstream", "5/283"], ["neighbours"]), (["query", "downstream", "0/228"], ["neighbours"]),
        (["query", "upstream", "5/283", "--by", "twera", "MODEL"], ["neighbours"]),
        (["query", "search", "Texas"], ["prompts", "names", "tokens", "promoters", "labels", "supernodes"]),
        (["query", "search", "two-step-00", "--kind", "names"], ["names"]),
        (["query", "features", "--sort", "density", "--unlabelled", "--limit", "7"], ["items"]),
        (["query", "features", "--dead", "--layer", "1"], ["items"]),
        (["query", "prompts", "--where", "family=two-step", "--sort=-nodes"], ["items"]),
        (["query", "logits", "--sort", "text"], ["items"]),
        (["query", "families", "--threshold", "0.5"], ["families"]),
        (["query", "failures", "--by", "family"], ["byErrorInfluence", "wrongAnswers", "byViolation", "tags"]),
        (["query", "operands", "--all"], ["features"]),
        (["query", "operand-labels", "5/283", "0/228"], ["features"]),
        (["query", "graph-features", "two-step-0066"], ["features"]), (["saved-run", "list"], ["rows"]),
        (
            ["query", "steer-text", "calc: 1+2=", "--set", "5/283@1-=x2", "--count", "2", "--doses", "0,1", "MODEL"],
            ["plain", "steered", "doses"]
        ),
        (["query", "motifs", "--rewirings", "20", "--graphs", "4"], ["motifs", "census"]),
        (["query", "invariant", "--where", "family=two-step"], ["features", "absent"]),
        (
            ["query", "diff", "--a", "family=two-step", "--minimum-support", "3", "--prompts", "4"],
            ["features", "edges", "core", "coreEdges"]
        ),
        (
            ["query", "contrast", "--a", "family=two-step", "--b", "family=city-state", "--pair-by", "city"],
            ["features"]
        ), (["query", "similar", "two-step-0066"], ["prompts"]), (["query", "correlated", "5/283"], ["correlated"]),
        (["query", "inhibitors", "5/283", "MODEL"], ["inhibitors", "sources"]),
        (["query", "edge", "5/283", "logit: Austin"], ["examples"]),
        (["query", "stable", "--token", " Austin"], ["nodes", "edges"]),
        (["query", "supernodes", "--token", " Austin"], ["groups", "alone"]),
        (["query", "circuit", "--token", " Austin"], ["nodes", "edges"]), (["query", "heads"], ["heads"]),
        (["query", "heads", "--feature", "0/228"], ["heads"]),
        (["query", "head", "1.0"], ["carried", "served", "examples"]),
        (["query", "head", "1.0", "--pairs", "MODEL", "--prompts", "2"], ["pairs"]),
        (
            ["query", "attention", "two-step-0066", "--qk", "1.0@5,2", "MODEL"],
            ["pairs", "groups", "querySources", "keySources"]
        ), (["query", "run", "calc: 1+2=", "MODEL"], ["nextTokens", "graph.nodes", "graph.edges"]),
        (
            ["query", "validate", "--token", " Austin", "--interventions", "3", "--resamples", "5", "MODEL"],
            ["trials", "circuits", "results", "strata", "alternatives"]
        ),
        (["query", "validate-heads", "1.0", "--prompts", "2", "--quiet", "MODEL"], ["trials"]),
        (
            ["query", "exchange", "--by", "state", "--where", "family=two-step", "--trials", "2", "--quiet", "MODEL"],
            ["trials", "values"]
        ),
        (
            ["query", "steer", "5/283", "MODEL"],
            ["risingTokens", "fallingTokens", "risingFeatures", "fallingFeatures"]
        ), (["query", "steer-predict", "--features", "1", "--resamples", "5", "MODEL"], ["features", "results"]),
    ]

    @Test(arguments: questions.indices)
    func `a list as a table says what --json says`(question: Int) throws {
        let (_, path, model) = try Self.atlas.get()
        let (words, lists) = Self.questions[question]
        let arguments = words.flatMap { $0 == "MODEL" ? model : [$0] } + ["--atlas", path]
        let whole = try Program.run(arguments + ["--json"])
        #expect(whole.status == 0, "\(words): \(whole.error)")
        let answer = try JSONSerialization.jsonObject(with: Data(whole.output.utf8))
        for list in lists {
            let rows = try #require(Self.rows(list, of: answer), "\(words) has no \(list)")
            // The first list is the one that is meant where none is named.
            let named = list == lists[0] ? [] : ["--list", list]
            let csv = try Program.run(arguments + ["--csv"] + named)
            #expect(csv.status == 0, "\(words) \(list): \(csv.error)")
            let table = CommaSeparated(csv.output)
            let columns = try #require(table.records.first).compactMap(\.text)
            #expect(!columns.isEmpty && table.records.count == rows.count + 1, "\(words) \(list)")
            for (row, record) in zip(rows, table.records.dropFirst()) {
                let paths = Self.paths(row, Set(columns))
                #expect(paths.isSubset(of: columns), "\(words) \(list): no column for \(paths.subtracting(columns))")
                for (column, cell) in zip(columns, record) {
                    let value = Self.value(column, of: row)
                    #expect(
                        cell.holds(value), "\(words) \(list) \(column): \(cell) is not \(String(describing: value))")
                }
            }
        }
    }

    @Test(arguments: questions.indices.filter { !questions[$0].arguments.contains("MODEL") })
    func `JSON Lines have the columns and the values of CSV`(question: Int) throws {
        let path = try Self.atlas.get().path
        let arguments = Self.questions[question].arguments + ["--atlas", path]
        let table = CommaSeparated(try Program.run(arguments + ["--csv"]).output)
        let columns = try #require(table.records.first).compactMap(\.text)
        let lines = try Program.run(arguments + ["--jsonl"]).output.split(separator: "\n")
        #expect(lines.count == table.records.count - 1)
        for (line, record) in zip(lines, table.records.dropFirst()) {
            let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(Set(object.keys) == Set(columns))
            for (column, cell) in zip(columns, record) {
                let value = object[column].flatMap { $0 is NSNull ? nil : $0 }
                #expect(cell.holds(value), "\(arguments) \(column): \(cell) is not \(String(describing: value))")
            }
        }
    }

    private static func rows(_ list: String, of answer: Any) -> [[String: Any]]? {
        if list == "rows" { return answer as? [[String: Any]] }
        return value(list, of: answer as? [String: Any] ?? [:]) as? [[String: Any]]
    }

    private static func value(_ path: String, of object: [String: Any]) -> Any? {
        path.split(separator: ".").reduce(object as Any?) { ($0 as? [String: Any])?[String($1)] }
    }

    /// The members of an object and of objects in it, as columns are named; a column that is a dictionary ends the way.
    private static func paths(_ object: [String: Any], _ columns: Set<String>, _ prefix: String = "") -> Set<String> {
        object.reduce(into: []) { found, member in
            let path = prefix + member.key
            if let inner = member.value as? [String: Any], !columns.contains(path) {
                found.formUnion(paths(inner, columns, path + "."))
            } else {
                found.insert(path)
            }
        }
    }

    @Test func `a list without rows has its columns in CSV and nothing in JSON Lines`() throws {
        let (folder, path, _) = try Self.atlas.get()
        let empty = folder.path + "/without-names.atlas"
        try FileManager.default.copyItem(atPath: path, toPath: empty)
        for feature in ["5/283", "0/228", "1/37"] {
            #expect(try Program.run(["label", "remove", feature, "--atlas", empty]).status == 0)
        }
        let csv = try Program.run(["label", "list", "--csv", "--atlas", empty])
        #expect(csv.output == "\"feature.layer\",\"feature.index\",\"label\",\"note\"\r\n" && csv.error.isEmpty)
        let jsonLines = try Program.run(["label", "list", "--jsonl", "--atlas", empty])
        #expect(jsonLines.status == 0 && jsonLines.output.isEmpty && jsonLines.error.isEmpty)
    }

    @Test func `SQL's rows keep their values, and columns of one name get names of their own`() throws {
        let (_, path, _) = try Self.atlas.get()
        let query = "SELECT '=a,\"b\"'||char(13,10)||'c' AS x, NULL AS x, '' AS y, -0.1, 9223372036854775807 AS z"
        let csv = try Program.run(["sql", path, query, "--csv"]).output
        #expect(csv == "\"x\",\"x_2\",\"y\",\"-0.1\",\"z\"\r\n\"=a,\"\"b\"\"\r\nc\",,\"\",-0.1,9223372036854775807\r\n")
        let jsonLines = try Program.run(["sql", path, query, "--jsonl"]).output
        #expect(
            jsonLines == #"{"x":"=a,\"b\"\r\nc","x_2":null,"y":"","-0.1":-0.1,"z":9223372036854775807}"# + "\n")
        let cut = try Program.run(["sql", path, "SELECT * FROM vocabulary", "--limit", "2", "--csv"])
        #expect(cut.output.split(separator: "\r\n").count == 3 && cut.error.contains("only the first 2 rows"))
    }

    @Test func `what a model says to prompts is a row each`() throws {
        let model = try Self.atlas.get().model[1]
        let prompts = ["calc: 1+2=", "calc: 3+4="]
        let csv = try Program.run(["generate", "--model", model, "--count", "1", "--csv"] + prompts)
        let table = CommaSeparated(csv.output)
        #expect(table.records.first?.first?.text == "prompt" && table.records.count == 3, "\(csv.error)")
        #expect(table.records.dropFirst().map { $0[0].text } == prompts)
    }

    @Test func `what has no list, no such list, or two formats is refused in a line`() throws {
        let (_, path, _) = try Self.atlas.get()
        let atlas = ["--atlas", path]
        for (arguments, reason) in [
            (["info", path, "--csv"], "--csv: this command's answer has no list; see --help"),
            (
                ["query", "feature", "5/283", "--jsonl"] + atlas,
                "--jsonl: this command's answer has no list; see --help"
            ),
            (["query", "operands", "5/283", "--csv"] + atlas, "--csv: this answer is one object; --json prints it"),
            (["label", "list", "--csv", "--list", "x"] + atlas, "--list: expected rows, found x"),
            (["label", "list", "--list", "rows"] + atlas, "--list goes with --csv or --jsonl"),
            (["label", "list", "--csv", "--json"] + atlas, "expected one of --json, --csv and --jsonl"),
        ] {
            let outcome = try Program.run(arguments)
            #expect(outcome.status == 64 && outcome.output.isEmpty)
            let line = outcome.error.split(separator: "\n").first ?? ""
            #expect(line == "Error: \(reason)" || line.contains("\"message\":\"\(reason)\""), "\(outcome.error)")
        }
    }
}

/// What RFC 4180 calls records, read byte by byte.
private struct CommaSeparated {
    /// A value: what stood in quotes is a text, anything else is none.
    struct Cell {
        var text: String?
        var bare = ""

        /// Whether it tells a value of JSON: texts as they are, numbers to the last bit, arrays as JSON.
        func holds(_ value: Any?) -> Bool {
            switch value {
            case nil: return text == nil && bare.isEmpty
            case let string as String: return text.map { Array($0.utf8) } == Array(string.utf8)
            case let number as NSNumber:
                return text == nil && Double(["true": "1", "false": "0"][bare] ?? bare) == Double("\(number)")
            case let value?:
                let found = text.flatMap { try? JSONSerialization.jsonObject(with: Data($0.utf8)) }
                return (found as? NSObject) == (value as? NSObject)
            }
        }
    }
    private(set) var records: [[Cell]] = []

    init(_ text: String) {
        var record: [Cell] = []
        var quoted: [UInt8]?
        var cell = Cell()
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            switch (byte, quoted) {
            case (UInt8(ascii: "\""), nil): quoted = []
            case (UInt8(ascii: "\""), let content?):
                if bytes.first == byte {
                    quoted?.append(bytes.removeFirst())
                } else {
                    cell.text = String(decoding: content, as: UTF8.self)
                    quoted = nil
                }
            case (_, .some): quoted?.append(byte)
            case (UInt8(ascii: ","), nil), (UInt8(ascii: "\n"), nil):
                record.append(cell)
                cell = Cell()
                guard byte == UInt8(ascii: "\n") else { continue }
                records.append(record)
                record = []
            case (UInt8(ascii: "\r"), nil): continue
            default: cell.bare += String(UnicodeScalar(byte))
            }
        }
    }
}
