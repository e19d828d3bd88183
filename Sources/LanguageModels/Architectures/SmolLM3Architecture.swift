import Safetensors

/// SmolLM3: as Llama, with layers whose attention knows no positions, every fourth one unless config.json lists them.
enum SmolLM3Architecture: Architecture {
    static let name = "SmolLM3ForCausalLM"

    private static let defaults = ConfigurationDefaults(
        vocabularySize: 128_256, modelWidth: 2048, hiddenWidth: 11_008, layerCount: 36, headCount: 16,
        keyValueHeadCount: 4, contextLength: 32_768, isTied: true)
    private static let rotaryBase = 2_000_000.0

    static func parts(_ file: ConfigurationFile, _ weights: Checkpoint) throws -> ModelParts {
        var blocks = try GroupedBlocks(file, weights, architecture: name, defaults: defaults)
        let layerCount = blocks.configuration.layerCount
        blocks.biases = try file.flag("attention_bias", default: false) ? .all : .none
        blocks.hasBiasedMLP = try file.flag("mlp_bias", default: false)
        blocks.turning = try turning(file, layerCount: layerCount)
        blocks.windows = try windows(file, turning: blocks.turning)
        return try blocks.parts(
            rotary: file.rotary(headWidth: blocks.configuration.headWidth, defaultBase: rotaryBase))
    }

    /// Which layers turn queries and keys by their position: those that `no_rope_layers` has a 1 for.
    private static func turning(_ file: ConfigurationFile, layerCount: Int) throws(ModelError) -> [Bool] {
        let interval = try file.integer("no_rope_layer_interval", default: 4)
        guard let marks = try file.numbers("no_rope_layers") else {
            return (0..<layerCount).map { ($0 + 1) % interval != 0 }
        }
        guard marks.count == layerCount, marks.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw ModelError(
                file: file.path, place: "no_rope_layers", "expected \(layerCount) entries of 0 or 1, found \(marks)")
        }
        return marks.map { $0 == 1 }
    }

    /// Each layer's window: none unless `use_sliding_window` is set, and then in the layers that turn.
    private static func windows(_ file: ConfigurationFile, turning: [Bool]) throws(ModelError) -> [Int?] {
        let none = [Int?](repeating: nil, count: turning.count)
        // Without a window, where it would be and how wide says nothing.
        file.markAsRead("sliding_window", "layer_types")
        guard try file.flag("use_sliding_window", default: false), let window = try file.windowWidth(default: nil)
        else { return none }
        return try file.slidingLayers(layerCount: turning.count) { turning[$0] }.map { $0 ? window : nil }
    }
}
