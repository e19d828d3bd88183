import AtlasQuery
import Circuits
import Foundation
import GRDB
import Testing

@testable import AtlasStore

/// A short seed of `make bitflips`: single bits of an atlas's file.
struct BitFlipTests {
    /// Every value of every table and what searches find, as one text.
    private func answers(_ reader: AtlasReader) throws -> String {
        try reader.atlas.read("reading") { db in
            var texts: [String] = []
            for (table, columns) in Dictionary(grouping: try FullAtlas.columns(db), by: \.table)
                .sorted(by: { $0.key < $1.key }) where !table.contains("_search_")
            {
                let quoted = columns.map { "quote(\($0.column))" }.joined(separator: " || ',' || ")
                let sql = "SELECT group_concat(\(quoted), ';') FROM \(table)"
                texts.append("\(table): \(try String.fetchOne(db, sql: sql) ?? "")")
            }
            return texts.joined(separator: "\n")
        } + "\(try reader.search("prompt")) \(try reader.search("Dallas"))"
    }

    @Test func `a flipped bit is refused, found, or changes no answer`() throws {
        let full = try FullAtlas()
        let sound = try answers(full.reader)
        let file = try Data(contentsOf: URL(fileURLWithPath: full.test.path))
        let path = full.test.folder.appendingPathComponent("flipped.atlas").path
        var generator = SeededNumbers(seed: 17)
        var counts = (found: 0, harmless: 0)
        for _ in 0..<80 {
            let bit = Int.random(in: 0..<file.count * 8, using: &generator)
            var flipped = file
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            for suffix in ["-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
            try flipped.write(to: URL(fileURLWithPath: path))
            guard let atlas = try? Atlas.open(path, mode: .readOnly) else {
                counts.found += 1
                continue
            }
            defer { try? atlas.database.close() }
            let reader = AtlasReader(atlas)
            let isSound = (try? reader.verify())?.isSound == true
            let found = try? answers(reader)
            #expect(!isSound || found == sound, "bit \(bit)")
            if isSound { counts.harmless += 1 } else { counts.found += 1 }
        }
        #expect(counts.found > 10 && counts.harmless > 0)
    }
}
