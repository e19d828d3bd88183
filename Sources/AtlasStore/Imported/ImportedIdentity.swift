import Circuits
import Crypto
import Foundation
import GRDB
import Texts

/// A replacement model that is known only from files about it.
///
/// Graph files name their model and transcoders and say no more: not what was computed with, how wide a layer is, or what
/// the vocabulary holds. So an imported atlas has fingerprints of those names, extents that grow with what is seen, and
/// the texts of the tokens that were seen; an atlas that a model made is never one, nor is one added to the other.
extension AtlasIdentity {
    /// What the fingerprints of a model begin with that is known only from files.
    static let importedMark = "imported:"
    /// One more than the largest token id that is imported.
    public static let importedTokenLimit = 1 << 22
    /// The most features in all layers together that are imported; deriving takes a few bytes for each.
    public static let importedFeatureLimit = 1 << 27

    /// Whether it is known only from files.
    public var isImported: Bool { modelFingerprint.utf8.starts(with: Self.importedMark.utf8) }

    /// Describes a replacement model by what files say of it.
    ///
    /// - Parameters:
    ///   - model: the language model's name
    ///   - transcoders: the transcoder set's name
    ///   - marks: everything else that tells one transcoder set from another
    ///   - featuresSeen: one more than the largest index seen; the width is the next power of two
    ///   - tokensSeen: one more than the largest token id seen; as above
    public init(
        importedModel model: String, transcoders: String, marks: [String] = [], kind: TranscoderKind, layerCount: Int,
        featuresSeen: Int, tokensSeen: Int
    ) {
        self.init(
            modelName: model, modelFingerprint: Self.importedMark + Self.digest([model]), transcoderName: transcoders,
            transcoderFingerprint: Self.importedMark + Self.digest([transcoders] + marks), transcoderKind: kind,
            layerCount: layerCount, featuresPerLayer: Self.extent(featuresSeen), modelWidth: 1,
            vocabulary: [String](repeating: "", count: Self.extent(tokensSeen)))
    }

    /// The next power of two, so that an atlas seldom has to be widened and is the same in whatever order files come.
    private static func extent(_ count: Int) -> Int {
        var extent = 1
        while extent < count { extent *= 2 }
        return extent
    }

    private static func digest(_ names: [String]) -> String {
        var hash = SHA256()
        for name in names {
            hash.update(data: Data("\(name.utf8.count):".utf8))
            hash.update(data: Data(name.utf8))
        }
        return hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}

extension Atlas {
    /// Opens an imported atlas, or makes it where there is none, wide enough for what `wanted` has seen.
    ///
    /// - Throws: `AtlasError.otherReplacementModel` for an atlas that a model made, or that is about another one
    public static func openImported(_ path: String, as wanted: AtlasIdentity) throws(AtlasError) -> Atlas {
        precondition(wanted.isImported)
        if AtlasInMaking.isVacant(path) { _ = try Atlas.open(path, mode: .create(wanted)).close() }
        let atlas = try Atlas.open(path, mode: .readWrite)
        let found = atlas.identity
        do throws(AtlasError) {
            try atlas.requireImported(wanted)
            guard
                wanted.featuresPerLayer > found.featuresPerLayer || wanted.vocabulary.count > found.vocabulary.count
            else { return atlas }
            try atlas.widen(
                featuresPerLayer: max(wanted.featuresPerLayer, found.featuresPerLayer),
                vocabularySize: max(wanted.vocabulary.count, found.vocabulary.count))
            try atlas.close()
        } catch {
            try? atlas.close()
            throw error
        }
        return try Atlas.open(path, mode: .readWrite)
    }

    /// Throws unless the atlas is an imported one about this model, as wide or not.
    public func requireImported(_ wanted: AtlasIdentity) throws(AtlasError) {
        guard identity.isImported else {
            throw .otherReplacementModel(
                path: path, part: "what made it", expected: "an import of files", found: "indexing with a model")
        }
        var other = wanted
        other.featuresPerLayer = identity.featuresPerLayer
        other.vocabulary = identity.vocabulary
        let pairs = [
            ("model", wanted.modelName, identity.modelName),
            ("transcoders", wanted.transcoderName, identity.transcoderName),
        ]
        for (part, expected, found) in pairs where ExactText(expected) != ExactText(found) {
            throw .otherReplacementModel(
                path: path, part: part, expected: expected.quotedInOneLine, found: found.quotedInOneLine)
        }
        try requireSame(as: other)
    }

    /// Makes room for more features a layer and more tokens.
    private func widen(featuresPerLayer: Int, vocabularySize: Int) throws(AtlasError) {
        try write("widening the atlas") { db in
            try TableDigests.keeping([StoredRows(allOf: "atlas")], in: db) {
                try db.execute(
                    sql: "UPDATE atlas SET features_per_layer = ?, vocabulary_size = ?",
                    arguments: [featuresPerLayer, vocabularySize])
            }
        }
    }
}
