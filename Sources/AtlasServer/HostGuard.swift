import AtlasInterface

/// Knows under which names the server is asked, so that no foreign page can ask it through the reader's browser.
///
/// A page of `evil.example` may point its own name at 127.0.0.1 (DNS rebinding); its requests then carry that name in
/// `Host`. A page that sends a form or a script's request elsewhere carries its own address in `Origin`.
struct HostGuard: Sendable {
    private let hosts: Set<Authority.Host>
    private let allowsAddresses: Bool

    init(_ options: ServerOptions) {
        let given = (["localhost", "127.0.0.1", "::1", options.host] + options.otherNames)
        hosts = Set(given.compactMap { Authority.Host(given: $0) })
        // Bound to every address of the machine it may be called by any of them: rebinding needs a name.
        allowsAddresses = ["0.0.0.0", "::"].contains(options.host)
    }

    /// Where a request goes, and what it asks for there.
    struct Target: Sendable {
        let authority: Authority
        /// The path with its query.
        let path: String
    }

    /// The target of a request that is meant for this server.
    ///
    /// - Parameters:
    ///   - target: the request line's: a path, or an absolute address, whose host takes the place of `Host` (RFC 9112,
    ///     3.2.2); here both must be this server's
    ///   - hosts: every `Host` of the request
    /// - Throws: a problem for what HTTP does not allow (400), and for another server's name (403)
    func target(_ target: String, hosts lines: [String]) throws(Problem) -> Target {
        guard lines.count == 1, let line = lines.first else {
            throw Problem(400, "Wrong host", "expected one Host field, found \(lines.count)")
        }
        let authority = try allowed(line)
        guard !target.hasPrefix("/") else { return Target(authority: authority, path: target) }
        guard let scheme = ["http://", "https://"].first(where: { target.lowercased().hasPrefix($0) }) else {
            throw Problem(
                400, "Wrong address",
                "expected a path or an absolute address, found \(String(target.prefix(100)).debugDescription)")
        }
        let rest = target.dropFirst(scheme.count)
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        let path = rest[end...]
        return Target(
            authority: try allowed(String(rest[..<end])), path: path.hasPrefix("/") ? String(path) : "/\(path)")
    }

    /// Whether a `Host` header is one of the server's.
    func allows(host: String?) -> Bool { host.flatMap { Authority($0) }.map { allows($0.host) } ?? false }

    /// Whether a request may come from the page that it names: none, or one of the same server.
    func allows(origin: String?, host: Authority) -> Bool {
        guard let origin else { return true }
        guard let (scheme, port) = [("http://", 80), ("https://", 443)].first(where: { origin.hasPrefix($0.0) }),
            let page = Authority(origin.dropFirst(scheme.count))
        else { return false }
        return page.host == host.host && page.port ?? port == host.port ?? port
    }

    /// Whether a name or address means this machine only.
    static func isLoopback(_ host: String) -> Bool { Authority.Host(given: host)?.isLoopback ?? false }

    private func allowed(_ text: String) throws(Problem) -> Authority {
        guard let authority = Authority(text) else {
            throw Problem(
                400, "Wrong host",
                "expected a name or address with a port or without, found \(String(text.prefix(100)).debugDescription)")
        }
        guard allows(authority.host) else {
            throw Problem(403, "Wrong host", "this server is not called \(String(text.prefix(100)).debugDescription)")
        }
        return authority
    }

    private func allows(_ host: Authority.Host) -> Bool {
        if hosts.contains(host) { return true }
        if case .name = host { return false }
        return allowsAddresses
    }
}
