import Testing
import Texts

@testable import AtlasIndexing

@Suite struct CorporaTemplateTests {
    private func expand(_ template: CorpusTemplate) throws -> [CorpusRecord] {
        try CorpusSource.template(template).records(onMalformed: .fail).all()
    }

    @Test func `the grid is in order, the first placeholder slowest, with the values as tags`() throws {
        let records = try expand(CorpusTemplate(pattern: "calc: {a}+{b}=", values: ["b": 0...1, "a": 8...9]))
        #expect(records.map(\.text) == ["calc: 8+0=", "calc: 8+1=", "calc: 9+0=", "calc: 9+1="])
        #expect(records[2].tags == ["a": "9", "b": "0"])
        #expect(records[2].place == "template line 3")
    }

    @Test func `a template of two ranges of a hundred has ten thousand different prompts`() throws {
        let template = try CorpusTemplate(pattern: "calc: {a}+{b}=", values: ["a": 0...99, "b": 0...99])
        #expect(template.recordCount == 10_000)
        #expect(Set(try expand(template).map(\.text)).count == 10_000)
    }

    @Test func `placeholders and values that are canonically equal are told apart`() throws {
        let (name, values) = try CorpusTemplate.Values.parse("x=e\u{301},\u{E9},\u{301}")
        #expect(name == "x" && values.count == 3)
        let template = try CorpusTemplate(
            pattern: "{\u{E9}}{e\u{301}}", values: ["\u{E9}": .list(["1"]), "e\u{301}": values])
        #expect(template.names.count == 2)
        let records = try expand(template)
        #expect(records.map { ExactText($0.text) } == ["1e\u{301}", "1\u{E9}", "1\u{301}"])
        #expect(records[0].tags == ["\u{E9}": "1", "e\u{301}": "e\u{301}"])
    }

    @Test func `doubled braces are literal and a placeholder may repeat`() throws {
        let template = try CorpusTemplate(
            pattern: "{{\"x\": {v}, y: {{v}}, }{v}}}", values: ["v": .list(["é", "{v}"])])
        #expect(try expand(template).map(\.text) == ["{\"x\": é, y: {v}, }é}", "{\"x\": {v}, y: {v}, }{v}}"])
    }

    @Test func `a pattern without placeholders is one prompt`() throws {
        let template = try CorpusTemplate(pattern: "hello", values: [ExactText: CorpusTemplate.Values]())
        #expect(try expand(template).map(\.text) == ["hello"])
    }

    @Test(arguments: [
        ("{a}+{b}", ["a": CorpusTemplate.Values.range(0...1)], "values for each placeholder"),
        ("{a}", ["a": .range(0...1), "b": .range(0...1)], "a placeholder for each list of values"),
        ("{{a}}", ["a": .range(0...1)], "a placeholder for each list of values"),
        ("x {a", ["a": .range(0...1)], "a closing brace"),
        ("{}", [:], "a placeholder's name of letters, digits, _ and -"),
        ("{a b}", [:], "a placeholder's name of letters, digits, _ and -"),
        ("", [:], "a pattern without NUL"),
        ("{a}", ["a": .list([])], "values for {a}"),
        ("{a}", ["a": .list(["x", "y", "x"])], "each value of {a} once"),
        ("{a}", ["a": .range(Int.min...Int.max)], "at most 100000000 combinations of values"),
        ("{a}{b}", ["a": .range(1...20_000), "b": .range(1...20_000)], "at most 100000000 combinations of values"),
    ])
    func `a template that cannot be expanded is refused`(
        pattern: String, values: [ExactText: CorpusTemplate.Values], expected: String
    ) {
        let error = #expect(throws: CorpusError.self) { try CorpusTemplate(pattern: pattern, values: values) }
        #expect(error?.expected == expected)
    }

    @Test(arguments: [
        ("a=0...99", "a", CorpusTemplate.Values.range(0...99)),
        ("b=-3…-1", "b", .range(-3...(-1))),
        ("lang=en,fr", "lang", .list(["en", "fr"])),
        ("word=one", "word", .list(["one"])),
        ("sign==,≠", "sign", .list(["=", "≠"])),
        ("end=wait...,stop", "end", .list(["wait...", "stop"])),
    ])
    func `values are read from a command line`(text: String, name: String, values: CorpusTemplate.Values) throws {
        let parsed = try CorpusTemplate.Values.parse(text)
        #expect(parsed.name == name)
        #expect(parsed.values == values)
    }

    @Test(arguments: [
        "a", "=1", "a=", "a=1,,2", "a=9...0", "a=x...y", "a=00...99", "a=1...99999999999999999999", "a b=1",
    ])
    func `values that mean nothing are refused`(text: String) {
        #expect(throws: CorpusError.self) { try CorpusTemplate.Values.parse(text) }
    }

    @Test func `an empty value may not make an empty prompt`() throws {
        let template = try CorpusTemplate(pattern: "{a}", values: ["a": .list(["", "x"])])
        let reports = Reports()
        let records = try CorpusSource.template(template).records(onMalformed: .skip { reports.append($0) }).all()
        #expect(records.map(\.text) == ["x"])
        #expect(reports.all.map(\.line) == [1])
    }
}
