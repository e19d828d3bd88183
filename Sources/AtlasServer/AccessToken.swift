import Crypto
import Foundation

/// A secret that a request shows as `Authorization: Bearer …`.
public struct AccessToken: Sendable {
    /// The least number of characters: what is shorter can be guessed over a network.
    public static let shortest = 16

    /// Compared instead of the secret, so that neither its length nor a common beginning shows in the time it takes.
    private let digest: SHA256Digest

    /// Takes the text without surrounding space; `nil` where it is too short or holds what a header cannot.
    public init?(_ text: String) {
        let secret = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard secret.utf8.count >= Self.shortest, secret.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        digest = SHA256.hash(data: Data(secret.utf8))
    }

    /// Whether a request's header shows this token.
    func isShown(by authorization: String?) -> Bool {
        guard let authorization, authorization.lowercased().hasPrefix("bearer ") else { return false }
        let shown = SHA256.hash(data: Data(authorization.dropFirst("bearer ".count).utf8))
        return zip(digest, shown).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
