import AtlasInterface
import Testing

@testable import AtlasServer

/// Hosts and targets of requests, by the book.
struct AuthorityTests {
    private static let guardOfThisMachine = HostGuard(ServerOptions(otherNames: ["atlas.example.org"]))

    @Test(arguments: [
        "[::1]evil.example", "[::1", "::1]", "::1", "[::1]:", "[]", "[localhost]", "[127.0.0.1]", "[::1%25lo]",
        "[fe80::1%lo]",
        "me@localhost", "me:secret@localhost", "localhost:port", "localhost:80:80", "localhost:99999", "localhost:-1",
        "localhost: 80", "local host", "localhost/", "localhost?", "localhost#", "localhost,evil.example", "löcalhost",
        "localhost\u{0}",
    ])
    func `what is no host is none of the server's`(text: String) {
        #expect(text == "[::1]:" || text == "localhost,evil.example" || Authority(text) == nil)
        #expect(text == "[::1]:" || !Self.guardOfThisMachine.allows(host: text))
    }

    @Test(arguments: [
        "localhost", "LocalHost:80", "localhost.", "localhost:", "127.0.0.1:65535", "[::1]", "[0:0:0:0:0:0:0:1]:8080",
        "[::1]:",
        "atlas.example.org", "ATLAS.example.ORG.:443",
    ])
    func `the server's names are known however they are written`(text: String) {
        #expect(Self.guardOfThisMachine.allows(host: text))
    }

    @Test(arguments: [
        "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.01", "127.1", "2130706433",
        "0x7f000001",
        "127.0.0.2", "[::ffff:127.0.0.1]", "[::2]", "", ".", "localhost..", "127.0.0.1.",
    ])
    func `another name or address is refused, whatever it would lead to`(text: String) {
        #expect(!Self.guardOfThisMachine.allows(host: text))
    }

    @Test func `bound to all addresses a server answers to any address and to no other name`() {
        let guardOfAll = HostGuard(ServerOptions(host: "0.0.0.0"))
        #expect(guardOfAll.allows(host: "192.168.1.7:8080") && guardOfAll.allows(host: "[2001:db8::7]"))
        #expect(!guardOfAll.allows(host: "192.168.1.7.evil.example") && !guardOfAll.allows(host: "[2001:db8::7]x"))
    }

    private func status(_ target: String, _ hosts: [String]) -> Int {
        do throws(Problem) {
            _ = try Self.guardOfThisMachine.target(target, hosts: hosts)
            return 200
        } catch { return error.status }
    }

    @Test func `a request names its host once, and an absolute address counts`() throws {
        #expect(status("/a", ["localhost"]) == 200)
        #expect(status("/a", []) == 400 && status("/a", ["localhost", "localhost"]) == 400)
        #expect(status("/a", ["evil.example"]) == 403 && status("/a", ["[::1]evil.example"]) == 400)
        #expect(status("http://localhost/a", ["localhost"]) == 200)
        #expect(status("http://evil.example/a", ["localhost"]) == 403)
        #expect(status("http://localhost/a", ["evil.example"]) == 403)
        #expect(status("http://localhost@evil.example/a", ["localhost"]) == 400)
        #expect(status("ftp://localhost/a", ["localhost"]) == 400 && status("*", ["localhost"]) == 400)
        let target = try Self.guardOfThisMachine.target("HTTP://localhost:80?x=1", hosts: ["localhost"])
        #expect(target.path == "/?x=1")
    }

    @Test func `a page of the same server may ask, whatever the port's form`() throws {
        let host = try #require(Authority("localhost:80"))
        #expect(Self.guardOfThisMachine.allows(origin: "http://localhost", host: host))
        #expect(Self.guardOfThisMachine.allows(origin: "http://LOCALHOST:80", host: host))
        #expect(!Self.guardOfThisMachine.allows(origin: "http://localhost:81", host: host))
        #expect(!Self.guardOfThisMachine.allows(origin: "http://127.0.0.1", host: host))
        #expect(!Self.guardOfThisMachine.allows(origin: "null", host: host))
    }

    @Test func `this machine is known in every form of its address`() {
        #expect(
            ["localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1"].allSatisfy(HostGuard.isLoopback)
        )
        #expect(
            !["0.0.0.0", "::", "128.0.0.1", "127.0.0.1.evil", "::ffff:10.0.0.1", ""].contains(
                where: HostGuard.isLoopback))
    }
}
