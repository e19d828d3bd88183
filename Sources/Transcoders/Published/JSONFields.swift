import Texts

/// The fields of a small JSON object in a file, by name.
struct JSONFields {
    let path: String
    private let fields: JSONFieldTable

    /// Bytes that such a file may have: hundreds of times what any set needs.
    private static let byteLimit = 1 << 20

    /// Reads a file.
    ///
    /// - Throws: `TranscoderError` when it cannot be read or is no object.
    init(path: String) throws(TranscoderError) {
        let bytes: [UInt8]
        do throws(WholeFile.Fault) {
            bytes = try WholeFile.bytes(path: path, atMost: Self.byteLimit)
        } catch {
            throw TranscoderError(file: path, error.reason)
        }
        guard let members = (try? JSONText.parse(bytes))?.members else {
            throw TranscoderError(file: path, "expected a JSON object")
        }
        let fields = JSONFieldTable(members)
        if let name = fields.repeated.min() {
            throw TranscoderError(file: path, place: name.string, "expected one value, found several that differ")
        }
        self.init(path: path, fields: fields)
    }

    private init(path: String, fields: JSONFieldTable) {
        self.path = path
        self.fields = fields
    }

    /// Names of fields that are there and not null, in order.
    var names: [String] { fields.names.filter(has) }

    /// Whether a field is there, and not null.
    func has(_ name: String) -> Bool { fields[name].map { !$0.isNull } ?? false }

    /// The text of a field, or nil where it is not there.
    func text(_ name: String) throws(TranscoderError) -> String? {
        guard has(name) else { return nil }
        guard let text = fields[name]?.string else { throw unexpected(name, "a text") }
        return text
    }

    /// Whether a field is true; false where it is not there.
    func flag(_ name: String) throws(TranscoderError) -> Bool {
        guard has(name) else { return false }
        guard let flag = fields[name]?.boolean else { throw unexpected(name, "true or false") }
        return flag
    }

    /// The whole number of a field above 0, or nil where it is not there.
    func integer(_ name: String) throws(TranscoderError) -> Int? {
        guard has(name) else { return nil }
        guard let value = fields[name]?.wholeNumber, value > 0 else { throw unexpected(name, "a whole number above 0") }
        return value
    }

    /// A nested object, or nil where it is not there.
    func object(_ name: String) throws(TranscoderError) -> JSONFields? {
        guard has(name) else { return nil }
        guard let nested = fields[name]?.members else { throw unexpected(name, "fields by name") }
        return JSONFields(path: "\(path): \(name)", fields: JSONFieldTable(nested))
    }

    /// The error for a field that is not as expected.
    func unexpected(_ name: String, _ expected: String) -> TranscoderError {
        TranscoderError(
            file: path, place: name,
            "expected \(expected), found \(has(name) ? fields[name]?.excerpt ?? "nothing" : "nothing")")
    }

    /// Refuses fields that are not understood and could change what is computed, going by the words in their names.
    ///
    /// Published files hold dozens of fields about training and bookkeeping, and new ones all the time, so not every
    /// unknown field can be refused; false and "none" say that nothing is asked for.
    func refuseUnknown(besides known: Set<String>) throws(TranscoderError) {
        for name in names where !known.contains(name) && ComputingField.isLikely(name) {
            if fields[name]?.boolean == false || fields[name]?.string == "none" { continue }
            throw TranscoderError(
                file: path, place: name, "is not understood and could change what the transcoder computes")
        }
    }
}

/// Tells by its name whether a field of a transcoder's configuration is about the computation.
enum ComputingField {
    private static let words = [
        "activation", "act_fn", "threshold", "norm", "scal", "gate", "bias", "b_dec", "b_enc", "center", "centre",
        "subtract", "mean", "temperature", "bandwidth", "topk", "top_k", "jump", "relu", "skip", "reshape",
        "head_index",
        "lora", "quant", "group", "signed", "whiten", "tanh", "transform",
    ]

    static func isLikely(_ name: String) -> Bool {
        let lower = name.lowercased()
        return words.contains { lower.contains($0) }
    }
}
