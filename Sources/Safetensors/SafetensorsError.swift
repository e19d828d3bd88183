/// Why a safetensors file cannot be used: one line that names the file, the place, what was expected and found.
public struct SafetensorsError: Error, CustomStringConvertible, Sendable {
    /// The whole line.
    public let description: String
    /// What is wrong, without the file and the place.
    public let reason: String

    /// Joins the file, the place in it and the reason.
    public init(file: String, place: String? = nil, _ reason: String) {
        self.reason = reason
        description = [file, place, reason].compactMap { $0 }.joined(separator: ": ")
    }
}
