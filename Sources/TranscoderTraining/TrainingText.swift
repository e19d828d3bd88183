import Crypto
import Foundation
import Texts
import Tokenizers

/// The text that transcoders are trained on, as pieces of tokens that the model reads one at a time.
///
/// Short texts are pieces of their own, as prompts are; a longer one is cut into pieces of the context's length, each with
/// what the tokenizer puts in front of a prompt.
public struct TrainingText: Sendable {
    /// All pieces' tokens, one after the other.
    private var tokens: [Int32] = []
    /// Where each piece begins, and behind the last where all end.
    private var starts = [0]
    private let tokenizer: Tokenizer
    private let contextLength: Int

    /// Starts without text.
    ///
    /// - Parameter contextLength: tokens of a piece at most, what is put in front among them
    public init(tokenizer: Tokenizer, contextLength: Int) {
        precondition(contextLength >= 2)
        self.tokenizer = tokenizer
        self.contextLength = contextLength
    }

    /// Pieces.
    public var pieceCount: Int { starts.count - 1 }
    /// Tokens of all pieces together.
    public var tokenCount: Int { tokens.count }

    /// The tokens of a piece.
    public func piece(_ index: Int) -> [Int] { tokens[starts[index]..<starts[index + 1]].map(Int.init) }

    /// The tokens of a piece, counted.
    func tokenCount(ofPiece index: Int) -> Int { starts[index + 1] - starts[index] }

    /// Adds a text.
    public mutating func add(_ text: String) {
        let whole = tokenizer.encodePrompt(text)
        let front = Array(whole.prefix(tokenizer.startRecord(of: text) == nil ? 0 : 1))
        var rest = whole.dropFirst(front.count)
        while !rest.isEmpty {
            let piece = front + rest.prefix(contextLength - front.count)
            rest = rest.dropFirst(contextLength - front.count)
            // A single token has none behind it whose activations count.
            guard piece.count > 1 else { continue }
            tokens += piece.map { Int32(truncatingIfNeeded: $0) }
            starts.append(tokens.count)
        }
    }

    /// Takes every so-and-so-many-th piece out, evenly over the text.
    ///
    /// - Parameter share: of all pieces
    /// - Returns: what was taken out
    public mutating func split(share: Double) -> TrainingText {
        var (kept, taken) = (self, self)
        (kept.tokens, kept.starts, taken.tokens, taken.starts) = ([], [0], [], [0])
        for index in 0..<pieceCount {
            let isTaken = Int(Double(index + 1) * share) > Int(Double(index) * share)
            let piece = tokens[starts[index]..<starts[index + 1]]
            if isTaken { taken.append(piece) } else { kept.append(piece) }
        }
        self = kept
        return taken
    }

    private mutating func append(_ piece: ArraySlice<Int32>) {
        tokens += piece
        starts.append(tokens.count)
    }

    /// SHA-256 over all pieces, in hexadecimal.
    public var digest: String {
        var hash = SHA256()
        tokens.withUnsafeBytes { hash.update(bufferPointer: $0) }
        starts.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize().hexadecimal
    }
}
