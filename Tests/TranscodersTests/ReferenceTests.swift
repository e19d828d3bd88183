import Circuits
import Tensors
import Testing

@testable import Transcoders

@Suite struct `transcoder sets against the reference` {
    /// Sums of products near 1 in Float32, added in another order.
    private static let tolerance: Float = 1e-5

    @Test(arguments: GoldenSet.names)
    func `the activations are the reference's`(name: String) throws {
        let golden = try GoldenSet(name)
        for (layer, transcoder) in golden.transcoders.layers.enumerated() {
            let active = transcoder.activeFeatures(transcoder.preActivations(golden.input[layer]))
            var dense = Matrix(rowCount: GoldenSet.positionCount, columnCount: GoldenSet.featureCount)
            for feature in active { dense[feature.position, feature.index] = feature.activation }
            expectEqual(dense, golden.activations[layer])
        }
    }

    @Test(arguments: GoldenSet.names)
    func `the reconstruction is the reference's`(name: String) throws {
        let golden = try GoldenSet(name)
        var outputs = golden.transcoders.layers.map { transcoder in
            var output = Matrix(rowCount: GoldenSet.positionCount, columnCount: GoldenSet.modelWidth)
            for row in 0..<output.rowCount {
                for column in 0..<output.columnCount { output[row, column] = transcoder.decoderBias[column] }
            }
            if let skip = transcoder.skip { output.add(skip.applied(to: golden.input[transcoder.layer])) }
            return output
        }
        for transcoder in golden.transcoders.layers {
            let active = transcoder.activeFeatures(transcoder.preActivations(golden.input[transcoder.layer]))
            for feature in active {
                for layer in transcoder.outputLayers {
                    let row = transcoder.decoder.row(feature.index * transcoder.slotCount + layer - transcoder.layer)
                    for column in row.indices {
                        outputs[layer][feature.position, column] += feature.activation * row[column]
                    }
                }
            }
        }
        for (output, expected) in zip(outputs, golden.reconstruction) { expectEqual(output, expected) }
    }

    @Test(arguments: GoldenSet.names)
    func `an encoder's row gives the pre-activation`(name: String) throws {
        let golden = try GoldenSet(name)
        for transcoder in golden.transcoders.layers {
            let input = golden.input[transcoder.layer]
            let all = transcoder.preActivations(input)
            for index in stride(from: 0, to: GoldenSet.featureCount, by: 7) {
                let own = zip(transcoder.encoder.row(index), input.row(2)).reduce(transcoder.encoderBias[index]) {
                    $0 + $1.0 * $1.1
                }
                #expect(abs(own - all[2, index]) < Self.tolerance)
            }
        }
    }

    @Test(arguments: GoldenSet.names)
    func `one feature's activation is the one it has among all`(name: String) throws {
        let golden = try GoldenSet(name)
        for transcoder in golden.transcoders.layers {
            let pre = transcoder.preActivations(golden.input[transcoder.layer])
            for index in 0..<GoldenSet.featureCount {
                let activation = transcoder.activation(of: index, position: 1, preActivations: pre)
                #expect(abs(activation - golden.activations[transcoder.layer][1, index]) < Self.tolerance)
            }
        }
    }

    @Test func `the last file of a stacked cross-layer set is read`() throws {
        #expect(try GoldenSet("gemma_scope_2_clt").transcoders.layers.map(\.slotCount) == [3, 2, 1])
    }

    @Test func `TopK keeps negative activations where few are positive`() throws {
        let golden = try GoldenSet("plt_topk")
        let transcoder = golden.transcoders.layers[0]
        let active = transcoder.activeFeatures(transcoder.preActivations(golden.input[0]))
        #expect(active.count == 25 * GoldenSet.positionCount)
        #expect(active.contains { $0.activation < 0 })
    }

    @Test func `a set's fingerprint does not depend on where it lies`() throws {
        let scratch = try ScratchSet(copying: "gemma_scope")
        #expect(try GoldenSet.load(scratch.path).fingerprint == GoldenSet("gemma_scope").transcoders.fingerprint)
    }

    @Test func `another archive has another fingerprint`() throws {
        let scratch = try ScratchSet(copying: "gemma_scope")
        try scratch.write(try scratch.read("layer_1/params.npz"), to: "layer_2/params.npz")
        #expect(try GoldenSet.load(scratch.path).fingerprint != GoldenSet("gemma_scope").transcoders.fingerprint)
    }

    private func expectEqual(_ found: Matrix, _ expected: Matrix) {
        let difference = zip(found.values, expected.values).map { abs($0 - $1) }.max() ?? 0
        #expect(found.values.count == expected.values.count && difference < Self.tolerance, "differs by \(difference)")
    }
}
