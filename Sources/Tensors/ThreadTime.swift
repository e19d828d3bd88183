import Foundation

/// Processor time of the calling thread.
public enum ThreadTime {
    /// Seconds since the thread began; differences of two are what a piece of work took, whatever else the machine does.
    public static var seconds: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
