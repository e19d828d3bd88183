import AtlasQuery
import Foundation

extension Route {
    /// Questions in SQL: one statement that reads, within limits, on a connection that cannot write.
    static let sql = [
        Route(
            "sql", "One SQL statement that reads, over the documented tables and views; who goes away stops it",
            [
                .init("query", .text(limit: 6_000), "a SELECT, or what begins with WITH or VALUES", isRequired: true),
                .init("limit", .integer(1...10_000), "rows at most", fallback: "200"),
                .init("seconds", .number(0.01...600), "how long it may run", fallback: "10"),
            ], isVolatile: true, length: .long
        ) { request, service in
            var limits = SQLLimits()
            limits.rows = request.integer("limit")!
            limits.seconds = request.number("seconds")!
            limits.answerBytes = SQLLimits.servedAnswerBytes
            limits.workingBytes = SQLLimits.servedWorkingBytes
            do {
                return try service.reader.sql(try request.required("query"), limits: limits)
            } catch QuestionError.sqlOverLimit(let found, let advice) {
                // The advice is the command line's; its options are parameters here, and memory is none of them.
                let own = advice.contains("--memory") ? "ask for less" : advice.replacing("--seconds", with: "seconds")
                throw Problem(503, "Took too long", "the SQL statement was stopped: it took \(found); \(own)")
            }
        },
        Route("schema", "The tables and views that can be asked in SQL, with what their columns hold") { _, service in
            try service.reader.schema()
        },
    ]
}

extension SQLLimits {
    /// Bytes of an answer that is served: what a page can show.
    fileprivate static let servedAnswerBytes = 8 << 20
    /// Bytes of memory that a served statement may use: several are answered at the same time.
    fileprivate static let servedWorkingBytes = 256 << 20
}
