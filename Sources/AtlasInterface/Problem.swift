import AtlasQuery
import AtlasStore
import Attribution
import Foundation
import Tensors

/// Why something was not answered, as `application/problem+json` says it (RFC 9457).
public struct Problem: Error, Codable, Sendable, Equatable {
    /// What kind of problem it is.
    public let title: String
    /// The HTTP status.
    public let status: Int
    /// One line: what was asked for, what there is instead, what to do.
    public let detail: String
    /// Names that may have been meant.
    public let nearest: [String]?
    /// After how many seconds it is worth trying again.
    public let retryAfter: Int?
    /// The methods that there are where another was tried.
    public let allowed: [String]?

    /// Describes a problem.
    public init(
        _ status: Int, _ title: String, _ detail: String, nearest: [String] = [], retryAfter: Int? = nil,
        allowed: [String]? = nil
    ) {
        self.status = status
        self.title = title
        self.detail = detail
        self.nearest = nearest.isEmpty ? nil : nearest
        self.retryAfter = retryAfter
        self.allowed = allowed
    }

    /// Says what went wrong without telling where on this machine files lie.
    public init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as QuestionError: self.init(error)
        case AtlasError.unstorable(let what, let expected, let found):
            self.init(422, "Not kept", "\(what): expected \(expected), found \(found)")
        case .asked as Cancelled:
            self.init(503, "Stopped", "nobody waits for this answer any more")
        case Cancelled.timeLimit(let seconds):
            self.init(
                503, "Took too long",
                "stopped after \(seconds.formatted(.number.grouping(.never))) s, the time that this server gives a "
                    + "question; ask about less (where, graphs, prompts, rewirings, size), or start atlas serve with "
                    + "--question-limit SECONDS")
        case AtlasError.replaced(let path, let isGone):
            let change = isGone ? "the file was moved or removed" : "another file has taken its place"
            self.init(
                409, "Another file",
                "\(path.split(separator: "/").last ?? ""): \(change) while it was served, and nothing is written; "
                    + "start atlas serve again")
        case AtlasError.busy(_, let operation, let seconds):
            self.init(
                503, "Being written",
                "\(operation): another program is writing to the atlas, and went on for \(seconds) s; try again later",
                retryAfter: 10)
        case let error as AtlasError:
            let isFull = if case .storageFailed = error { true } else { false }
            self.init(isFull ? 507 : 500, "The atlas could not be used", Self.shown("\(error)", file: error.file))
        default: self.init(500, "Something failed", Self.shown("\(error)"))
        }
    }

    private init(_ error: QuestionError) {
        switch error {
        case .unknownToken(_, let nearest), .neverExplained(_, let nearest), .unknownPrompt(_, let nearest),
            .unknownGraphNode(_, let nearest), .unknownTag(_, _, let nearest),
            .unknownSupernode(_, let nearest), .unknownSavedRun(_, let nearest):
            self.init(404, "Not in the atlas", "\(error)", nearest: nearest)
        case .neverFired(_, let nearest):
            self.init(404, "Not in the atlas", "\(error)", nearest: nearest.map(\.description))
        case .noGrid(_, _, let nearest):
            self.init(404, "Not in the atlas", "\(error)", nearest: nearest)
        case .notDerived(let path), .staleStatistics(let path):
            self.init(409, "Not derived yet", Self.shown("\(error)", file: path))
        case .noEffects, .noHeads, .needsActivations:
            self.init(409, "Not computed", "\(error)")
        case .needsModel:
            self.init(
                409, "No model loaded",
                "\(error): start atlas serve FILE --model DIR --transcoders DIR")
        case .impossibleEdge, .malformedNode, .overlappingGroups:
            self.init(422, "Wrong question", "\(error)")
        case .ambiguousToken, .ambiguousPrompt:
            self.init(409, "Several are meant", "\(error)")
        case .refusedSQL:
            self.init(422, "Refused", "\(error)")
        case .sqlOverLimit:
            self.init(503, "Took too long", "\(error)")
        default:
            self.init(404, "Not in the atlas", "\(error)")
        }
    }

    /// A message with every path of this machine cut down to its last part.
    ///
    /// - Parameter file: a path that it may hold as it was given: also one without a slash before it, or with spaces,
    ///   which nothing else tells from words
    public static func shown(_ message: String, file: String? = nil) -> String {
        guard let file, !file.isEmpty else { return cutDown(message) }
        let name = URL(fileURLWithPath: file).lastPathComponent
        return message.split(separator: file, omittingEmptySubsequences: false).map { cutDown(String($0)) }
            .joined(separator: name)
    }

    private static func cutDown(_ message: String) -> String {
        var result = ""
        var word = ""
        func cut() {
            // `2/157` and `</s>` are no paths: one begins with a slash.
            let path = word.hasPrefix("file://") ? word.dropFirst("file://".count) : word[...]
            result += path.first == "/" ? path.split(separator: "/").last ?? "" : word[...]
            word = ""
        }
        for character in message {
            if character.isWhitespace || "\"'`:;,()".contains(character) && !(character == ":" && word == "file") {
                cut()
                result.append(character)
            } else {
                word.append(character)
            }
        }
        cut()
        return result
    }
}

extension AtlasError {
    /// The path of the file that it is about.
    fileprivate var file: String? {
        switch self {
        case .missingFile(let path), .notAnAtlas(let path, _), .newerVersion(let path, _, _),
            .otherReplacementModel(let path, _, _, _), .storageFailed(let path, _, _), .database(let path, _, _),
            .otherSchema(let path, _), .damaged(let path, _), .busy(let path, _, _), .unusableShard(let path, _),
            .assembled(let path, _):
            path
        default: nil
        }
    }
}
