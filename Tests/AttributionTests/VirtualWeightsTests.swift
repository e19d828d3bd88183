import Attribution
import Circuits
import LanguageModels
import Testing
import Transcoders

@Suite struct `virtual weights` {
    @Test(arguments: RandomReplacement.all)
    func `a virtual weight is what one decoder writes along another encoder`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let weights = VirtualWeights(random.attributor)
        let transcoders = random.attributor.transcoders
        for target in transcoders.layers {
            for index in stride(from: 0, to: target.featureCount, by: 3) {
                let feature = FeatureID(layer: target.layer, index: index)
                let found = try weights.sources(of: feature)
                let expected = (0..<target.layer).map { layer in
                    (0..<transcoders.layers[layer].featureCount).map { source in
                        Float(random.plainWeight(from: FeatureID(layer: layer, index: source), to: feature))
                    }
                }
                #expect(found.count == expected.count)
                for (row, plain) in zip(found, expected) {
                    #expect(excess(row, plain, absolute: 1e-5, relative: 1e-4) <= 1)
                }
            }
        }
    }

    @Test(arguments: RandomReplacement.all)
    func `sources, targets and single pairs tell the same weight`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let weights = VirtualWeights(random.attributor)
        let last = random.attributor.transcoders.layers.count - 1
        for source in [FeatureID(layer: 0, index: 3), FeatureID(layer: 1, index: 7)] {
            let targets = try weights.targets(of: source, jobs: 2)
            #expect(targets.count == last - source.layer)
            for (offset, row) in targets.enumerated() {
                let layer = source.layer + 1 + offset
                let ids = row.indices.map { FeatureID(layer: layer, index: $0) }
                let upwards = try ids.map { try weights.sources(of: $0, jobs: 2)[source.layer][source.index] }
                #expect(excess(row, upwards, absolute: 1e-5, relative: 1e-4) <= 1)
                #expect(
                    excess(row, ids.map { weights.weight(from: source, to: $0) }, absolute: 1e-5, relative: 1e-4) <= 1)
            }
        }
    }

    @Test func `nothing is written to a layer that has read already`() throws {
        let random = try RandomReplacement(RandomModel.all[0], RandomReplacement.Wiring.all[3])
        let weights = VirtualWeights(random.attributor)
        #expect(weights.weight(from: FeatureID(layer: 1, index: 0), to: FeatureID(layer: 1, index: 1)) == 0)
        #expect(weights.weight(from: FeatureID(layer: 2, index: 0), to: FeatureID(layer: 0, index: 1)) == 0)
        #expect(try weights.sources(of: FeatureID(layer: 0, index: 0)).isEmpty)
        #expect(try weights.targets(of: FeatureID(layer: 2, index: 0)).isEmpty)
    }

    /// Attention reads what the MLP beside it does, so nothing lies between two neighbouring layers' features.
    @Test(arguments: RandomReplacement.all.filter { $0.0.isParallel && $0.1.normalization == .none })
    func `an edge with nothing but the residual stream between is activation times virtual weight over σ`(
        model: RandomModel, wiring: RandomReplacement.Wiring
    ) throws {
        let random = try RandomReplacement(model, wiring)
        let weights = VirtualWeights(random.attributor)
        let result = try random.attributor.attribute(random.tokens)
        var found: [Float] = []
        var expected: [Float] = []
        for target in 0..<result.graph.layout.featureCount {
            for source in 0..<target {
                let (from, to) = (result.graph.feature(source), result.graph.feature(target))
                guard from.position == to.position, from.layer + 1 == to.layer else { continue }
                let denominator = result.local.trace.layers[to.layer].reading.denominators[to.position]
                found.append(result.graph[target: target, source: source])
                expected.append(from.activation * weights.weight(from: from.feature, to: to.feature) / denominator)
            }
        }
        try #require(found.count > 100)
        #expect(excess(found, expected, absolute: 1e-4, relative: 1e-3) <= 1)
    }
}

extension RandomReplacement {
    /// A virtual weight in Double, vector by vector, as its definition says.
    fileprivate func plainWeight(from source: FeatureID, to target: FeatureID) -> Double {
        let transcoders = attributor.transcoders
        let transcoder = transcoders.layers[source.layer]
        var written = [Double](repeating: 0, count: transcoders.modelWidth)
        for layer in source.layer..<target.layer where transcoder.outputLayers.contains(layer) {
            let slot = source.index * transcoder.slotCount + layer - source.layer
            var row = transcoder.decoder.row(slot).map(Double.init)
            if transcoders.outputHook == .mlpOutput, let norm = attributor.model.blocks[layer].mlpPostNorm {
                row = through(norm, row, withGain: true)
            }
            for index in row.indices { written[index] += row[index] }
        }
        let norm = attributor.model.blocks[target.layer].mlpNorm
        switch transcoders.inputHook {
        case .residualMiddle: break
        case .normalizedBeforeGain: written = through(norm, written, withGain: false)
        case .mlpInput: written = through(norm, written, withGain: true)
        }
        if transcoders.layers[target.layer].inputNormalization.removesMean {
            let mean = written.reduce(0, +) / Double(written.count)
            for index in written.indices { written[index] -= mean }
        }
        let encoder = transcoders.layers[target.layer].encoder.row(target.index)
        return zip(written, encoder).reduce(0) { $0 + $1.0 * Double($1.1) }
    }

    private func through(_ norm: Norm, _ vector: [Double], withGain: Bool) -> [Double] {
        let mean = norm.removesMean ? vector.reduce(0, +) / Double(vector.count) : 0
        return vector.enumerated().map { ($1 - mean) * (withGain ? Double(norm.gain[$0]) : 1) }
    }
}
