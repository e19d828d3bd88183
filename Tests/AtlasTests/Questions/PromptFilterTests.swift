import AtlasQuery
import Testing

struct PromptFilterTests {
    @Test(arguments: ["family=addition", "family=addition,a=3", #"text=a\,b,x=1"#, #"path=a\\b"#, "empty="])
    func `a filter is written as it is read`(text: String) {
        #expect(PromptFilter(text)?.description == text)
    }

    @Test(arguments: ["", "family", "=3", "a=1,", "a=1,,b=2"])
    func `what is no list of conditions is refused`(text: String) {
        #expect(PromptFilter(text) == nil)
    }
}
