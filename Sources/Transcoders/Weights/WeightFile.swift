import Safetensors
import Tensors

/// A file of named arrays, in whatever format.
protocol WeightFile: Sendable {
    /// Where the file lies, as it was given.
    var path: String { get }
    /// The arrays it holds.
    var names: Set<String> { get }
    /// The dimensions of one array.
    func shape(of name: String) throws -> [Int]
    /// An array of this shape, which stays in the file; dimensions before the last are folded into rows.
    func matrix(_ name: String, shape: [Int]) throws -> WeightMatrix
    /// The mapping that arrays lie in, unless they are unpacked.
    var file: MappedFile { get }
    /// Where an array lies, if it stays in the file.
    func region(of name: String) -> MappedRegion?
}

extension WeightFile {
    /// Refuses arrays of other names: they might change what the set computes.
    func refuseOthers(than known: [String]) throws(TranscoderError) {
        guard let other = names.subtracting(known).min() else { return }
        throw TranscoderError(
            file: path, place: other, "expected only \(known.joined(separator: ", ")), found this one as well")
    }

    /// A vector as Float32.
    ///
    /// - Throws: `TranscoderError` when a number is NaN or infinite.
    func vector(_ name: String, count: Int) throws -> [Float] {
        let values = try matrix(name, shape: [count]).row(0)
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw TranscoderError(
                file: path, place: name, "expected finite numbers, found \(values[index]) at [\(index)]")
        }
        return values
    }
}

extension SafetensorsFile: WeightFile {
    var names: Set<String> { Set(tensors.keys) }

    func shape(of name: String) throws -> [Int] { try tensor(name).shape }

    func matrix(_ name: String, shape: [Int]) throws -> WeightMatrix {
        let stored: StoredMatrix = try matrix(name, shape: shape)
        return WeightMatrix(stored)
    }

    func region(of name: String) -> MappedRegion? {
        tensors[name].flatMap { MappedRegion(bytes(of: $0), owner: self) }
    }
}
