import Texts

/// Everything that can go wrong with an atlas file, said so that the reader knows what to do next.
public enum AtlasError: Error, Equatable, Sendable {
    /// There is no file at this path.
    case missingFile(path: String)
    /// There is a file, but it is not an atlas.
    case notAnAtlas(path: String, found: String)
    /// The atlas was made by a newer version of this program.
    case newerVersion(path: String, found: String, known: String)
    /// The atlas has other tables, checks or triggers than the program made.
    case otherSchema(path: String, what: String)
    /// The atlas is about another replacement model than the one in use.
    case otherReplacementModel(path: String, part: String, expected: String, found: String)
    /// The graphs of another atlas were stored with thresholds that no graph of this one was stored with.
    case otherThresholds(path: String, expected: String, found: String)
    /// A packed column cannot be read.
    case damagedBlock(table: String, row: Int, expected: String, found: String)
    /// A column of a row does not hold what this program stores there.
    case damagedRow(column: String, expected: String, found: String)
    /// What is stored is not what was written there.
    case damaged(path: String, what: String)
    /// An assembled atlas wants something of a shard, which is gone or not the one that was assembled.
    case unusableShard(path: String, what: String)
    /// Facts for an assembled atlas, which only tells those of its shards.
    case assembled(path: String, operation: String)
    /// Facts that contradict themselves or the atlas, and so were not stored.
    case unstorable(what: String, expected: String, found: String)
    /// A run that the atlas does not hold.
    case unknownRun(id: Int)
    /// A text that the atlas does not hold yet.
    case unknownText(text: String)
    /// The disk is full or cannot be written; what was stored before is kept.
    case storageFailed(path: String, operation: String, reason: String)
    /// A new atlas could not be made, and there is none.
    case notCreated(path: String, reason: String)
    /// Another file, or none, lies where the atlas was opened; nothing is written any more.
    case replaced(path: String, isGone: Bool)
    /// Any other refusal of SQLite's.
    case database(path: String, operation: String, reason: String)
    /// Another program was writing for all the time that this one waits.
    case busy(path: String, operation: String, seconds: Int)
}

extension AtlasError: CustomStringConvertible {
    /// One sentence on one line: what failed, where, what was expected, what was found, what to do.
    public var description: String { sentence.inOneLine }

    private var sentence: String {
        switch self {
        case .missingFile(let path):
            "\(path): expected an atlas, found no file; index a corpus to create one"
        case .notAnAtlas(let path, let found):
            "\(path): expected an atlas (SQLite file with application id FATL), found \(found)"
        case .newerVersion(let path, let found, let known):
            "\(path): its schema is \(found), this program knows schemas up to \(known); use a newer program"
        case .otherSchema(let path, let what):
            "\(path): its schema is not the one that this program makes: found \(what); atlas repair makes a sound file of "
                + "what can be read"
        case .otherReplacementModel(let path, let part, let expected, let found):
            "\(path): holds another replacement model: \(part): expected \(expected), found \(found); "
                + "use the model that the atlas was made with, or another file"
        case .otherThresholds(let path, let expected, let found):
            "\(path): its graphs were stored with other thresholds: expected \(expected), found \(found); "
                + "index it again with those, or allow mixed thresholds"
        case .damagedBlock(let table, let row, let expected, let found):
            "\(table), row \(row): damaged block: expected \(expected), found \(found); "
                + "atlas repair sets it aside"
        case .damagedRow(let column, let expected, let found):
            "column \(column): damaged row: expected \(expected), found \(found); atlas verify tells where"
        case .damaged(let path, let what):
            "\(path): \(what): not what was stored there; atlas verify tells all, atlas repair sets it aside"
        case .unusableShard(let path, let what):
            "\(path): expected the shard that the atlas was assembled from, found \(what); put that back, or assemble again"
        case .assembled(let path, let operation):
            "\(path): \(operation): expected an atlas that holds its facts itself, found one assembled from shards; use "
                + "its shards, and assemble them again"
        case .unstorable(let what, let expected, let found):
            "\(what): not stored: expected \(expected), found \(found)"
        case .unknownRun(let id):
            "run \(id): expected a run that was begun in this atlas, found none"
        case .unknownText(let text):
            "\"\(text)\": expected a text that is already stored, found none; commit its facts"
        case .storageFailed(let path, let operation, let reason):
            "\(path): \(operation) failed, and what was stored before is kept: \(reason); make room and try again"
        case .notCreated(let path, let reason):
            "\(path): no atlas could be made: \(reason); make room or name another place, then try again"
        case .replaced(let path, let isGone):
            "\(path): nothing is written any more: expected the file that was opened, found "
                + (isGone ? "none, it was moved or removed" : "another file in its place") + "; start again"
        case .database(let path, let operation, let reason):
            "\(path): \(operation): \(reason)"
        case .busy(let path, let operation, let seconds):
            "\(path): \(operation): another program is writing to it, and went on for \(seconds) s; try again when it has "
                + "ended"
        }
    }
}
