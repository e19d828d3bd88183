import Attribution
import LanguageModels
import Tensors
import Transcoders

/// What a model's MLPs read and write at the tokens of pieces of text.
struct ActivationSource: Sendable {
    /// The model.
    let model: LanguageModel
    /// What encoders read.
    let inputHook: InputHook
    /// What decoders write.
    let outputHook: OutputHook

    /// The activations of pieces that were read together.
    struct Readings: Sendable {
        /// The rows of tokens that count, those of each piece's first token left out.
        let rows: [Int]
        /// One a layer, `[tokens of all pieces, modelWidth]`.
        let inputs: [Matrix]
        /// One a layer, `[tokens of all pieces, modelWidth]`.
        let outputs: [Matrix]
    }

    /// Runs the model over some pieces.
    ///
    /// - Throws: as `LanguageModel.run`
    func readings(of pieces: [[Int]]) throws -> Readings {
        var (inputs, outputs): ([Matrix], [Matrix]) = ([], [])
        try model.run(together: pieces, site: outputHook.site) { _, reading, mlp in
            inputs.append(reading.input(at: inputHook))
            outputs.append(mlp())
            return outputs[outputs.count - 1]
        }
        var (rows, start): ([Int], Int) = ([], 0)
        for piece in pieces {
            rows += start + min(model.firstCountedPosition(in: piece), piece.count)..<start + piece.count
            start += piece.count
        }
        return Readings(rows: rows, inputs: inputs, outputs: outputs)
    }
}
