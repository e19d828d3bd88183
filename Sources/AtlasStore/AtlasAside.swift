/// A new atlas that is filled out of sight and appears under its name when it is whole.
///
///     let aside = try AtlasAside(identity, at: "shard.atlas")
///     try AtlasWriter(aside.atlas).commit(facts, run: run)
///     let isOurs = try aside.appear()
///
/// Until then nothing lies at the path; what an interrupted run filled is removed by the next that makes an atlas there.
public final class AtlasAside {
    /// The atlas, open for writing.
    public let atlas: Atlas
    private let part: AtlasInMaking

    /// Makes an empty atlas about this replacement model beside `path`.
    ///
    /// - Throws: `AtlasError.notCreated`
    public init(_ identity: AtlasIdentity, at path: String) throws(AtlasError) {
        part = try AtlasInMaking(identity, at: path)
        atlas = try part.open()
    }

    /// Closes the atlas and gives it its name.
    ///
    /// - Returns: whether it has it; `false` where another came first, which stays, and this one is gone
    public func appear() throws(AtlasError) -> Bool {
        try atlas.close()
        return try part.publish()
    }
}

extension Atlas {
    /// Whether an atlas may be made at `path`: there is nothing, or an empty file.
    public static func isVacant(_ path: String) -> Bool { AtlasInMaking.isVacant(path) }
}
