import Texts

/// Bytes a number of each type that the format knows.
private let byteCounts: [String: Int] = [
    "BOOL": 1, "U8": 1, "I8": 1, "F8_E4M3": 1, "F8_E5M2": 1, "U16": 2, "I16": 2, "F16": 2, "BF16": 2, "U32": 4,
    "I32": 4, "F32": 4, "U64": 8, "I64": 8, "F64": 8,
]

extension SafetensorsFile {
    /// Reads the header and checks every field of it.
    ///
    /// A header may have hundreds of thousands of entries; only one at a time is in memory as JSON.
    static func parse(
        header: UnsafeBufferPointer<UInt8>, path: String, dataStart: Int, fileSize: Int
    ) throws(SafetensorsError) -> (tensors: [String: Tensor], metadata: [String: String]) {
        var metadata: [String: String] = [:]
        var tensors: [String: Tensor] = [:]
        var fault: SafetensorsError?
        do throws(JSONSyntaxError) {
            try JSONText.forEachMember(of: header) { member in
                do throws(SafetensorsError) {
                    if try add(metadata: member, to: &metadata, path: path) { return true }
                    try add(member, to: &tensors, path: path, dataStart: dataStart, fileSize: fileSize)
                    return true
                } catch {
                    fault = error
                    return false
                }
            }
        } catch {
            throw SafetensorsError(
                file: path, "the header is no JSON object: expected \(error.expected), found \(error.found)")
        }
        if let fault { throw fault }
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
        return (tensors, metadata)
    }

    /// Keeps the file's free texts; `false` for a member that is a tensor.
    private static func add(
        metadata member: JSONMember, to metadata: inout [String: String], path: String
    ) throws(SafetensorsError) -> Bool {
        guard member.name == "__metadata__" else { return false }
        guard let texts = member.value.members, texts.allSatisfy({ $0.value.string != nil }) else {
            throw SafetensorsError(file: path, place: member.name, "expected strings by name")
        }
        for text in texts { metadata[text.name] = text.value.string }
        return true
    }

    /// Checks one entry and keeps it.
    private static func add(
        _ member: JSONMember, to tensors: inout [String: Tensor], path: String, dataStart: Int, fileSize: Int
    ) throws(SafetensorsError) {
        let name = member.name
        let found = try tensor(member.value, name: name, path: path, dataStart: dataStart, fileSize: fileSize)
        guard tensors.updateValue(found, forKey: name) == nil else {
            throw SafetensorsError(file: path, place: name, "expected each tensor once, found it twice")
        }
    }

    private static func tensor(_ value: JSONValue, name: String, path: String, dataStart: Int, fileSize: Int)
        throws(SafetensorsError) -> Tensor
    {
        func fail(_ reason: String) -> SafetensorsError { SafetensorsError(file: path, place: name, reason) }
        let fields = value.members.map { JSONFieldTable($0) }
        guard let fields, let type = fields["dtype"]?.string, let shape = integers(fields["shape"]),
            let offsets = integers(fields["data_offsets"]), fields.repeated.isEmpty
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
    private static func integers(_ value: JSONValue?) -> [Int]? {
        guard case .array(let values)? = value else { return nil }
        var result: [Int] = []
        for value in values {
            guard case .integer(let integer) = value, integer >= 0 else { return nil }
            result.append(integer)
        }
        return result
    }
}
