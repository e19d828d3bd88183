import Foundation
import Texts

/// `config.json`, read once and asked field by field with clear errors.
struct ConfigurationFile {
    let path: String
    private let fields: JSONFieldTable
    private let read = ReadFields()

    /// - Throws: `ModelError` when the file is missing or is no JSON object.
    init(folder: String) throws(ModelError) {
        path = folder + "/config.json"
        let bytes: [UInt8]
        do throws(WholeFile.Fault) {
            bytes = try WholeFile.bytes(path: path, atMost: Self.byteLimit)
        } catch {
            throw ModelError(
                file: path,
                error.isMissing
                    ? "cannot be read; a model folder holds config.json, model.safetensors and tokenizer.json"
                    : error.reason)
        }
        if LargeFilePointer.isOne(bytes) { throw ModelError(file: path, LargeFilePointer.advice) }
        let value = (try? JSONText.parse(bytes)) ?? (try? JSONText.parse(PythonNumbers.quoted(bytes)))
        guard let members = value?.members else { throw ModelError(file: path, "expected a JSON object") }
        fields = JSONFieldTable(members)
    }

    /// Bytes that such a file may have: thousands of times what any has.
    private static let byteLimit = 1 << 24

    private init(path: String, fields: JSONFieldTable) {
        self.path = path
        self.fields = fields
    }

    /// Layers beyond any model's: what asks for more is damaged, and must not be given memory.
    static let layerLimit = 10_000
    /// Numbers a head beyond any model's.
    static let headWidthLimit = 1 << 16

    /// A positive whole number below 2^31; `fallback` where the field is absent or null.
    func integer(_ name: String, default fallback: Int? = nil, atMost limit: Int = Int(Int32.max)) throws(ModelError)
        -> Int
    {
        guard let value = present(name) else {
            if let fallback { return fallback }
            throw ModelError(file: path, place: name, "is missing; expected a positive whole number")
        }
        guard let integer = value.wholeNumber, integer > 0, integer <= limit else {
            throw ModelError(file: path, place: name, "expected a whole number in 1...\(limit), found \(value.excerpt)")
        }
        return integer
    }

    /// A finite number; `fallback` where the field is absent or null.
    func number(_ name: String, default fallback: Double? = nil) throws(ModelError) -> Double {
        guard let value = present(name) else {
            if let fallback { return fallback }
            throw ModelError(file: path, place: name, "is missing; expected a number")
        }
        guard let number = value.number else {
            throw ModelError(file: path, place: name, "expected a number, found \(value.excerpt)")
        }
        return number
    }

    /// True or false; `fallback` where the field is absent or null.
    func flag(_ name: String, default fallback: Bool) throws(ModelError) -> Bool {
        guard let value = present(name) else { return fallback }
        guard let flag = value.boolean else {
            throw ModelError(file: path, place: name, "expected true or false, found \(value.excerpt)")
        }
        return flag
    }

    /// A string, or `nil` where the field is absent or null.
    func string(_ name: String) throws(ModelError) -> String? {
        guard let value = present(name) else { return nil }
        guard let text = value.string else {
            throw ModelError(file: path, place: name, "expected a string, found \(value.excerpt)")
        }
        return text
    }

    /// One of `choices`, the first of `names` that is present counting; `fallback` where none is.
    func choice(_ names: String..., of choices: [String], default fallback: String) throws(ModelError) -> String {
        names.forEach(read.insert)
        for name in names {
            guard let found = try string(name) else { continue }
            if choices.contains(found) { return found }
            throw ModelError(
                file: path, place: name, "expected \(choices.joined(separator: " or ")), found \(found)")
        }
        return fallback
    }

    /// A number that says "none" by being null, and means `fallback` by being absent.
    func optionalNumber(_ name: String, default fallback: Double?) throws(ModelError) -> Double? {
        read.insert(name)
        if fields[name] == nil { return fallback }
        guard present(name) != nil else { return nil }
        let value = try number(name)
        guard value > 0 else { throw ModelError(file: path, place: name, "expected a positive number, found \(value)") }
        return value
    }

