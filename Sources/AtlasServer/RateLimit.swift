import Dispatch
import Synchronization

/// Counts the requests of each address with a bucket that fills at a steady rate (a token bucket).
final class RateLimit: Sendable {
    /// Addresses that are remembered; a full bucket is forgotten first.
    private static let addressLimit = 10_000

    private struct Bucket {
        var content: Double
        var filledAt: UInt64
    }

    private let options: ServerOptions
    private let buckets = Mutex<[String: Bucket]>([:])

    init(_ options: ServerOptions) {
        self.options = options
    }

    /// Takes the price of a request from an address; the seconds to wait where there is not enough.
    func take(_ price: Double = 1, from address: String, now: UInt64 = DispatchTime.now().uptimeNanoseconds) -> Int? {
        let rate = HostGuard.isLoopback(address) ? options.localRate : options.remoteRate
        let capacity = max(rate * options.burstSeconds, 1)
        return buckets.withLock { buckets in
            var bucket = buckets[address] ?? Bucket(content: capacity, filledAt: now)
            bucket.content = min(capacity, bucket.content + Double(now &- bucket.filledAt) / 1e9 * rate)
            bucket.filledAt = now
            let isEnough = bucket.content >= 1
            // A price above what is left leaves a debt, so that a guesser waits.
            if isEnough { bucket.content -= price }
            buckets[address] = bucket
            if buckets.count > Self.addressLimit { Self.forget(&buckets, now: now, rate: rate, capacity: capacity) }
            return isEnough ? nil : max(1, Int(((1 - bucket.content) / rate).rounded(.up)))
        }
    }

    private static func forget(_ buckets: inout [String: Bucket], now: UInt64, rate: Double, capacity: Double) {
        buckets = buckets.filter { $0.value.content + Double(now &- $0.value.filledAt) / 1e9 * rate < capacity }
        if buckets.count > addressLimit { buckets.removeAll() }
    }
}
