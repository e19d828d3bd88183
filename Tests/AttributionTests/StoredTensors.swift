import Foundation

/// The tensors of a safetensors file, to be written again in another form.
struct StoredTensors {
    private var header: [String: [String: Any]]
    private var numbers: [String: Data]

    init(path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        let length = data.prefix(8).enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }
        let described = try JSONSerialization.jsonObject(with: data[8..<8 + length])
        header = (described as? [String: [String: Any]] ?? [:]).filter { $0.key != "__metadata__" }
        numbers = header.compactMapValues { entry in
            guard let range = entry["data_offsets"] as? [Int] else { return nil }
            return data[8 + length + range[0]..<8 + length + range[1]]
        }
    }

    /// Cuts the numbers of the tensors whose names begin so to those that bfloat16 has.
    ///
    /// - Parameter isShort: whether they are stored in bfloat16 too, and not in Float32
    mutating func shorten(_ prefix: String, isShort: Bool) {
        for (name, data) in numbers where name.hasPrefix(prefix) {
            var cut = Data()
            for (index, byte) in data.enumerated() {
                if index % 4 >= 2 { cut.append(byte) } else if !isShort { cut.append(0) }
            }
            numbers[name] = cut
            header[name]?["dtype"] = isShort ? "BF16" : "F32"
        }
    }

    func write(to path: String) throws {
        var header = header
        var body = Data()
        for (name, data) in numbers.sorted(by: { $0.key < $1.key }) {
            header[name]?["data_offsets"] = [body.count, body.count + data.count]
            body += data
        }
        let described = try JSONSerialization.data(withJSONObject: header)
        let padded = described + Data(repeating: 0x20, count: (8 - described.count % 8) % 8)
        let length = Data((0..<8).map { UInt8(truncatingIfNeeded: padded.count >> (8 * $0)) })
        try (length + padded + body).write(to: URL(fileURLWithPath: path))
    }
}
