import AtlasInterface
import AtlasQuery
import AtlasStore
import Foundation
import Testing

/// Another file that takes a served atlas's place.
@Suite(.serialized) struct ReplacedFileTests {
    private static let label = #"{"label": "Texas"}"#

    @Test func `a label is refused and the new file stays as it is; reading goes on from the old one`() async throws {
        let path = try DemoService.copy()
        let new = try DemoService.copy()
        let before = try Data(contentsOf: URL(fileURLWithPath: new))
        let atlas = try Atlas.open(path, mode: .readWrite)
        let service = AtlasService(AtlasReader(atlas), writer: AtlasWriter(atlas))
        try await RunningServer.with(service) { (server: RunningServer) async throws in
            func put() async throws -> SocketClient.Reply {
                try await server.question("features/5/283/label", method: "PUT", body: Self.label)
            }
            #expect(try await put().status == 200)
            // What was answered to be stored needs no log.
            #expect(try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int == 0)
            #expect(rename(new, path) == 0)
            let refused = try await put()
            #expect(refused.status == 409)
            #expect(String(decoding: refused.body, as: UTF8.self).contains("another file has taken its place"))
            #expect(!String(decoding: refused.body, as: UTF8.self).contains(try DemoService.folder()))
            let read = try await server.question("features/5/283/label")
            #expect(read.status == 200 && String(decoding: read.body, as: UTF8.self).contains("Texas"))
        }
        try atlas.close()
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        for suffix in ["-wal", "-shm"] { #expect(!FileManager.default.fileExists(atPath: path + suffix)) }
        #expect(try AtlasReader(Atlas.open(path, mode: .readOnly)).verify().isSound)
    }
}
