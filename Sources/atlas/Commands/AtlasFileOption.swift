import ArgumentParser
import AtlasQuery
import AtlasStore
import Circuits
import Foundation

/// `--atlas`, the same on every command that asks an atlas.
struct AtlasFileOption: ParsableArguments {
    @Option(help: "The atlas.") var atlas: String

    /// Opens the atlas for questions; says so when facts have come in since its statistics were rebuilt.
    func reader() throws -> AtlasReader { try AtlasReader.open(atlas) }
}

extension AtlasReader {
    /// Opens an atlas for questions; says on standard error when its statistics are older than its facts.
    static func open(_ path: String) throws -> AtlasReader {
        let atlas = try Atlas.open(path, mode: .readOnly)
        if try AtlasDerivation(atlas).isStale() {
            StandardError.line(
                "note: \(path): statistics are older than the prompts or than this program; atlas derive rebuilds them")
        }
        return AtlasReader(atlas)
    }
}

extension FeatureID: ExpressibleByArgument {
    /// Reads `layer/index`.
    public init?(argument: String) { self.init(argument) }
}

extension HeadID: ExpressibleByArgument {
    /// Reads `layer.head`.
    public init?(argument: String) { self.init(argument) }
}

/// How many answers are printed.
struct LimitOption: ParsableArguments {
    @Option(help: "How many rows at most.") var limit = 20

    func validate() throws {
        guard limit >= 1 else { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
    }
}
