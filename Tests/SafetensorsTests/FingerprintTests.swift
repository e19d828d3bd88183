import Foundation
import Tensors
import Testing

@testable import Safetensors

/// What a fingerprint covers, and what is remembered of it.
@Suite struct `fingerprints of weights` {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A file with one matrix, as old as a file that has lain there for a while.
    private func weights(_ name: String, _ values: [Float], shape: [Int]) throws -> SafetensorsFile {
        let path = folder.path + "/" + name
        var writer = SafetensorsWriter()
        writer.add("w", shape: shape, floats: values)
        try writer.write(to: path)
        return try SafetensorsFile(path: path)
    }

    private func fingerprint(_ file: SafetensorsFile, cache: FingerprintCache? = nil) throws -> String {
        var description = ComputationDescription("test")
        description.add("w", try file.matrix("w", shape: file.tensor("w").shape))
        return try description.fingerprint(of: [file.file], cache: cache)
    }

    @Test func `every number counts, also where samples do not look`() throws {
        let shape = [3000, 1024]
        var values = [Float](repeating: 0.5, count: shape[0] * shape[1])
        let before = try weights("before", values, shape: shape)
        let first = try fingerprint(before)
        for place in [0, 1, 1_048_575, 1_048_576, 2_000_001, values.count - 1] {
            values[place] += 1
            #expect(try fingerprint(weights("after", values, shape: shape)) != first, "number \(place)")
            values[place] -= 1
        }
        #expect(try fingerprint(weights("again", values, shape: shape)) == first)
        values.replaceSubrange(2000..<1_200_000, with: repeatElement(0, count: 1_198_000))
        var (sampled, whole) = (ComputationDescription("test"), ComputationDescription("test"))
        let zeroed = try weights("zeroed", values, shape: shape)
        sampled.add("w", try before.matrix("w", shape: shape))
        whole.add("w", try zeroed.matrix("w", shape: shape))
        #expect(sampled.sampledFingerprint == whole.sampledFingerprint)
        #expect(try fingerprint(zeroed) != first)
    }

    /// Atlases hold fingerprints: how numbers are put into blocks must stay. Computed apart, in Python, by the
    /// specification of `ComputationDescription.fingerprint`.
    @Test func `a matrix of more than one block has the fingerprint that the specification gives`() throws {
        let values = (0..<1100 * 1024).map { Float($0 % 251) }
        #expect(
            try fingerprint(weights("a", values, shape: [1100, 1024]))
                == "624b8db2c95913f6d66f03f83dc1064b52279f780695c7722937083aced4ac2d")
    }

    @Test func `the shape and the order of numbers count`() throws {
        let values = (0..<24).map(Float.init)
        let first = try fingerprint(weights("a", values, shape: [4, 6]))
        #expect(try fingerprint(weights("b", values, shape: [6, 4])) != first)
        #expect(try fingerprint(weights("c", values.reversed(), shape: [4, 6])) != first)
    }

    /// Sets a file's dates so far back that its bytes are settled, as far as a program can: the time of change stays.
    private func waitUntilSettled(_ file: SafetensorsFile) {
        while !file.file.state.isSettled(at: FileState.now) { Thread.sleep(forTimeInterval: 0.1) }
    }

    @Test func `a file that has settled is remembered, one that was just written is not`() throws {
        let cache = FingerprintCache(folder: folder.path + "/cache")
        let file = try weights("a", (0..<24).map(Float.init), shape: [4, 6])
        let entries = { (try? FileManager.default.contentsOfDirectory(atPath: cache.folder)) ?? [] }
        let found = try fingerprint(file, cache: cache)
        #expect(entries().isEmpty)
        waitUntilSettled(file)
        #expect(try fingerprint(file, cache: cache) == found)
        #expect(entries().count == 1)
        // What is remembered is what is told.
        let entry = cache.folder + "/" + entries()[0]
        let text = try String(contentsOfFile: entry, encoding: .utf8)
        #expect(text.contains(found))
        #expect(try fingerprint(file, cache: cache) == found)
        let damaged = text.replacing(found, with: String(found.reversed()))
        try damaged.write(toFile: entry, atomically: true, encoding: .utf8)
        #expect(try fingerprint(file, cache: cache) == found, "a damaged entry is not believed")
    }

    @Test func `bytes that change under the same name, size and date are hashed anew`() throws {
        let cache = FingerprintCache(folder: folder.path + "/cache")
        let file = try weights("a", (0..<24).map(Float.init), shape: [4, 6])
        waitUntilSettled(file)
        let found = try fingerprint(file, cache: cache)
        let date = try FileManager.default.attributesOfItem(atPath: file.path)[.modificationDate] as? Date
        let handle = try #require(FileHandle(forWritingAtPath: file.path))
        try handle.seekToEnd()
        try handle.seek(toOffset: handle.offset() - 1)
        try handle.write(contentsOf: Data([0x42]))
        try handle.close()
        try FileManager.default.setAttributes([.modificationDate: try #require(date)], ofItemAtPath: file.path)
        #expect(try fingerprint(SafetensorsFile(path: file.path), cache: cache) != found)
    }

    @Test func `a file that is written while it is mapped is refused`() throws {
        let file = try weights("a", (0..<24).map(Float.init), shape: [4, 6])
        let handle = try #require(FileHandle(forWritingAtPath: file.path))
        try handle.seek(toOffset: 200)
        try handle.write(contentsOf: Data([0x41]))
        try handle.close()
        #expect { try fingerprint(file) } throws: { "\($0)".contains("was written while it was read") }
    }

    @Test func `a cache that can be neither read nor written is no error`() throws {
        let file = try weights("a", (0..<24).map(Float.init), shape: [4, 6])
        waitUntilSettled(file)
        let found = try fingerprint(file)
        try Data("a file where a folder is wanted".utf8).write(to: URL(fileURLWithPath: folder.path + "/taken"))
        for place in [folder.path + "/taken", "/proc/none", "/dev/null/x", folder.path + "/with\nline"] {
            #expect(try fingerprint(file, cache: FingerprintCache(folder: place)) == found)
        }
    }

    @Test func `the environment says where the cache is, or that there is none`() {
        func place(_ environment: [String: String]) -> String? { FingerprintCache(environment: environment)?.folder }
        #expect(place(["HOME": "/h", "FEATURE_ATLAS_CACHE": "off"]) == nil)
        #expect(place(["HOME": "/h", "FEATURE_ATLAS_CACHE": "/c"]) == "/c/fingerprints")
        #expect(place(["HOME": "/h", "XDG_CACHE_HOME": "/x"]) == "/x/feature-atlas/fingerprints")
        #expect(place([:]) == nil)
        #if os(Linux)
            #expect(place(["HOME": "/h", "XDG_CACHE_HOME": "relative"]) == "/h/.cache/feature-atlas/fingerprints")
        #endif
    }
}
