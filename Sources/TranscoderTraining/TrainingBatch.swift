import Tensors

/// What the layers read and write at some tokens, in the layers' scaled units.
struct TrainingBatch: Sendable {
    /// Tokens.
    let tokenCount: Int
    /// Layers.
    let layerCount: Int
    /// The model's residual width.
    let modelWidth: Int
    /// `[layerCount, tokenCount, modelWidth]`: what encoders read.
    let inputs: NumberBuffer
    /// `[tokenCount, layerCount, modelWidth]`: what the MLPs write.
    let targets: NumberBuffer

    /// Room for so many tokens.
    init(tokenCount: Int, layerCount: Int, modelWidth: Int) {
        self.tokenCount = tokenCount
        self.layerCount = layerCount
        self.modelWidth = modelWidth
        inputs = NumberBuffer(count: layerCount * tokenCount * modelWidth)
        targets = NumberBuffer(count: tokenCount * layerCount * modelWidth)
    }

    /// What the encoder of a layer reads, `[tokenCount, modelWidth]`.
    func inputs(ofLayer layer: Int) -> UnsafeMutablePointer<Float> {
        inputs.base + layer * tokenCount * modelWidth
    }

    /// What the MLPs write at a token, `[layerCount, modelWidth]`.
    func targets(atToken token: Int) -> UnsafeMutablePointer<Float> {
        targets.base + token * layerCount * modelWidth
    }

    /// The mean of what the encoder of a layer reads, `[modelWidth]`.
    func meanInput(ofLayer layer: Int) -> [Float] { mean(inputs(ofLayer: layer), step: modelWidth) }

    /// The mean of what the MLP of a layer writes, `[modelWidth]`.
    func meanTarget(ofLayer layer: Int) -> [Float] {
        mean(targets.base + layer * modelWidth, step: layerCount * modelWidth)
    }

    private func mean(_ rows: UnsafePointer<Float>, step: Int) -> [Float] {
        var mean = [Float](repeating: 0, count: modelWidth)
        for token in 0..<tokenCount {
            addScaled(1 / Float(tokenCount), rows + token * step, to: &mean, count: modelWidth)
        }
        return mean
    }
}
