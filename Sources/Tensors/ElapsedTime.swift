import Dispatch

extension DispatchTime {
    /// Seconds since this moment.
    package var secondsPassed: Double { Double(DispatchTime.now().uptimeNanoseconds - uptimeNanoseconds) / 1e9 }
}
