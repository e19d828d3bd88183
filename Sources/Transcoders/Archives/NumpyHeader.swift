import Tensors

/// The header of a `.npy` file: what its numbers are and how they are arranged.
///
/// Format: `\x93NUMPY`, a version of two bytes, the header's length (16 bits in version 1, else 32), and a Python
/// dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. The numbers follow.
/// - SeeAlso: `numpy.lib.format`
struct NumpyHeader: Equatable {
    /// How the numbers are stored.
    let elementType: ElementType
    /// Whether the first index runs fastest, as in Fortran, instead of the last.
    let isColumnMajor: Bool
    /// The dimensions.
    let shape: [Int]
    /// Where the numbers begin, from the start of the file.
    let dataStart: Int

    /// What is wrong with a header.
    struct Fault: Error, Equatable {
        /// What was expected and found.
        let reason: String
    }

    private static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

    /// Reads and checks a header, and that the file holds just the numbers it announces.
    init(_ file: UnsafeRawBufferPointer) throws(Fault) {
        guard file.count >= 12, file.prefix(6).elementsEqual(Self.magic) else {
            throw Fault(reason: "is no .npy array: expected it to begin with \\x93NUMPY")
        }
        let start: Int
        let length: Int
        switch file[6] {
        case 1:
            start = 10
            length = Int(UInt16(littleEndian: file.loadUnaligned(fromByteOffset: 8, as: UInt16.self)))
        case 2, 3:
            start = 12
            length = Int(UInt32(littleEndian: file.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        default: throw Fault(reason: "expected version 1, 2 or 3 of .npy, found \(file[6])")
        }
        guard length <= file.count - start else {
            throw Fault(reason: "expected a header of \(length) bytes, found \(file.count - start): truncated?")
        }
        dataStart = start + length
        var type: String?
        var isColumnMajor: Bool?
        var shape: [Int]?
        var literal = PythonLiteral(file[start..<start + length])
        for (name, value) in try literal.dictionary() {
            switch (name, value) {
            case ("descr", .text(let text)): type = text
            case ("fortran_order", .boolean(let flag)): isColumnMajor = flag
            case ("shape", .numbers(let numbers)): shape = numbers
            default:
                throw Fault(reason: "expected descr, fortran_order and shape in its header, found \(name): \(value)")
            }
        }
        guard let type, let isColumnMajor, let shape else {
            throw Fault(reason: "expected descr, fortran_order and shape in its header")
        }
        switch type {
        case "<f4": elementType = .float32
        case "<f2": elementType = .float16
        default: throw Fault(reason: "expected numbers of type <f4 or <f2, found \(type)")
        }
        self.isColumnMajor = isColumnMajor
        self.shape = shape
        var byteCount = elementType.byteCount
        for dimension in shape {
            let (product, overflow) = byteCount.multipliedReportingOverflow(by: dimension)
            guard !overflow else { throw Fault(reason: "shape \(shape) is too large") }
            byteCount = product
        }
        guard byteCount == file.count - dataStart else {
            throw Fault(reason: "expected \(byteCount) bytes for \(type) \(shape), found \(file.count - dataStart)")
        }
    }
}
