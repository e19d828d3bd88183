import AtlasQuery
import Testing

struct PromptFilterTests {
    @Test(arguments: [
        "family=addition", "family=addition,a=3", #"text=a\,b,x=1"#, #"path=a\\b"#, "empty=", #"a\=b\,c=d=e"#,
        "k=\u{301},x=1",
    ])
    func `a filter is written as it is read`(text: String) {
        #expect(PromptFilter(text)?.description == text)
    }

    @Test func `conditions are the same where their bytes are`() {
        #expect(PromptFilter("a=\u{E9}") != PromptFilter("a=e\u{301}"))
        #expect(PromptFilter("k=,\u{301}=1")?.conditions.map(\.value) == ["", "1"])
    }

    @Test(arguments: ["", "family", "=3", "a=1,", "a=1,,b=2"])
    func `what is no list of conditions is refused`(text: String) {
        #expect(PromptFilter(text) == nil)
    }
}
