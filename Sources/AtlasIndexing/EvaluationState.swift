import Attribution
import Files
import Foundation
import Texts

/// The sums of an evaluation that may have been interrupted, and what they are about.
struct EvaluationState: Codable {
    /// What must agree for the sums to be gone on with.
    struct Identity: Codable, Equatable {
        /// The language model's fingerprint.
        let model: String
        /// The transcoders' fingerprint.
        let transcoders: String
        /// The digest of all texts, answers and families.
        let corpus: String
        /// For messages: a corpus may be renamed.
        let corpusName: String
        let recordCount: Int
        let options: EvaluationOptions
    }

    /// The form of the file.
    private var version = EvaluationState.currentVersion
    private let identity: Identity
    /// Records of the corpus that are in the sums: its first ones.
    var recordsDone = 0
    /// The sums.
    var evaluation: ReplacementEvaluation

    private static let currentVersion = 3

    /// Starts without records.
    init(identity: Identity, evaluation: ReplacementEvaluation) {
        self.identity = identity
        self.evaluation = evaluation
    }

    /// Reads a saved state; `nil` where there is none.
    static func read(_ path: String) throws(EvaluationStateError) -> EvaluationState? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            let data = Data(try WholeFile.bytes(path: path))
            let version = try decoder.decode(Version.self, from: data).version
            guard version == currentVersion else {
                throw EvaluationStateError(
                    path: path,
                    "is of another version of this program: expected version \(currentVersion), found \(version); name "
                        + "another file or remove it to begin anew")
            }
            return try decoder.decode(EvaluationState.self, from: data)
        } catch let error as EvaluationStateError {
            throw error
        } catch {
            throw EvaluationStateError(
                path: path, "expected the state of an evaluation, found something else; name another file or remove it")
        }
    }

    /// The part of the file that every version has.
    private struct Version: Decodable {
        let version: Int
    }

    /// Saves in one step: a reader never sees half a state.
    func write(to path: String) throws(EvaluationStateError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do {
            try AtomicFile.write(encoder.encode(self), to: path)
        } catch let error as FileError {
            throw EvaluationStateError(path: path, "cannot be written: \(error.reason)")
        } catch {
            throw EvaluationStateError(path: path, "cannot be written: \(error.localizedDescription)")
        }
    }

    /// Throws unless this saved state is of the run that `new` begins.
    ///
    /// - Parameter former: fingerprints of samples by which an earlier program knew the same model and transcoders
    func requireContinues(
        _ new: EvaluationState, former: [String] = [], path: String
    ) throws(EvaluationStateError) {
        let (expected, found) = (new.identity, identity)
        let parts = [
            ("model", expected.model, found.model), ("transcoders", expected.transcoders, found.transcoders),
            ("corpus", expected.shownCorpus, found.shownCorpus),
            ("options", expected.shownOptions, found.shownOptions),
        ]
        let differs = [
            expected.model != found.model && !former.contains(found.model),
            expected.transcoders != found.transcoders && !former.contains(found.transcoders),
            expected.corpus != found.corpus || expected.recordCount != found.recordCount,
            expected.options != found.options,
        ]
        for ((part, expected, found), differs) in zip(parts, differs) where differs {
            throw EvaluationStateError(
                path: path,
                "is of another evaluation: \(part): expected \(expected), found \(found); name another file")
        }
        guard evaluation.hasShape(of: new.evaluation), (0...expected.recordCount).contains(recordsDone) else {
            throw EvaluationStateError(path: path, "is damaged; remove it to begin anew")
        }
    }
}

extension EvaluationState.Identity {
    fileprivate var shownCorpus: String { "\(corpusName) (\(recordCount) records, \(corpus.prefix(16))…)" }

    fileprivate var shownOptions: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(options) else {
            preconditionFailure("options hold only finite numbers")
        }
        return String(decoding: data, as: UTF8.self)
    }
}

/// Why a saved evaluation cannot be gone on with: one line that names the file, what was expected and found.
public struct EvaluationStateError: Error, CustomStringConvertible, Sendable {
    /// The whole line.
    public let description: String

    init(path: String, _ reason: String) { description = "\(path): \(reason)" }
}
