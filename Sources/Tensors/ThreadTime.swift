import Foundation

/// Processor time of the calling thread.
public enum ThreadTime {
    /// Seconds since the thread began; differences of two are what a piece of work took, whatever else the machine does.
    public static var seconds: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    /// Processor time of all of the process's threads together, in seconds.
    public static var ofAllThreads: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
