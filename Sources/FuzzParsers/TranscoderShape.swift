import Transcoders

/// The model dimensions that a transcoder folder was made for, which its files alone do not say in every format.
struct TranscoderShape: Sendable {
    let layerCount: Int
    let modelWidth: Int

    /// Finds the dimensions with which an undamaged folder loads, with as many layers as do; `nil` where none of a tiny
    /// model's does.
    init?(findingIn folder: String) {
        for layerCount in (1...8).reversed() {
            for modelWidth in 1...256 {
                guard (try? TranscoderSet(folder: folder, layerCount: layerCount, modelWidth: modelWidth)) != nil else {
                    continue
                }
                self.layerCount = layerCount
                self.modelWidth = modelWidth
                return
            }
        }
        return nil
    }
}
