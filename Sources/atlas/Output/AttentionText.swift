import AtlasExperiments
import AtlasQuery

/// Why a head looks where it looks, as lines of text.
struct AttentionText {
    private let report: AttentionReport

    init(_ report: AttentionReport) { self.report = report }

    /// Groups smaller than this share of the largest are left out of the lines.
    private static let groupShare = 0.01

    var lines: [String] {
        func place(_ place: AttentionReport.Place) -> String { "\(place.position) \"\(shown(place.token))\"" }
        let less =
            report.isAgainstMean
            ? ", less the mean over the keys it reaches" : report.against.map { ", less that of \(place($0))" } ?? ""
        var lines = [
            "head                  \(report.layer).\(report.head)",
            "looks from            \(place(report.query))",
            "to                    \(place(report.key))",
            "attention             \(report.weight.fixed(4)) of what the head reads there",
            "score                 \(report.score.signed(4))\(less)"
                + (report.softCap.map { ", before its soft-cap of \($0.fixed(0))" } ?? ""),
            "largest violation     \(String(format: "%.1e", report.largestViolation))  (pairs against score; rounding only)",
        ]
        var groups = TextTable([">adds", "query", "key"])
        let largest = report.groups.map(\.contribution.magnitude).max() ?? 0
        for group in report.groups.sorted(by: { $0.contribution.magnitude > $1.contribution.magnitude })
        where group.contribution.magnitude >= Self.groupShare * largest && group.contribution != 0 {
            groups.add([group.contribution.signed(4), group.query, group.key])
        }
        lines.append("kinds of sources")
        lines += groups.lines
        var pairs = TextTable([">adds", "query", "key"])
        for pair in report.pairs { pairs.add([pair.contribution.signed(4), pair.query.phrase, pair.key.phrase]) }
        lines.append("strongest pairs of \(report.pairCount.grouped)")
        lines += pairs.lines
        return lines
    }
}

/// Through which heads the edges of a graph go, as lines of text.
struct EdgeHeadsText {
    private let report: EdgeHeadsReport

    init(_ report: EdgeHeadsReport) { self.report = report }

    /// Heads and edges that are told.
    private static let limit = 10

    var lines: [String] {
        var heads = TextTable(["head", ">share", ">edges"])
        for head in report.heads.prefix(Self.limit) {
            heads.add(["\(head.layer).\(head.head)", head.share.percent(1), head.edgeCount.grouped])
        }
        var edges = TextTable([">weight", "from", "to", "heads"])
        for edge in report.edges.prefix(Self.limit) {
            let through = edge.heads.map { "\($0.layer).\($0.head) \($0.loading.signed(3))" }.joined(separator: ", ")
            edges.add([
                edge.weight.signed(3), edge.source.phrase, edge.target.phrase,
                through.isEmpty ? "none" : through + (edge.rest > 0 ? ", others \(edge.rest.fixed(3))" : ""),
            ])
        }
        return ["heads that edges go through, of \(report.edges.count.grouped) kept edges"] + heads.lines
            + ["strongest edges"] + edges.lines
    }
}
