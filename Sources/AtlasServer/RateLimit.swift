import Dispatch
import Synchronization

/// Counts the requests of each address with a bucket that fills at a steady rate (a token bucket), and what answering them
/// took with another.
final class RateLimit: Sendable {
    /// Addresses that are remembered; a full bucket is forgotten first.
    private static let addressLimit = 10_000

    private struct Bucket {
        /// Requests that may come at once.
        var requests: Double
        /// Seconds of work that may be asked for at once; below 0 a debt, as nobody knows before what an answer takes.
        var work: Double
        var filledAt: UInt64
    }

    private struct Rates {
        let requests: Double
        /// Seconds of work a second.
        let work: Double
        let burstSeconds: Double

        var full: (requests: Double, work: Double) { (max(requests * burstSeconds, 1), work * burstSeconds) }
    }

    private let options: ServerOptions
    private let buckets = Mutex<[String: Bucket]>([:])

    init(_ options: ServerOptions) {
        self.options = options
    }

    /// Takes the price of a request from an address; the seconds to wait where there is not enough.
    func take(_ price: Double = 1, from address: String, now: UInt64 = DispatchTime.now().uptimeNanoseconds) -> Int? {
        let rates = rates(of: address)
        return buckets.withLock { buckets in
            var bucket = Self.filled(buckets[address], rates, now: now)
            let isEnough = bucket.requests >= 1 && bucket.work >= 0
            // A price above what is left leaves a debt, so that a guesser waits.
            if isEnough { bucket.requests -= price }
            buckets[address] = bucket
            if buckets.count > Self.addressLimit { forget(&buckets, now: now) }
            let wait = max((1 - bucket.requests) / rates.requests, -bucket.work / rates.work)
            return isEnough ? nil : max(1, Int(min(wait, 1e6).rounded(.up)))
        }
    }

    /// Counts the seconds that answering took.
    func charge(_ seconds: Double, to address: String, now: UInt64 = DispatchTime.now().uptimeNanoseconds) {
        let rates = rates(of: address)
        buckets.withLock { buckets in
            var bucket = Self.filled(buckets[address], rates, now: now)
            bucket.work -= seconds
            buckets[address] = bucket
        }
    }

    private func rates(of address: String) -> Rates {
        let isLocal = HostGuard.isLoopback(address)
        return Rates(
            requests: isLocal ? options.localRate : options.remoteRate,
            work: isLocal ? options.localWork : options.remoteWork, burstSeconds: options.burstSeconds)
    }

    private static func filled(_ bucket: Bucket?, _ rates: Rates, now: UInt64) -> Bucket {
        guard let bucket else {
            return Bucket(requests: rates.full.requests, work: rates.full.work, filledAt: now)
        }
        let passed = Double(now &- min(now, bucket.filledAt)) / 1e9
        return Bucket(
            requests: min(rates.full.requests, bucket.requests + passed * rates.requests),
            work: min(rates.full.work, bucket.work + passed * rates.work), filledAt: now)
    }

    private func forget(_ buckets: inout [String: Bucket], now: UInt64) {
        buckets = buckets.filter { address, bucket in
            let (rates, filled) = (rates(of: address), Self.filled(bucket, rates(of: address), now: now))
            return filled.requests < rates.full.requests || filled.work < rates.full.work
        }
        if buckets.count > Self.addressLimit { buckets.removeAll() }
    }
}
