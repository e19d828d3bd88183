import Foundation

/// What tests between two groups could find at best: whether the groups are large enough for a difference to show.
struct TestResolution {
    let firstSize: Int
    let secondSize: Int
    let testCount: Int
    let rate: Double

    /// The smallest p-value that any thing could have.
    var smallestPValue: Double { HypergeometricTest.smallest(firstSize, secondSize) }

    /// One sentence where the groups are too small for their test, which says what would be enough; `nil` where one thing
    /// alone could be found.
    ///
    /// - Parameters:
    ///   - things: what is tested
    ///   - members: what the groups hold
    func limitation(of things: String, in members: String) -> String? {
        guard smallestPValue * Double(max(1, testCount)) > rate else { return nil }
        let sizes = "\(firstSize) and \(secondSize) \(members) allow no p below \(Self.shown(smallestPValue))"
        guard smallestPValue <= rate else {
            return
                "\(things): none can be found to differ: \(sizes), and q of at most \(Self.shown(rate)) is asked for; "
                + "\(enough(for: rate, members)) would be enough"
        }
        let together = Int((smallestPValue * Double(testCount) / rate).rounded(.up))
        return
            "\(things): one alone cannot be found to differ: \(sizes), so that q of at most \(Self.shown(rate)) over "
            + "\(testCount) tests needs \(together) of that p at once; \(enough(for: rate / Double(testCount), members)) "
            + "would be enough"
    }

    /// The smaller group made larger, then both, until some p-value is small enough.
    private func enough(for pValue: Double, _ members: String) -> String {
        var (small, large) = (max(1, min(firstSize, secondSize)), max(firstSize, secondSize))
        while HypergeometricTest.smallest(small, large) > pValue {
            if small == large { large += 1 }
            small += 1
        }
        return firstSize <= secondSize ? "\(small) and \(large) \(members)" : "\(large) and \(small) \(members)"
    }

    private static func shown(_ number: Double) -> String { String(format: "%.2g", number) }
}
