import AtlasStore
import Foundation

/// An atlas in a folder of its own that goes away with it.
final class TemporaryAtlas {
    let folder: URL
    let atlas: Atlas

    var path: String { folder.appendingPathComponent("test.atlas").path }

    init(_ batches: [[PromptFacts]] = [], identity: AtlasIdentity = RandomFacts.identity) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atlas = try Atlas.open(folder.appendingPathComponent("test.atlas").path, mode: .create(identity))
        let writer = AtlasWriter(atlas)
        for batch in batches {
            let run = try writer.beginRun(corpus: "toy corpus")
            try writer.commit(batch, run: run)
            try writer.finishRun(run)
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }
}
