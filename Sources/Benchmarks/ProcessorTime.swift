import Foundation

/// Processor time of this process since it was made: what is measured beside other work on the machine.
struct ProcessorTime {
    private let start = Self.now

    var seconds: Double { Self.now - start }

    private static var now: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