    /// What a norm adds under its root: a number that is not negative.
    func epsilon(_ name: String, default fallback: Double) throws(ModelError) -> Float {
        let value = try number(name, default: fallback)
        guard value >= 0 else {
            throw ModelError(file: path, place: name, "expected no negative number, found \(value)")
        }
        return Float(value)
    }

    /// Strings, or `nil` where the field is absent or null.
    func strings(_ name: String) throws(ModelError) -> [String]? {
        guard let value = present(name) else { return nil }
        let list = value.elements?.map(\.string)
        guard let list, !list.contains(nil) else {
            throw ModelError(file: path, place: name, "expected a list of strings, found \(value.excerpt)")
        }
        return list.compactMap { $0 }
    }

    /// Finite numbers, or `nil` where the field is absent or null.
    func numbers(_ name: String) throws(ModelError) -> [Double]? {
        guard let value = present(name) else { return nil }
        guard let list = value.elements else {
            throw ModelError(file: path, place: name, "expected a list of numbers, found \(value.excerpt)")
        }
        var numbers: [Double] = []
        for element in list {
            guard let number = element.number else {
                throw ModelError(file: path, place: name, "expected numbers, found \(element.excerpt)")
            }
            numbers.append(number)
        }
        return numbers
    }

    /// Refuses a model that has the field at all, or has it true.
    func refuse(_ name: String, because reason: String) throws(ModelError) {
        guard let value = present(name), value.boolean != false else { return }
        throw ModelError(file: path, place: name, "expected none, found one: \(reason)")
    }

    /// A nested object, or `nil` where the field is absent or null.
    func object(_ name: String) throws(ModelError) -> ConfigurationFile? {
        guard let value = present(name) else { return nil }
        guard let nested = value.members else {
            throw ModelError(file: path, place: name, "expected an object, found \(value.excerpt)")
        }
        return ConfigurationFile(path: "\(path): \(name)", fields: JSONFieldTable(nested))
    }

    /// The first of `architectures`.
    func architecture() throws(ModelError) -> String {
        read.insert("architectures")
        guard let name = fields["architectures"]?.elements?.first?.string else {
            throw ModelError(file: path, place: "architectures", "expected a list with one name")
        }
        return name
    }

    /// Whether the field is there and not null.
    func has(_ name: String) -> Bool { present(name) != nil }

    /// Whether the field is there and null.
    func isNull(_ name: String) -> Bool {
        read.insert(name)
        return fields[name]?.isNull ?? false
    }

    /// Says that fields are understood, whatever they hold.
    func markAsRead(_ names: String...) { names.forEach(read.insert) }

    /// Refuses fields that nothing has asked for and that could change what is computed, going by the words in their names.
    ///
    /// Published files hold many fields about training and bookkeeping, and new ones all the time, so not every unknown
    /// field can be refused. What is null, false, zero or empty asks for nothing, nor does a factor of 1.
    func refuseUnread() throws(ModelError) {
        for name in fields.names {
            guard let value = fields[name] else { continue }
            if read.contains(name) {
                guard !fields.repeated.contains(ExactText(name)) else {
                    throw ModelError(file: path, place: name, "expected one value, found several that differ")
                }
            } else if ComputingFields.isLikely(name), !Self.asksForNothing(value, name) {
                throw ModelError(
                    file: path, place: name,
                    "is not understood and could change what the model computes, found \(value.excerpt)")
            }
        }
    }

    private static func asksForNothing(_ value: JSONValue, _ name: String) -> Bool {
        switch value {
        case .null, .boolean(false): true
        case .boolean, .object, .numeral: false
        case .string(let text): text.isEmpty || text == "none"
        case .array(let list): list.allSatisfy { $0.string == "full_attention" }
        case .integer(let integer): integer == 0 || integer == 1 && ComputingFields.isFactor(name)
        case .fraction(let number): number == 0 || number == 1 && ComputingFields.isFactor(name)
        }
    }

    private func present(_ name: String) -> JSONValue? {
        read.insert(name)
        guard let value = fields[name], !value.isNull else { return nil }
        return value
    }
}
