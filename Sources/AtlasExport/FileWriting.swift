import Files
import Foundation

/// Says in one line which place could not be written, instead of the file system's own error.
package func writing<Value>(to place: URL, _ body: () throws -> Value) throws -> Value {
    do {
        return try body()
    } catch let error as FileError {
        throw ExportError(
            place: error.path, expected: "a place that can be written", found: error.reason,
            advice: error.isFull ? "make room and try again" : nil)
    } catch let error as CocoaError {
        // The system's own words, where there are some: the other ones are numbers.
        let reason =
            (error.underlying as? POSIXError).map { String(cString: strerror($0.code.rawValue)) }
            ?? error.localizedDescription
        throw ExportError(
            place: place.path, expected: "a place that can be written",
            found: reason.split(separator: "\n").joined(separator: " "))
    }
}
