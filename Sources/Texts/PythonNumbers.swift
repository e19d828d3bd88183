/// `NaN`, `Infinity` and `-Infinity`, which Python writes into JSON though JSON has none.
package enum PythonNumbers {
    /// The text with them in quotes, so that it is JSON and a field that needs a number still refuses them by name.
    package static func quoted(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }
        var isInString = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if isInString, byte == UInt8(ascii: "\\"), index + 1 < bytes.count {
                result.append(contentsOf: bytes[index...index + 1])
                index += 2
                continue
            }
            if byte == UInt8(ascii: "\"") { isInString.toggle() }
            if !isInString, let word = words.first(where: { bytes[index...].starts(with: $0) }) {
                result.append(UInt8(ascii: "\""))
                result.append(contentsOf: word)
                result.append(UInt8(ascii: "\""))
                index += word.count
                continue
            }
            result.append(byte)
            index += 1
        }
        return result
    }
}
