/// A data file of the dashboards: one call that hands a value to the page.
///
/// A page opened from disk may load scripts of its folder but not read files, so data come as scripts.
enum DashboardScript {
    /// `atlasReceive("key", value);` with the value that `body` writes as JSON.
    static func bytes(key: String, _ body: (inout JSONWriter) -> Void) -> [UInt8] {
        var name = JSONWriter(escapesMarkup: true)
        name.value(key)
        var value = JSONWriter(escapesMarkup: true)
        value.object(body)
        return Array("atlasReceive(".utf8) + name.bytes + Array(",".utf8) + value.bytes + Array(");\n".utf8)
    }
}
