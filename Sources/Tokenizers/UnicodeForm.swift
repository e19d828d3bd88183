import Foundation

/// A Unicode normalization form, as the reference computes it: scalars newer than its Unicode version are left alone.
enum UnicodeForm: String, Sendable {
    case canonicalComposition = "NFC"
    case canonicalDecomposition = "NFD"
    case compatibilityComposition = "NFKC"
    case compatibilityDecomposition = "NFKD"

    /// The normalized form of valid UTF-8.
    func apply(to bytes: [UInt8]) -> [UInt8] {
        guard bytes.contains(where: { $0 >= 0x80 }) else { return bytes }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var known = String.UnicodeScalarView()
        func flush() {
            result += mapped(String(known)).utf8
            known.removeAll(keepingCapacity: true)
        }
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            if ReferenceUnicode.normalization.predates(scalar.properties) {
                flush()
                result += String(scalar).utf8
            } else {
                known.append(contentsOf: CanonicalComposition.combiningParts(of: scalar))
            }
        }
        flush()
        return result
    }

    private func mapped(_ text: String) -> String {
        switch self {
        case .canonicalComposition: text.precomposedStringWithCanonicalMapping
        case .canonicalDecomposition: text.decomposedStringWithCanonicalMapping
        case .compatibilityComposition: text.precomposedStringWithCompatibilityMapping
        case .compatibilityDecomposition: text.decomposedStringWithCompatibilityMapping
        }
    }
}
