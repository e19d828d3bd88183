import Foundation

/// The most memory this process ever had resident.
enum PeakMemory {
    /// In MiB; Linux counts in KiB, macOS in bytes.
    static var residentMebibytes: Double {
        var usage = rusage()
        #if os(Linux)
            getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
            return Double(usage.ru_maxrss) / 1024
        #else
            getrusage(RUSAGE_SELF, &usage)
            return Double(usage.ru_maxrss) / 1_048_576
        #endif
    }
}
