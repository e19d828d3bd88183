import Circuits
import Foundation
import Tensors
import Testing

@testable import TranscoderTraining

struct GradientTests {
    @Test(arguments: GoldenGradients.names)
    func `loss and gradients are those of PyTorch`(name: String) throws {
        let golden = try GoldenGradients(name)
        let outcome = try golden.gradients(jobs: 2).compute(golden.batch, isSilent: golden.nothingSilent)
        let loss = try golden.expectedLoss()
        #expect(abs(Float(outcome.loss(modelWidth: 8)) - loss) < 2e-6 * loss)
        var squares = 0.0
        for layer in golden.layers {
            for (name, array) in layer.arrays {
                let expected = try golden.expected(layer.layer, name)
                let largest = expected.map(abs).max() ?? 0
                #expect(largest > 0, "\(name) of layer \(layer.layer) has no gradient: nothing is tested")
                for (found, expected) in zip(array.gradientArray, expected) {
                    #expect(abs(found - expected) <= 2e-5 * largest, "\(name) of layer \(layer.layer)")
                    squares += Double(expected * expected)
                }
            }
        }
        #expect(abs(outcome.gradientNorm - squares.squareRoot()) < 1e-5 * squares.squareRoot())
    }

    @Test(arguments: GoldenGradients.names)
    func `gradients are the loss's differences`(name: String) throws {
        let golden = try GoldenGradients(name)
        _ = try golden.gradients(jobs: 1).compute(golden.batch, isSilent: golden.nothingSilent)
        var numbers = SeededNumbers(seed: 7)
        // What fires must not change within a step, and thresholds have no gradient of this kind.
        let step: Float = 1e-3
        var (tried, close) = (0, 0)
        for layer in golden.layers {
            for (name, array) in layer.arrays where name != "threshold" {
                let slopes = array.gradientArray
                let largest = slopes.map(abs).max() ?? 0
                for _ in 0..<8 {
                    let place = numbers.below(array.count)
                    let value = array.values[place]
                    func loss(_ moved: Float) throws -> Double {
                        array.values[place] = moved
                        defer { array.values[place] = value }
                        let outcome = try golden.gradients(jobs: 1).compute(
                            golden.batch, isSilent: golden.nothingSilent)
                        return outcome.loss(modelWidth: 8)
                    }
                    let slope = try Float(loss(value + step) - loss(value - step)) / (2 * step)
                    tried += 1
                    if abs(slope - slopes[place]) < 0.01 * largest { close += 1 }
                }
            }
        }
        // A feature that begins or ends to fire within a step makes a difference of its own; few do.
        #expect(Double(close) >= 0.95 * Double(tried), "\(close) of \(tried)")
    }

    @Test func `gradients are the same on one thread and on three`() throws {
        let (one, three) = (try GoldenGradients("clt-jumprelu"), try GoldenGradients("clt-jumprelu"))
        _ = try one.gradients(jobs: 1).compute(one.batch, isSilent: one.nothingSilent)
        _ = try three.gradients(jobs: 3).compute(three.batch, isSilent: three.nothingSilent)
        for (left, right) in zip(one.layers, three.layers) {
            for ((name, left), (_, right)) in zip(left.arrays, right.arrays) {
                #expect(left.gradientArray == right.gradientArray, "\(name)")
            }
        }
    }

    @Test func `a silent feature is pulled towards firing and no other is`() throws {
        let (plain, pulled) = (try GoldenGradients("clt-jumprelu"), try GoldenGradients("clt-jumprelu"))
        _ = try plain.gradients(jobs: 1).compute(plain.batch, isSilent: plain.nothingSilent)
        var silent = pulled.nothingSilent
        silent[1][4] = true
        var gradients = pulled.gradients(jobs: 1)
        gradients = TranscoderGradients(
            layers: gradients.layers, selection: gradients.selection, penalty: gradients.penalty, silencePenalty: 0.1,
            jobs: 1)
        _ = try gradients.compute(pulled.batch, isSilent: silent)
        let pull = 0.1 * pulled.layers[1].writtenNorm(4)
        let (before, after) = (plain.layers[1], pulled.layers[1])
        for feature in 0..<12 {
            let expected = feature == 4 ? pull : 0
            #expect(
                abs(before.encoderBias.gradients[feature] - after.encoderBias.gradients[feature] - expected) < 1e-6)
            #expect(
                abs(after.threshold.gradients[feature] - before.threshold.gradients[feature] - expected) < 1e-6)
        }
        #expect(plain.layers[0].encoder.gradientArray == pulled.layers[0].encoder.gradientArray)
    }
}
