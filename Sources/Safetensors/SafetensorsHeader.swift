import Foundation

/// Bytes a number of each type that the format knows.
private let byteCounts: [String: Int] = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4,
    "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
]

extension SafetensorsFile {
    /// Reads the header and checks every field of it.
    static func parse(header: Data, path: String, dataStart: Int, fileSize: Int) throws(SafetensorsError)
        -> [String: Tensor]
    {
        let object = try? JSONSerialization.jsonObject(with: header)
        guard let entries = object as? [String: Any] else {
            throw SafetensorsError(file: path, "the header is no JSON object")
        }
        var tensors: [String: Tensor] = [:]
        for (name, value) in entries where name != "__metadata__" {
            tensors[name] = try tensor(value, name: name, path: path, dataStart: dataStart, fileSize: fileSize)
        }
        if let metadata = entries["__metadata__"], !(metadata is [String: String]) {
            throw SafetensorsError(file: path, place: "__metadata__", "expected strings by name")
        }
        var end = dataStart
        for (name, tensor) in tensors.sorted(by: {
            ($0.value.byteRange.lowerBound, $0.value.byteRange.upperBound, $0.key) < (
                $1.value.byteRange.lowerBound, $1.value.byteRange.upperBound, $1.key
            )
        }) {
            guard tensor.byteRange.lowerBound == end else {
                throw SafetensorsError(
                    file: path, place: name,
                    "expected data from byte \(end), found \(tensor.byteRange.lowerBound): tensors overlap or leave a hole"
                )
            }
            end = tensor.byteRange.upperBound
        }
        guard end == fileSize else {
            throw SafetensorsError(file: path, "expected \(end) bytes, found \(fileSize)")
        }
        return tensors
    }

    private static func tensor(_ value: Any, name: String, path: String, dataStart: Int, fileSize: Int)
        throws(SafetensorsError) -> Tensor
    {
        func fail(_ reason: String) -> SafetensorsError { SafetensorsError(file: path, place: name, reason) }
        guard let fields = value as? [String: Any], let type = fields["dtype"] as? String,
            let shape = integers(fields["shape"]), let offsets = integers(fields["data_offsets"])
        else { throw fail("expected {dtype, shape, data_offsets}") }
        guard let elementSize = byteCounts[type] else { throw fail("unknown dtype \(type)") }
        guard offsets.count == 2, offsets[0] <= offsets[1] else {
            throw fail("expected data_offsets [begin, end], found \(offsets)")
        }
        var byteCount = elementSize
        for dimension in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw fail("shape \(shape) is too large") }
            byteCount = product
        }
        guard offsets[1] - offsets[0] == byteCount else {
            throw fail("expected \(byteCount) bytes for \(type) \(shape), found \(offsets[1] - offsets[0])")
        }
        guard offsets[1] <= fileSize - dataStart else {
            throw fail(
                "runs past the end of the file: expected \(offsets[1]) bytes of data, found \(fileSize - dataStart): truncated?"
            )
        }
        return Tensor(type: type, shape: shape, byteRange: dataStart + offsets[0]..<dataStart + offsets[1])
    }

    /// Non-negative whole numbers, or `nil` for anything else.
    private static func integers(_ value: Any?) -> [Int]? {
        guard let values = value as? [Any] else { return nil }
        var result: [Int] = []
        for value in values {
            guard let number = value as? NSNumber, let integer = Int(exactly: number.doubleValue), integer >= 0 else {
                return nil
            }
            result.append(integer)
        }
        return result
    }
}
