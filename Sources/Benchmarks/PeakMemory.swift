import Foundation

/// What memory this process has resident.
enum PeakMemory {
    /// The most that it ever had, in MiB; Linux counts in KiB, macOS in bytes.
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

    /// How much of it is mapped files' pages now, in MiB: the system may take them back. 0 where it does not tell.
    static var mappedFileMebibytes: Double {
        let lines = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?.split(separator: "\n") ?? []
        let words = lines.first { $0.hasPrefix("RssFile:") }?.split(whereSeparator: \.isWhitespace) ?? []
        return words.count > 1 ? (Double(words[1]) ?? 0) / 1024 : 0
    }
}
