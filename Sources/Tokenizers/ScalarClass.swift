/// What the pre-tokenizers' regular expressions tell apart: `\p{L}`, `\p{N}`, `\s` and everything else.
enum ScalarClass: UInt8 {
    case letter
    case number
    case whiteSpace
    case other

    /// The class of one scalar, as the reference's regular expressions see it.
    init(_ scalar: Unicode.Scalar) {
        let properties = scalar.properties
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .number
        default:
            self = properties.isWhitespace ? .whiteSpace : .other
            return
        }
        if ReferenceUnicode.regularExpressions.predates(properties) { self = .other }
    }

    /// The classes of U+0000 to U+FFFF, `other` at surrogates.
    fileprivate static let table: [ScalarClass] = (0...UInt32(0xFFFF)).map { code in
        Unicode.Scalar(code).map { ScalarClass($0) } ?? .other
    }
}

/// Valid UTF-8 seen as scalar classes; a view that lives as long as the closure it is given to.
struct ClassifiedText {
    let bytes: UnsafeBufferPointer<UInt8>
    private let classes: UnsafeBufferPointer<ScalarClass>

    /// Calls `body` with a view of `bytes`, which must be valid UTF-8.
    static func view<Result>(_ bytes: [UInt8], _ body: (ClassifiedText) -> Result) -> Result {
        bytes.withUnsafeBufferPointer { bytes in
            ScalarClass.table.withUnsafeBufferPointer { body(ClassifiedText(bytes: bytes, classes: $0)) }
        }
    }

    /// The class of the scalar that starts at `position`, and where the next one starts.
    @inline(__always)
    func scalar(at position: Int) -> (class: ScalarClass, end: Int) {
        let first = bytes[position]
        if first < 0x80 { return (classes[Int(first)], position + 1) }
        let (code, end) = code(at: position)
        if code <= 0xFFFF { return (classes[Int(code)], end) }
        return (Unicode.Scalar(code).map { ScalarClass($0) } ?? .other, end)
    }

    /// The code of the scalar that starts at `position`, and where the next one starts.
    func code(at position: Int) -> (code: UInt32, end: Int) {
        let first = UInt32(bytes[position])
        func continuation(_ offset: Int) -> UInt32 { UInt32(bytes[position + offset] & 0x3F) }
        if first < 0x80 { return (first, position + 1) }
        if first < 0xE0 { return ((first & 0x1F) << 6 | continuation(1), position + 2) }
        if first < 0xF0 { return ((first & 0x0F) << 12 | continuation(1) << 6 | continuation(2), position + 3) }
        let high = (first & 0x07) << 18 | continuation(1) << 12
        return (high | continuation(2) << 6 | continuation(3), position + 4)
    }

    /// Where the run of scalars of one class that includes `start` ends, at most `end`.
    @inline(__always)
    func endOfRun(of runClass: ScalarClass, from start: Int, to end: Int) -> Int {
        var position = start
        while position < end {
            let scalar = scalar(at: position)
            if scalar.class != runClass { break }
            position = scalar.end
        }
        return position
    }

    /// Where `\s+(?!\S)|\s+` ends: a run of white space leaves its last scalar to the word behind it.
    func endOfWhiteSpace(from start: Int, to end: Int) -> Int {
        let runEnd = endOfRun(of: .whiteSpace, from: start, to: end)
        if runEnd == end { return end }
        var last = runEnd - 1
        while last > start, bytes[last] & 0xC0 == 0x80 { last -= 1 }
        return last > start ? last : runEnd
    }
}
