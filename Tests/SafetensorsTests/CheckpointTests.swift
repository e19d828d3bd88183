import Foundation
import Safetensors
import Testing

@Suite struct checkpoints {
    /// Two shards, `a` in the first and `b` in the second, with this index.
    private func folder(index: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (name, tensor, value) in [("x-1", "a", Float(1)), ("x-2", "b", Float(2))] {
            var writer = SafetensorsWriter()
            writer.add(tensor, shape: [1], floats: [value])
            try writer.write(to: folder.path + "/\(name).safetensors")
        }
        try index.write(
            toFile: folder.path + "/model.safetensors.index.json", atomically: true, encoding: .utf8)
        return folder
    }

    @Test func `tensors are found in the shard that the index names`() throws {
        let folder = try folder(index: #"{"weight_map": {"a": "x-1.safetensors", "b": "x-2.safetensors"}}"#)
        let checkpoint = try Checkpoint(folder: folder.path)
        #expect(try checkpoint.vector("a", count: 1) == [1])
        #expect(try checkpoint.vector("b", count: 1) == [2])
        #expect(
            checkpoint.files.map { ($0.path as NSString).lastPathComponent } == ["x-1.safetensors", "x-2.safetensors"])
    }

    @Test func `a single file is read before an index`() throws {
        let folder = try folder(index: #"{"weight_map": {"a": "x-1.safetensors"}}"#)
        var writer = SafetensorsWriter()
        writer.add("a", shape: [1], floats: [9])
        try writer.write(to: folder.path + "/model.safetensors")
        #expect(try Checkpoint(folder: folder.path).vector("a", count: 1) == [9])
    }

    @Test(arguments: [
        ("{", "expected a JSON object"),
        ("[1]", "expected a JSON object"),
        ("{}", "weight_map: expected shard names by tensor"),
        (#"{"weight_map": {}}"#, "weight_map: expected shard names by tensor"),
        (#"{"weight_map": {"a": 1}}"#, "weight_map: expected shard names by tensor"),
        (#"{"weight_map": {"a": "x-3.safetensors"}}"#, "names x-3.safetensors, which is not in the folder"),
        (#"{"weight_map": {"c": "x-1.safetensors"}}"#, "c: expected in x-1.safetensors, which does not hold it"),
        (#"{"weight_map": {"b": "x-1.safetensors"}}"#, "b: expected in x-1.safetensors, which does not hold it"),
        (#"{"weight_map": {"a": "../x-1.safetensors"}}"#, "expected names of files beside the index"),
    ])
    func `an index that promises what is not there is refused with the place`(index: String, reason: String) throws {
        let folder = try folder(index: index)
        let error = #expect(throws: SafetensorsError.self) { try Checkpoint(folder: folder.path) }
        #expect(error?.description.contains(folder.path + "/model.safetensors.index.json") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test func `a tensor that no shard holds is refused with the index`() throws {
        let folder = try folder(index: #"{"weight_map": {"a": "x-1.safetensors"}}"#)
        let checkpoint = try Checkpoint(folder: folder.path)
        let error = #expect(throws: SafetensorsError.self) { try checkpoint.vector("b", count: 1) }
        #expect(error?.description.hasSuffix("index.json: tensor b is missing; there are 1 others") == true)
    }

    @Test func `a folder with neither file names the single one`() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: SafetensorsError.self) { try Checkpoint(folder: folder.path) }
        #expect(error?.description.hasPrefix(folder.path + "/model.safetensors: cannot be opened") == true)
    }
}
