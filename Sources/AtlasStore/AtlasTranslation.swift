import Files
import GRDB

/// What SQLite and the system refuse, as errors of the atlas.
extension Atlas {
    /// Runs `body` and says what SQLite refuses as an error of the atlas.
    static func translating<Value>(
        _ operation: String, path: String, _ body: () throws -> Value
    ) throws(AtlasError) -> Value {
        do {
            return try body()
        } catch let error as AtlasError {
            throw error
        } catch let error as DatabaseError {
            if let refusal = error.refusalOfShard { throw refusal }
            let reason = error.reason
            switch error.resultCode {
            case .SQLITE_FULL, .SQLITE_IOERR:
                throw .storageFailed(path: path, operation: operation, reason: reason)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN:
                throw .database(
                    path: path, operation: operation,
                    reason: "expected a file and a folder that can be written, found one that cannot; \(reason)")
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                throw .busy(path: path, operation: operation, seconds: Int(busySeconds))
            case .SQLITE_NOTADB:
                throw .notAnAtlas(path: path, found: "another kind of file")
            default:
                throw .database(path: path, operation: operation, reason: reason)
            }
        } catch let error as FileError {
            throw .database(path: path, operation: operation, reason: error.reason)
        } catch {
            throw .database(path: path, operation: operation, reason: "\(error)")
        }
    }
}

extension DatabaseError {
    /// SQLite's words and number for what went wrong.
    var reason: String { "SQLite: \(message ?? "no message") (\(extendedResultCode))" }

    /// Whether SQLite could not write, or not make the files that it needs beside the database.
    var needsWriting: Bool { resultCode == .SQLITE_CANTOPEN || resultCode == .SQLITE_READONLY }

    /// Whether others hold what is asked for.
    var isBusy: Bool { resultCode == .SQLITE_BUSY || resultCode == .SQLITE_LOCKED }
}
