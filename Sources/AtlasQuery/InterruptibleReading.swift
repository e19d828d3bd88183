import GRDB
import GRDBSQLite
import Tensors

/// What stops a statement that is running.
protocol StatementStop: AnyObject {
    /// Whether the statement should end now; asked every so many steps of SQLite's machine.
    var isDue: Bool { get }
}

extension Cancellation: StatementStop {
    var isDue: Bool { reason != nil }
}

extension Database {
    /// Steps of SQLite's machine between two looks at whether somebody still waits: below a millisecond.
    private static let stepsBetweenLooks: Int32 = 4_000

    /// Runs SQL that ends with `SQLITE_INTERRUPT` soon after `stop` says so; `nil` never does.
    ///
    /// SQLite asks on the thread that runs the statement, so that nothing is interrupted that came later on the same
    /// connection.
    func interruptible<Value>(
        by stop: (any StatementStop)?, stepsBetweenLooks: Int32 = Database.stepsBetweenLooks,
        _ body: () throws -> Value
    ) throws -> Value {
        guard let stop, let connection = sqliteConnection else { return try body() }
        let box = StopBox(stop)
        return try withExtendedLifetime(box) {
            sqlite3_progress_handler(
                connection, stepsBetweenLooks,
                { context in
                    Unmanaged<StopBox>.fromOpaque(context!).takeUnretainedValue().stop.isDue ? 1 : 0
                }, Unmanaged.passUnretained(box).toOpaque())
            defer { sqlite3_progress_handler(connection, 0, nil, nil) }
            return try body()
        }
    }
}

/// A stop as C can point to it.
private final class StopBox {
    let stop: any StatementStop

    init(_ stop: any StatementStop) { self.stop = stop }
}
