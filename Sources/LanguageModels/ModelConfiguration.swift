/// The dimensions that every architecture has, under one set of names.
public struct ModelConfiguration: Sendable, Equatable {
    /// `architectures[0]` of config.json.
    public var architecture: String
    /// Transformer blocks.
    public var layerCount: Int
    /// The residual stream's width.
    public var modelWidth: Int
    /// Query heads.
    public var headCount: Int
    /// Heads of keys and values; a divisor of `headCount`.
    public var keyValueHeadCount: Int
    /// Numbers a head.
    public var headWidth: Int
    /// Tokens the model knows.
    public var vocabularySize: Int
    /// The longest prompt, in tokens.
    public var contextLength: Int

    /// How many query heads share one head of keys and values.
    public var groupSize: Int { headCount / keyValueHeadCount }
}
