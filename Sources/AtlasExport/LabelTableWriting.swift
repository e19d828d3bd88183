import AtlasQuery
import Files
import Foundation
import Texts

extension LabelTable {
    /// Writes a file in one step, its form told by its ending.
    ///
    /// - Throws: `ExportError` for another ending than `.csv` or `.jsonl`, or where the file cannot be written
    public func write(to file: URL) throws {
        guard let format = LabelFormat(rawValue: file.pathExtension) else {
            throw ExportError(
                place: file.path, expected: "a name ending in .csv or .jsonl",
                found: file.lastPathComponent.quotedInOneLine)
        }
        try writing(to: file) { try AtomicFile.write(data(as: format), to: file.path) }
    }
}
