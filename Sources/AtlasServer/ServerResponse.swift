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

    /// A page's file.
    static func file(_ file: PageFiles.File, for request: Request) -> Response {
        content(file.bytes, type: file.type, for: request)
    }

    /// An answer in JSON.
    ///
    /// - Parameter mayBeKept: whether the same question may be asked with the validator of this answer
    static func answer(_ answer: AtlasService.Answer, for request: Request, mayBeKept: Bool) -> Response {
        let status = HTTPResponse.Status(code: answer.status)
        return mayBeKept && !answer.isVolatile
            ? content(answer.bytes, type: "application/json", for: request)
            : body(answer.bytes, type: "application/json", status: status, for: request, cache: "no-store")
    }

    /// Why something was not answered.
    static func problem(_ problem: Problem, isHead: Bool) -> Response {
        var fields = common
        fields[.contentType] = "application/problem+json"
        fields[.cacheControl] = "no-store"
        if let seconds = problem.retryAfter { fields[.retryAfter] = "\(seconds)" }
        if problem.status == 401 { fields[.wwwAuthenticate] = "Bearer" }
        let bytes = (try? AtlasService.json(problem)) ?? Data()
        return response(HTTPResponse.Status(code: problem.status), fields, bytes, isHead: isHead)
    }

    private static func content(_ bytes: Data, type: String, for request: Request) -> Response {
        let tag = "W/\"\(SHA256.hash(data: bytes).prefix(16).map { String(format: "%02x", $0) }.joined())\""
        if isKnown(tag, to: request) {
            var fields = common
            fields[.eTag] = tag
            fields[.cacheControl] = "no-cache"
            fields[.vary] = "Accept-Encoding"
            return Response(status: .notModified, headers: fields)
        }
        return body(bytes, type: type, status: .ok, for: request, cache: "no-cache", tag: tag)
    }

    /// Whether the client has this version already (RFC 9110, 13.1.2).
    private static func isKnown(_ tag: String, to request: Request) -> Bool {
        guard let known = request.headers[.ifNoneMatch] else { return false }
        let opaque = tag.dropFirst(2)
        return known.split(separator: ",").contains { part in
            let one = part.trimmingCharacters(in: .whitespaces)
            return one == "*" || one == tag || one == opaque
        }
    }

    private static func body(
        _ bytes: Data, type: String, status: HTTPResponse.Status, for request: Request, cache: String,
        tag: String? = nil
    ) -> Response {
        var fields = common
        fields[.contentType] = type
        fields[.cacheControl] = cache
        fields[.vary] = "Accept-Encoding"
        if let tag { fields[.eTag] = tag }
        var sent = bytes
        if bytes.count >= Gzip.smallest, Gzip.isAccepted(by: request.headers[.acceptEncoding]),
            let compressed = Gzip.compress(bytes)
        {
            sent = compressed
            fields[.contentEncoding] = "gzip"
        }
        return response(status, fields, sent, isHead: request.method == .head)
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
