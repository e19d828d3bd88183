import Foundation

/// One place where a feature fires.
public struct Posting: Equatable, Sendable {
    /// The feature's node key.
    public let feature: Int64
    /// The prompt's id.
    public let prompt: Int64
    /// The token position.
    public let position: Int
    /// How strongly it fires.
    public let activation: Float

    /// Describes a place where a feature fires.
    public init(feature: Int64, prompt: Int64, position: Int, activation: Float) {
        self.feature = feature
        self.prompt = prompt
        self.position = position
        self.activation = activation
    }
}

/// Activations inverted, sorted by feature, prompt and position: block kind 6.
///
/// Activations have been rounded when their prompt was stored and are exact from there on.
public enum PostingBlock {
    /// How many entries one block holds at most.
    public static let capacity = 4096

    /// Packs postings in ascending order of feature, prompt and position.
    static func encode(_ postings: [Posting]) throws(BlockFault) -> Data {
        try Block.seal(.postings, count: postings.count) { (writer) throws(BlockFault) in
            var features: [Int] = []
            var counts: [UInt32] = []
            var firstPrompts: [UInt32] = []
            var promptGaps: [UInt32] = []
            var positionGaps: [UInt32] = []
            var previous = Posting(feature: -1, prompt: -1, position: -1, activation: 0)
            for posting in postings {
                var position = posting.position
                if posting.feature != previous.feature {
                    features.append(Int(posting.feature - previous.feature - 1))
                    counts.append(0)
                    firstPrompts.append(UInt32(posting.prompt))
                } else {
                    promptGaps.append(UInt32(posting.prompt - previous.prompt))
                    if posting.prompt == previous.prompt { position -= previous.position + 1 }
                }
                counts[counts.count - 1] += 1
                positionGaps.append(UInt32(position))
                previous = posting
            }
            writer.appendVarint(features.count)
            for gap in features { writer.appendVarint(gap) }
            for column in [counts, firstPrompts, promptGaps, positionGaps] {
                GapColumn.append(column, to: &writer)
            }
            try MagnitudeColumn.activations.append(postings.map(\.activation), to: &writer)
        }
    }

    /// Unpacks postings in ascending order.
    public static func decode(_ block: Data) throws(BlockFault) -> [Posting] {
        try Block.withBytes(of: block, decode)
    }

    /// Unpacks postings in ascending order.
    public static func decode(_ frame: UnsafeRawBufferPointer) throws(BlockFault) -> [Posting] {
        try Block.open(.postings, frame) { (count, reader) throws(BlockFault) in
            let groupCount = try reader.readCount(of: "features")
            guard groupCount <= count else {
                throw BlockFault(expected: "at most \(count) features", found: "\(groupCount)")
            }
            var features: [Int] = []
            for _ in 0..<groupCount { features.append(try reader.readVarint()) }
            let counts = try GapColumn.read(groupCount, from: &reader)
            guard counts.reduce(0, +) == count, counts.allSatisfy({ $0 > 0 }) else {
                throw BlockFault(expected: "\(count) postings", found: "\(counts.reduce(0, +)) by feature")
            }
            let firstPrompts = try GapColumn.read(groupCount, from: &reader)
            let promptGaps = try GapColumn.read(count - groupCount, from: &reader)
            let positionGaps = try GapColumn.read(count, from: &reader)
            var places: [(feature: Int64, prompt: Int64, position: Int)] = []
            places.reserveCapacity(count)
            var (feature, gap) = (Int64(-1), 0)
            for group in 0..<groupCount {
                feature += Int64(features[group]) + 1
                guard feature < 1 << 40 else {
                    throw BlockFault(expected: "node keys of features", found: "\(feature)")
                }
                var (prompt, position) = (Int64(firstPrompts[group]), positionGaps[places.count])
                places.append((feature, prompt, position))
                for _ in 1..<max(1, counts[group]) {
                    prompt += Int64(promptGaps[gap])
                    position = positionGaps[places.count] + (promptGaps[gap] == 0 ? position + 1 : 0)
                    gap += 1
                    places.append((feature, prompt, position))
                }
            }
            var postings: [Posting] = []
            postings.reserveCapacity(count)
            try MagnitudeColumn.activations.read(count, from: &reader) { (entry, value) throws(BlockFault) in
                let (feature, prompt, position) = places[entry]
                postings.append(Posting(feature: feature, prompt: prompt, position: position, activation: value))
            }
            return postings
        }
    }
}
