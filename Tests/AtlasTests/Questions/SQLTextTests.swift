import Testing

@testable import AtlasQuery

/// What a SQL text is taken for, before SQLite may compile it.
@Suite struct `SQL texts` {
    @Test(arguments: [
        ("select 1", ["SELECT"]), ("  -- DELETE\n SELECT 1", ["SELECT"]), ("/* DELETE */ SELECT 1", ["SELECT"]),
        // SQLite's comment goes on: the star of its beginning is not that of its end.
        ("/*/ DELETE */ SELECT 1", ["SELECT"]), ("/**/DELETE", ["DELETE"]), ("-- SELECT 1", []), ("/* SELECT", []),
        ("explain query plan select x", ["EXPLAIN", "QUERY", "PLAN", "SELECT"]),
        ("explain query plan select x from y", ["EXPLAIN", "QUERY", "PLAN", "SELECT"]),
        ("(SELECT 1)", []), ("'SELECT' WITH", []), ("SELECT(1) FROM x", ["SELECT"]), (";SELECT", []),
    ])
    func `the first words are those in front of anything else, without comments`(text: String, words: [String]) {
        #expect(SQLText(text).firstWords == words)
    }

    @Test(arguments: [
        ("SELECT 1", false), ("SELECT 1;", false), ("SELECT 1; -- and no more", false), ("SELECT 1; /* ; */ \n", false),
        ("SELECT ';' || 1", false), ("SELECT \"a;b\", `c;d`, [e;f]", false), ("SELECT 'it''s; it'", false),
        ("SELECT 1;;", true), (";;SELECT 1", true), ("SELECT 1;PRAGMA x", true), ("SELECT ']' ; PRAGMA x", true),
        ("SELECT 1 -- ;\n; PRAGMA x", true), ("SELECT [a;] ; PRAGMA x", true), ("SELECT 1 /*/ ; */ ; PRAGMA x", true),
    ])
    func `a second statement is what follows a semicolon outside of texts and comments`(text: String, hasOne: Bool) {
        #expect(SQLText(text).hasSecondStatement == hasOne)
    }

    @Test func `only what begins with a question's words is one`() {
        for text in [
            "SELECT 1", "with a as (select 1) select 1", "values (1)", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN WITH",
        ] {
            #expect(SQLText(text).isQuestion, "\(text)")
        }
        for text in [
            "", "PRAGMA x", "EXPLAIN PRAGMA x", "EXPLAIN QUERY PLAN DELETE", "EXPLAIN", "(SELECT 1)",
            "EXPLAIN QUERY SELECT 1",
        ] {
            #expect(!SQLText(text).isQuestion, "\(text)")
        }
    }
}
