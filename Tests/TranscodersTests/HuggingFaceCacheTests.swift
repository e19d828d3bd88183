import Foundation
import Testing

@testable import Safetensors

@Suite struct `the local Hugging Face cache` {
    /// A cache with one repository, removed with its owner.
    private final class Cache {
        let folder = NSTemporaryDirectory() + "hub-" + UUID().uuidString
        var repository: String { folder + "/models--owner--name" }

        init() throws {
            try write("abc123\n", to: "refs/main")
            try write("def456", to: "refs/v2")
            try write("of main", to: "snapshots/abc123/layer_0/params.npz")
            try write("of v2", to: "snapshots/def456/layer_0/params.npz")
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        private func write(_ text: String, to name: String) throws {
            let url = URL(fileURLWithPath: repository + "/" + name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }

        func read(_ address: String) throws -> String {
            let cache = HuggingFaceCache(environment: ["HF_HUB_CACHE": folder])
            let address = try #require(HuggingFaceCache.Address(address))
            return try String(contentsOfFile: cache.path(of: address), encoding: .utf8)
        }
    }

    @Test(arguments: [
        ("hf://owner/name/layer_0/params.npz", "of main"),
        ("hf://owner/name/layer_0/params.npz?revision=v2", "of v2"),
        ("hf://owner/name/layer_0/params.npz?revision=def456", "of v2"),
        ("hf://owner/name/layer_0/params.npz?download=true&revision=v2", "of v2"),
        ("hf://owner/name/layer_0/params.npz?revision=", "of main"),
        ("hf://owner/name@v2/layer_0/params.npz", "of v2"),
        ("hf://owner/name@def456/layer_0/params.npz", "of v2"),
    ])
    func `an address leads to the file of its revision`(address: String, text: String) throws {
        #expect(try Cache().read(address) == text)
    }

    @Test func `a file that is not there is named with its repository and place`() throws {
        let cache = try Cache()
        let error = #expect(throws: SafetensorsError.self) { try cache.read("hf://owner/name/layer_1/params.npz") }
        let line = try #require(error?.description)
        #expect(line.contains(cache.repository + "/snapshots/abc123/layer_1/params.npz"))
        #expect(line.contains("fetch layer_1/params.npz of repository owner/name, revision main"))
    }

    @Test(arguments: [
        ("hf://owner/name", "abc123"), ("hf://owner/name@v2", "def456"), ("hf://owner/name@def456", "def456"),
    ])
    func `a whole repository is a folder`(address: String, commit: String) throws {
        let cache = try Cache()
        let found = try HuggingFaceCache(environment: ["HF_HUB_CACHE": cache.folder])
            .path(of: #require(HuggingFaceCache.Address(address)))
        #expect(found == cache.repository + "/snapshots/" + commit)
        #expect(HuggingFaceCache.name(ofFolder: address) == "name")
    }

    @Test func `a revision that is not there lists those that are`() throws {
        let cache = try Cache()
        let error = #expect(throws: SafetensorsError.self) { try cache.read("hf://owner/name@v3/layer_0/params.npz") }
        let line = try #require(error?.description)
        #expect(line.contains("revision v3 of repository owner/name is not in the local cache, which has main, v2;"))
    }

    @Test(arguments: [
        (["HF_HUB_CACHE": "/a", "HF_HOME": "/b", "HOME": "/h"], "/a"),
        (["HF_HOME": "/b", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/b/hub"),
        (["HF_HUB_CACHE": "", "XDG_CACHE_HOME": "/x", "HOME": "/h"], "/x/huggingface/hub"),
        (["HOME": "/h"], "/h/.cache/huggingface/hub"),
        (["HF_HOME": "~/models", "HOME": "/h"], "/h/models/hub"),
    ])
    func `the environment names the cache`(environment: [String: String], folder: String) {
        #expect(HuggingFaceCache(environment: environment).folder == folder)
    }

    @Test(arguments: [
        "hf://owner", "hf://owner/name/", "hf:///name/path", "hf://owner/name@", "hf://owner/name@v2?revision=v3",
        "hf://owner/name@../path", "hf://owner/../path", "hf://owner/name/../../etc",
        "hf://owner/name/path?revision=../x", "https://owner/name/path", "hf://", "hf://owner/name//path",
    ])
    func `what is no address of a file is none`(text: String) {
        #expect(HuggingFaceCache.Address(text) == nil)
    }
}
