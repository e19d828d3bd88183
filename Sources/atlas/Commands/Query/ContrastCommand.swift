import ArgumentParser
import AtlasIndexing
import AtlasQuery
import Foundation
import Texts

struct ContrastCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contrast", abstract: "Which features are active in exactly one prompt of each pair.",
        discussion: """
            Pairs are the prompts of two groups that have the same value of a tag, or the lines of a file: two prompts
            (ids or ids in a corpus) between a tab or a comma.

              atlas query contrast --a family=two-step --b family=city-state --pair-by city --atlas my.atlas
              atlas query contrast --pairs pairs.tsv --atlas my.atlas
            """)

    @Option(name: .customLong("a"), help: "The group of first members.") var first: PromptFilter?
    @Option(name: .customLong("b"), help: "The group of second members.") var second: PromptFilter?
    @Option(help: "The tag whose value the members of a pair share.") var pairBy: String?
    @Option(help: "A file with two prompts a line.") var pairs: String?
    @OptionGroup var file: AtlasFileOption
    @OptionGroup var limit: LimitOption
    @OptionGroup var output: ListOutput

    func validate() throws {
        let byTag = [first != nil, second != nil, pairBy != nil]
        guard pairs == nil ? byTag.allSatisfy(\.self) : !byTag.contains(true) else {
            throw ValidationError("expected either --a, --b and --pair-by, or --pairs")
        }
    }

    func run() throws {
        let reader = try file.reader()
        let report: ContrastReport
        if let pairs {
            report = try reader.contrast(try readPairs(pairs, reader), limit: limit.limit)
        } else {
            report = try reader.contrast(first!, second!, pairedBy: pairBy!, limit: limit.limit)
        }
        try output.print(report, lists: [.init("features", report.features)]) {
            (ContrastText(report).lines + StoredOnlyText(reader).lines).forEach { print($0) }
        }
    }

    private func readPairs(_ path: String, _ reader: AtlasReader) throws -> [PromptPair] {
        try CorpusRecords.lines(ofFile: path).map { line in
            let names = line.text.splitExactly(at: line.text.utf8.contains(UInt8(ascii: "\t")) ? "\t" : ",")
                .map { $0.trimmingCharacters(in: .whitespaces) }
            guard names.count == 2, !names.contains("") else {
                throw ValidationError(
                    "\(line.place): expected two prompts between a tab or a comma, found \(names.count)")
            }
            return PromptPair(first: try reader.promptID(names[0]), second: try reader.promptID(names[1]))
        }
    }
}
