import AtlasQuery
import AtlasStore
import Attribution
import Foundation

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

    /// Describes a problem.
    public init(_ status: Int, _ title: String, _ detail: String, nearest: [String] = [], retryAfter: Int? = nil) {
        self.status = status
        self.title = title
        self.detail = detail
        self.nearest = nearest.isEmpty ? nil : nearest
        self.retryAfter = retryAfter
    }

    /// Says what went wrong without telling where on this machine files lie.
    init(_ error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as QuestionError: self.init(error)
        case AtlasError.unstorable(let what, let expected, let found):
            self.init(400, "Not kept", "\(what): expected \(expected), found \(found)")
        case AtlasError.replaced(let path, let isGone):
            let change = isGone ? "the file was moved or removed" : "another file has taken its place"
            self.init(
                409, "Another file",
                "\(path.split(separator: "/").last ?? ""): \(change) while it was served, and nothing is written; "
                    + "start atlas serve again")
        case let error as AtlasError:
            let isFull = if case .storageFailed = error { true } else { false }
            self.init(isFull ? 507 : 500, "The atlas could not be used", Self.shown("\(error)"))
        default: self.init(500, "Something failed", Self.shown("\(error)"))
        }
    }

    private init(_ error: QuestionError) {
        switch error {
        case .unknownToken(_, let nearest), .neverExplained(_, let nearest), .unknownPrompt(_, let nearest),
            .unknownGraphNode(_, let nearest), .unknownTag(_, _, let nearest),
            .unknownSupernode(_, let nearest):
            self.init(404, "Not in the atlas", "\(error)", nearest: nearest)
        case .neverFired(_, let nearest):
            self.init(404, "Not in the atlas", "\(error)", nearest: nearest.map(\.description))
        case .noGrid(_, _, let nearest):
            self.init(404, "Not in the atlas", "\(error)", nearest: nearest)
        case .notDerived, .staleStatistics:
            self.init(409, "Not derived yet", Self.shown("\(error)"))
        case .noEffects:
            self.init(409, "Not computed", "\(error)")
        case .needsModel:
            self.init(
                409, "No model loaded",
                "\(error): start atlas serve FILE --model DIR --transcoders DIR")
        case .impossibleEdge, .malformedNode, .overlappingGroups:
            self.init(400, "Wrong question", "\(error)")
        case .ambiguousToken, .ambiguousPrompt:
            self.init(409, "Several are meant", "\(error)")
        case .refusedSQL:
            self.init(400, "Refused", "\(error)")
        default:
            self.init(404, "Not in the atlas", "\(error)")
        }
    }

    /// A message with every path of this machine cut down to its last part.
    public static func shown(_ message: String) -> String {
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
