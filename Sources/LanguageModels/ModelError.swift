/// Why a model folder cannot be used: one line that names the file, the place, what was expected and found.
public struct ModelError: Error, CustomStringConvertible, Sendable {
    /// The whole line.
    public let description: String

    /// Joins the file, the place in it and the reason.
    public init(file: String, place: String? = nil, _ reason: String) {
        description = [file, place, reason].compactMap { $0 }.joined(separator: ": ")
    }
}
