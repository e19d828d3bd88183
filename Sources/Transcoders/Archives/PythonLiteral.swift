/// Reads the dictionary of an array's header: names, each with a text, a truth value or a tuple of whole numbers.
struct PythonLiteral {
    /// What may stand behind a name.
    enum Value: Equatable {
        case text(String)
        case boolean(Bool)
        case numbers([Int])
    }

    private let bytes: [UInt8]
    private var position = 0

    private static let end = NumpyHeader.Fault(reason: "expected a dictionary as its header, found its end")
    /// Dimensions that an array may have in NumPy.
    private static let dimensionLimit = 64

    /// Starts at the first of `bytes`.
    init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

    /// The names and values of `{'name': value, …}`, each name once.
    mutating func dictionary() throws(NumpyHeader.Fault) -> [(name: String, value: Value)] {
        var members: [(name: String, value: Value)] = []
        try expect("{")
        while try !consume("}") {
            let name = try text()
            try expect(":")
            guard !members.contains(where: { $0.name == name }) else {
                throw NumpyHeader.Fault(reason: "expected \(name) once in its header, found it twice")
            }
            members.append((name, try value()))
            if try !consume(",") {
                try expect("}")
                return members
            }
        }
        return members
    }

    private mutating func value() throws(NumpyHeader.Fault) -> Value {
        switch try peek() {
        case "'", "\"": return .text(try text())
        case "(": return .numbers(try tuple())
        default:
            if consumeWord("True") { return .boolean(true) }
            if consumeWord("False") { return .boolean(false) }
            throw unexpected("a text, a truth value or a tuple of whole numbers")
        }
    }

    private mutating func text() throws(NumpyHeader.Fault) -> String {
        let quote = try peek()
        guard quote == "'" || quote == "\"" else { throw unexpected("a quoted text") }
        let start = position + 1
        guard let end = bytes[start...].firstIndex(of: bytes[position]) else { throw Self.end }
        position = end + 1
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }

    private mutating func tuple() throws(NumpyHeader.Fault) -> [Int] {
        try expect("(")
        var numbers: [Int] = []
        while try !consume(")") {
            _ = try peek()
            let start = position
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
                position += 1
            }
            guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
                position = start
                throw unexpected("a whole number")
            }
            numbers.append(number)
            guard numbers.count <= Self.dimensionLimit else {
                throw unexpected("at most \(Self.dimensionLimit) dimensions")
            }
            if try !consume(",") {
                try expect(")")
                return numbers
            }
        }
        return numbers
    }

    /// The next character that is no white space, which stays.
    private mutating func peek() throws(NumpyHeader.Fault) -> Unicode.Scalar {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
        guard position < bytes.count else { throw Self.end }
        return Unicode.Scalar(bytes[position])
    }

    private mutating func consume(_ character: Unicode.Scalar) throws(NumpyHeader.Fault) -> Bool {
        guard try peek() == character else { return false }
        position += 1
        return true
    }

    private mutating func consumeWord(_ word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(NumpyHeader.Fault) {
        guard try consume(character) else { throw unexpected("'\(character)'") }
    }

    private func unexpected(_ expected: String) -> NumpyHeader.Fault {
        let found = String(decoding: bytes[position...].prefix(12), as: UTF8.self)
        return NumpyHeader.Fault(reason: "expected \(expected) in its header, found \(found.debugDescription)")
    }
}
