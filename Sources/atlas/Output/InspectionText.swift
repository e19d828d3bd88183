/// What a path is, as lines of text.
struct InspectionText {
    private let inspection: Inspection

    init(_ inspection: Inspection) { self.inspection = inspection }

    var lines: [String] {
        switch inspection {
        case .model(let model): ["language model  \(shown(model.name))"] + lines(model)
        case .transcoders(let set): ["transcoders   \(shown(set.name))"] + lines(set)
        case .atlas(let information): ["atlas"] + InformationText(information).lines
        case .weights(let file): lines(file)
        }
    }

    private func lines(_ model: ModelDescription) -> [String] {
        let start = model.promptStart.map { start in
            "prompts begin with \(shown(start.text)) (\(start.token))"
                + (start.role == .beginningOfSequence
                    ? "" : ", the \(start.role.rawValue): there is no beginning-of-sequence token")
        }
        return [
            "architecture    \(shown(model.architecture))",
            "layers          \(model.layerCount), of width \(model.modelWidth.grouped), \(model.headCount) heads of "
                + "\(model.headWidth), \(model.keyValueHeadCount) of keys and values",
            "weights         \(numbers(model.parameters)) in \(files(model.weightFileCount))",
            "neurons         \(model.neuronCounts.reduce(0, +).grouped), "
                + (Set(model.neuronCounts).count == 1
                    ? "\(model.neuronCounts[0].grouped) a layer"
                    : "\((model.neuronCounts.min() ?? 0).grouped) to \((model.neuronCounts.max() ?? 0).grouped) a layer"),
        ] + (model.neuronBasis.map { ["as features     \($0)"] } ?? []) + [
            "vocabulary      \(model.vocabularySize.grouped)",
            "tokenizer       \(model.tokenizerVocabularySize.grouped) tokens, "
                + (start ?? "nothing is put in front of prompts"),
            "context         \(model.contextLength.grouped) tokens",
            "fingerprint     \(model.fingerprint)",
        ]
    }

    private func lines(_ set: TranscoderDescription) -> [String] {
        let least = set.featureCounts.min() ?? 0
        let most = set.featureCounts.max() ?? 0
        return [
            "kind          \(set.kind), stored as \(set.format)",
            "layers        \(set.layerCount), of width \(set.modelWidth.grouped), "
                + (least == most ? most.grouped : "\(least.grouped) to \(most.grouped)") + " features each",
            "hooks         reads \(set.inputHook), writes \(set.outputHook)",
            "activation    " + set.activations.joined(separator: ", ") + (set.hasSkip ? ", with a linear skip" : "")
                + (set.inputNormalization == "none" ? "" : ", of inputs after \(set.inputNormalization)"),
            "weights       " + (set.parameters.isEmpty ? "not in safetensors" : numbers(set.parameters)) + ", "
                + "\(megabytes(set.byteCount)) in \(files(set.fileCount)) of the folder",
            "fingerprint   \(set.fingerprint)",
        ]
    }

    private func lines(_ file: WeightFileDescription) -> [String] {
        var table = TextTable(["tensor", "type", "shape", ">bytes"])
        for tensor in file.tensors {
            table.add([tensor.name, tensor.type, "\(tensor.shape)", tensor.byteCount.grouped])
        }
        return ["weights  \(file.tensors.count) tensors, \(numbers(file.parameters)), \(megabytes(file.byteCount))"]
            + table.lines
    }

    private func numbers(_ numbers: [StoredNumbers]) -> String {
        numbers.isEmpty ? "no numbers" : numbers.map { "\($0.count.grouped) × \($0.type)" }.joined(separator: ", ")
    }

    private func files(_ count: Int) -> String { count == 1 ? "1 file" : "\(count.grouped) files" }

    private func megabytes(_ count: Int) -> String { "\((Double(count) / 1_048_576).fixed(1)) MiB" }
}
