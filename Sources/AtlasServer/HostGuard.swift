/// Knows under which names the server is asked, so that no foreign page can ask it through the reader's browser.
///
/// A page of `evil.example` may point its own name at 127.0.0.1 (DNS rebinding); its requests then carry that name in
/// `Host`. A page that sends a form or a script's request elsewhere carries its own address in `Origin`.
struct HostGuard: Sendable {
    private let names: Set<String>
    private let allowsAddresses: Bool

    init(_ options: ServerOptions) {
        var names: Set<String> = ["localhost", "127.0.0.1", "::1"]
        names.formUnion(([options.host] + options.otherNames).map { Self.name($0.lowercased()) })
        self.names = names
        // Bound to every address of the machine it may be called by any of them: rebinding needs a name.
        allowsAddresses = ["0.0.0.0", "::"].contains(options.host)
    }

    /// Whether a `Host` header is one of the server's.
    func allows(host: String?) -> Bool {
        guard let host, !host.isEmpty else { return false }
        let name = Self.name(host.lowercased())
        return names.contains(name) || allowsAddresses && Self.isAddress(name)
    }

    /// Whether a request may come from the page that it names: none, or one of the same server.
    func allows(origin: String?, host: String) -> Bool {
        guard let origin else { return true }
        guard let scheme = ["http://", "https://"].first(where: { origin.hasPrefix($0) }) else { return false }
        return origin.dropFirst(scheme.count).lowercased() == host.lowercased()
    }

    /// Whether a name or address means this machine only.
    static func isLoopback(_ host: String) -> Bool {
        let name = name(host.lowercased())
        if name == "localhost" || name == "::1" { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The name without port and brackets.
    private static func name(_ host: String) -> String {
        if host.first == "[" { return String(host.dropFirst().prefix { $0 != "]" }) }
        let parts = host.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 2 ? String(parts[0]) : host
    }

    private static func isAddress(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
            || name.contains(":") && name.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
    }
}
