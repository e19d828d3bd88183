import Files
import Foundation

/// Says in one line which place could not be written, instead of the file system's own error.
func writing<Value>(to place: URL, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as FileError {
        throw ExportError(
            place: error.path, expected: "a place that can be written", found: error.reason,
            advice: error.isFull ? "make room and try again" : nil)
    } catch let error as CocoaError {
        throw ExportError(
            place: place.path, expected: "a place that can be written",
            found: error.localizedDescription.split(separator: "\n").joined(separator: " "))
    }
}
