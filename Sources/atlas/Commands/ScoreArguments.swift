import ArgumentParser
import Attribution

/// Reads which score of attention is asked about.
enum ScoreArguments {
    /// Refuses what names no score.
    static func check(qk: String?, against: String?, pairs: Int) throws {
        if let qk, ScorePlace(qk) == nil {
            throw ValidationError("--qk: expected layer.head@query,key, as 3.1@9,4, found \(qk)")
        }
        if let against {
            guard qk != nil else { throw ValidationError("--against goes with --qk") }
            guard reference(against) != nil else {
                throw ValidationError("--against: expected a position or mean, found \(against)")
            }
        }
        try requireCount(pairs, "--pairs", to: NumberLimit.pairs)
    }

    /// What a key is compared with.
    static func reference(_ text: String?) -> ScorePlace.Reference? {
        guard let text else { return nil }
        return text == "mean" ? .mean : Int(text).map { .key($0) }
    }
}
