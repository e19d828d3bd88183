import AtlasInterface
import Crypto
import Foundation
import Hummingbird
import HTTPTypes
import NIOCore

/// Puts answers into HTTP: headers, validators, compression.
enum ServerResponse {
    /// What a page may do: load and ask this server's own files, and nothing else.
    static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    /// What every answer says.
    private static let common: HTTPFields = {
        var fields = HTTPFields()
        fields[.contentSecurityPolicy] = policy
        fields[.xContentTypeOptions] = "nosniff"
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=()"),
        ] {
            fields[HTTPField.Name(name)!] = value
        }
        return fields
    }()

    /// What a request says of the form in which it wants its answer.
    struct Wishes: Sendable {
        let isHead: Bool
        fileprivate let acceptsGzip: Bool
        private let known: String?

        init(_ request: Request) {
            isHead = request.method == .head
            acceptsGzip = Gzip.isAccepted(by: request.headers[.acceptEncoding])
            known = request.headers[.ifNoneMatch]
        }

        /// Whether the client has this version already (RFC 9110, 13.1.2).
        fileprivate func knows(_ tag: String) -> Bool {
            guard let known else { return false }
            let opaque = tag.dropFirst(2)
            return known.split(separator: ",").contains { part in
                let one = part.trimmingCharacters(in: .whitespaces)
                return one == "*" || one == tag || one == opaque
            }
        }

        fileprivate func encoded(_ content: Content) -> (bytes: Data, isCompressed: Bool) {
            guard acceptsGzip, let compressed = content.compressed else { return (content.bytes, false) }
            return (compressed, true)
        }
    }

    /// Something to send, with what is made of it: compressing and hashing are no work for the threads that serve
    /// connections.
    struct Content: Sendable {
        let type: String
        let bytes: Data
        let compressed: Data?
        /// Its validator, where it may be kept.
        let tag: String?

        init(_ bytes: Data, type: String, isTagged: Bool = true, isCompressed: Bool = true) {
            self.type = type
            self.bytes = bytes
            compressed = isCompressed && bytes.count >= Gzip.smallest ? Gzip.compress(bytes) : nil
            tag =
                isTagged
                ? "W/\"\(SHA256.hash(data: bytes).prefix(16).map { String(format: "%02x", $0) }.joined())\"" : nil
        }
    }

    /// A page's file.
    static func file(_ file: Content, for wishes: Wishes) -> Response {
        response(file, status: .ok, for: wishes)
    }

    /// An answer in JSON.
    ///
    /// - Parameter mayBeKept: whether the same question may be asked with the validator of this answer
    static func answer(_ answer: AtlasService.Answer, for wishes: Wishes, mayBeKept: Bool) -> Response {
        let content = Content(
            answer.bytes, type: "application/json", isTagged: mayBeKept && !answer.isVolatile,
            isCompressed: wishes.acceptsGzip)
        return response(content, status: HTTPResponse.Status(code: answer.status), for: wishes)
    }

    /// Why something was not answered.
    static func problem(_ problem: Problem, isHead: Bool) -> Response {
        var fields = common
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        if let seconds = problem.retryAfter { fields[.retryAfter] = "\(seconds)" }
        if let allowed = problem.allowed { fields[.allow] = allowed.joined(separator: ", ") }
        if problem.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        let bytes = (try? AtlasService.json(problem)) ?? Data()
        return response(HTTPResponse.Status(code: problem.status), fields, bytes, isHead: isHead)
    }

    private static func response(
        _ content: Content, status: HTTPResponse.Status, for wishes: Wishes
    ) -> Response {
        var fields = common
        fields[.cacheControl] = content.tag == nil ? "no-store" : "no-cache"
        fields[.vary] = "Accept-Encoding"
        fields[.eTag] = content.tag
        if let tag = content.tag, wishes.knows(tag) { return Response(status: .notModified, headers: fields) }
        fields[.contentType] = content.type
        let (sent, isCompressed) = wishes.encoded(content)
        if isCompressed { fields[.contentEncoding] = "gzip" }
        return response(status, fields, sent, isHead: wishes.isHead)
    }

    private static func response(
        _ status: HTTPResponse.Status, _ fields: HTTPFields, _ bytes: Data, isHead: Bool
    ) -> Response {
        var fields = fields
        fields[.contentLength] = "\(bytes.count)"
        return Response(
            status: status, headers: fields,
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
