import ArgumentParser
import Attribution

/// How much memory prompts may take, on commands that attribute.
struct MemoryOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Gigabytes that attribution may take beside the weights' files: longer prompts are refused, with what fits.",
            valueName: "gigabytes"))
    var memory: Double?

    /// The same in bytes, of one prompt of so many at once.
    func bytes(ofPromptsAtOnce count: Int = 1) -> Int? {
        memory.map { Int(min($0 * 1e9, Double(Int64.max / 2)) / Double(count)) }
    }

    func validate() throws {
        if let memory { try requirePositive(memory, "--memory") }
    }
}
