import Foundation

/// A host with its port, as `Host` and addresses tell it (RFC 3986, 3.2.2; RFC 9110, 7.2): nothing before the host, nothing
/// between a bracket and the port, no name inside brackets.
struct Authority: Equatable, Sendable {
    /// Whom it names.
    enum Host: Hashable, Sendable {
        /// In lower case, without the dot that ends an absolute name.
        case name(String)
        /// Four bytes.
        case address4([UInt8])
        /// Sixteen bytes.
        case address6([UInt8])
    }

    let host: Host
    /// `nil` where none is told.
    let port: Int?

    /// Reads `host`, `host:port` or `[IPv6]:port`; `nil` for anything else, a user's name and an IPv6 zone included.
    init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        let hostEnd: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")),
                let address = Self.address(bytes[1..<close], family: AF_INET6, size: 16)
            else { return nil }
            host = .address6(address)
            hostEnd = close + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard let host = Host(name: bytes[..<hostEnd]) else { return nil }
            self.host = host
        }
        guard hostEnd < bytes.count else {
            port = nil
            return
        }
        let digits = bytes[(hostEnd + 1)...]
        guard bytes[hostEnd] == UInt8(ascii: ":"), digits.count <= 5,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        // "localhost:" is allowed, and means the scheme's own port.
        port = Int(String(decoding: digits, as: UTF8.self))
        guard port ?? 0 <= 65_535 else { return nil }
    }

    fileprivate static func address(_ text: some Collection<UInt8>, family: Int32, size: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: size)
        let isRead = String(decoding: text, as: UTF8.self).withCString { inet_pton(family, $0, &bytes) == 1 }
        return isRead && !text.contains(0) ? bytes : nil
    }
}

extension Authority.Host {
    /// What a name may hold beside letters and digits; what is ours holds none of the last.
    private static let others = Set("-._~%!$&'()*+,;=".utf8)

    /// An IPv4 address or a name; `nil` for what an address cannot hold.
    fileprivate init?(name bytes: some BidirectionalCollection<UInt8>) {
        if let address = Authority.address(bytes, family: AF_INET, size: 4) {
            self = .address4(address)
            return
        }
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                continue
            default: guard Self.others.contains(byte) else { return nil }
            }
        }
        var name = String(decoding: bytes, as: UTF8.self).lowercased()
        if name.hasSuffix("."), Authority.address(name.dropLast().utf8, family: AF_INET, size: 4) == nil {
            name.removeLast()
        }
        self = .name(name)
    }

    /// A name or address as a person gives it: also IPv6 without brackets, and with a port that is left out.
    init?(given text: String) {
        if let address = Authority.address(text.utf8, family: AF_INET6, size: 16) {
            self = .address6(address)
        } else if let authority = Authority(text) {
            self = authority.host
        } else {
            return nil
        }
    }

    /// Whether it means this machine only; IPv4 as IPv6 writes it included.
    var isLoopback: Bool {
        switch self {
        case .name(let name): name == "localhost"
        case .address4(let bytes): bytes[0] == 127
        case .address6(let bytes):
            bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
                || bytes.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF] && bytes[12] == 127
        }
    }
}
