import Foundation
import Tensors
import Texts

/// The weights of one model folder: a single `model.safetensors`, or shards that `model.safetensors.index.json` lists.
///
///     let weights = try Checkpoint(folder: "gemma-2-2b")
///     let embedding = try weights.matrix("model.embed_tokens.weight", shape: [256_000, 2304])
///
/// Where both are there the single file is read, as the field's own library does.
public struct Checkpoint: Sendable {
    /// The mapped files, in order of name.
    public let files: [SafetensorsFile]
    /// The single file or the index: what errors about absent tensors name.
    public let path: String
    /// Each tensor's place in `files`.
    private let places: [String: Int]

    /// Maps every file and, for shards, checks that each holds what the index promises.
    ///
    /// - Throws: `SafetensorsError` that names the index, the shard and the tensor.
    public init(folder: String) throws(SafetensorsError) {
        let single = folder + "/model.safetensors"
        let index = single + ".index.json"
        let manager = FileManager.default
        guard !manager.fileExists(atPath: single), manager.fileExists(atPath: index) else {
            if !manager.fileExists(atPath: single), let other = Self.otherWeights(in: folder) {
                throw SafetensorsError(file: folder + "/" + other.name, other.advice)
            }
            let file = try SafetensorsFile(path: single)
            files = [file]
            path = single
            places = file.tensors.mapValues { _ in 0 }
            return
        }
        let shards = try Self.shards(index)
        let names = Set(shards.values).sorted()
        var opened: [SafetensorsFile] = []
        var order: [String: Int] = [:]
        for name in names {
            guard manager.fileExists(atPath: folder + "/" + name) else {
                throw SafetensorsError(
                    file: index, place: "weight_map",
                    "names \(name), which is not in the folder: download the missing shard")
            }
            order[name] = opened.count
            opened.append(try SafetensorsFile(path: folder + "/" + name))
        }
        var places: [String: Int] = [:]
        for (tensor, name) in shards.sorted(by: { $0.key < $1.key }) {
            guard let place = order[name], opened[place].tensors[tensor] != nil else {
                throw SafetensorsError(file: index, place: tensor, "expected in \(name), which does not hold it")
            }
            places[tensor] = place
        }
        files = opened
        path = index
        self.places = places
    }

    /// Weights in a format that is not read, and the way to one that is.
    private static func otherWeights(in folder: String) -> (name: String, advice: String)? {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.sorted() ?? []
        for name in names {
            if name.hasSuffix(".bin") && name.hasPrefix("pytorch_model") || name.hasSuffix(".bin.index.json")
                || name.hasSuffix(".pth") || name.hasSuffix(".pt")
            {
                return (
                    name,
                    "is a pickle, which can run code and is not read: convert it once, with Python and transformers, by "
                        + "AutoModelForCausalLM.from_pretrained(FOLDER).save_pretrained(FOLDER)"
                )
            }
            if name.hasSuffix(".gguf") {
                return (name, "is GGUF, which is not read: convert it to a Hugging Face folder with model.safetensors")
            }
        }
        return nil
    }

    /// The first number of all tensors that is NaN or infinite, if there is one. Reads every weight once.
    public func firstFault() -> SafetensorsError? {
        for file in files {
            for name in file.tensors.keys.sorted() {
                if let fault = file.fault(inNumbersOf: name) { return fault }
            }
        }
        return nil
    }

    /// Whether there is a tensor of this name.
    public func contains(_ name: String) -> Bool { places[name] != nil }

    /// A matrix that stays in its mapping; see `SafetensorsFile.matrix(_:shape:)`.
    public func matrix(_ name: String, shape: [Int]) throws(SafetensorsError) -> StoredMatrix {
        try file(of: name).matrix(name, shape: shape)
    }

    /// A vector as Float32; see `SafetensorsFile.vector(_:count:)`.
    public func vector(_ name: String, count: Int) throws(SafetensorsError) -> [Float] {
        try file(of: name).vector(name, count: count)
    }

    private func file(of tensor: String) throws(SafetensorsError) -> SafetensorsFile {
        guard let place = places[tensor] else {
            throw SafetensorsError(file: path, "tensor \(tensor) is missing; there are \(places.count) others")
        }
        return files[place]
    }

    /// `weight_map` of the index: the shard of each tensor.
    private static func shards(_ index: String) throws(SafetensorsError) -> [String: String] {
        let bytes: [UInt8]
        do throws(WholeFile.Fault) {
            bytes = try WholeFile.bytes(path: index)
        } catch {
            throw SafetensorsError(file: index, error.reason)
        }
        guard let members = (try? JSONText.parse(bytes))?.members else {
            throw SafetensorsError(file: index, "expected a JSON object")
        }
        guard let map = JSONFieldTable(members)["weight_map"]?.members, !map.isEmpty else {
            throw SafetensorsError(file: index, place: "weight_map", "expected shard names by tensor")
        }
        var shards: [String: String] = [:]
        for member in map {
            guard let name = member.value.string else {
                throw SafetensorsError(file: index, place: "weight_map", "expected shard names by tensor")
            }
            guard shards.updateValue(name, forKey: member.name) == nil else {
                throw SafetensorsError(file: index, place: member.name, "expected each tensor once, found it twice")
            }
        }
        if let name = shards.values.filter({ $0.contains("/") || $0.isEmpty || $0 == ".." }).min() {
            throw SafetensorsError(
                file: index, place: "weight_map", "expected names of files beside the index, found \(name)")
        }
        return shards
    }
}
