import Circuits
import Tensors

/// Which neurons of a prompt become nodes, by their total effects.
struct NeuronChoice {
    /// One chosen neuron.
    struct Place: Comparable {
        let layer: Int
        let position: Int
        let index: Int

        static func < (left: Place, right: Place) -> Bool {
            (left.layer, left.position, left.index) < (right.layer, right.position, right.index)
        }
    }

    /// In lexicographic order.
    let places: [Place]
    /// The share of the sum of all effects that they cover; 1 where there are none.
    let coveredShare: Double

    /// Chooses the largest effects: the fewest that cover the share asked for, at most as many as allowed.
    ///
    /// Equal effects are taken in lexicographic order. Neurons without any effect are chosen only where all are asked for.
    ///
    /// - Parameters:
    ///   - effects: `[layerCount]` of `[positionCount, neuronCount]`, none negative
    ///   - deviations: of the same shape; neurons that do not deviate from their baseline contribute nothing
    ///   - firstPosition: positions before it are left out
    /// - Complexity: O(neurons), and O(n log n) in those that are close to being chosen
    init(effects: [Matrix], deviations: [Matrix], firstPosition: Int, options: NeuronOptions) {
        let candidates = Candidates(effects, firstPosition: firstPosition)
        let maximum = options.maximumNeurons ?? .max
        if options.coverage >= 1, maximum >= candidates.neuronCount {
            places = candidates.all.filter { deviations[$0.layer][$0.position, $0.index] != 0 }
            coveredShare = 1
            return
        }
        // All of it is reached by nothing but everything, however sums round.
        let goal = options.coverage >= 1 ? Double.infinity : options.coverage * candidates.total
        var chosen: [Place] = []
        var covered = 0.0
        for (place, effect) in candidates.ranked(count: maximum, sum: goal) {
            guard chosen.count < maximum, covered < goal else { break }
            chosen.append(place)
            covered += Double(effect)
        }
        places = chosen.sorted()
        coveredShare = candidates.total > 0 ? min(1, covered / candidates.total) : 1
    }
}

/// The effects of all neurons at counted positions.
private struct Candidates {
    private let effects: [Matrix]
    private let positions: Range<Int>
    /// The sum of all effects.
    private(set) var total = 0.0

    /// Effects are told apart by the upper half of their bits, which order as the numbers do.
    private static let binCount = 1 << 16
    private static func bin(_ effect: Float) -> Int { Int(effect.bitPattern >> 16) }

    init(_ effects: [Matrix], firstPosition: Int) {
        self.effects = effects
        let count = effects.first?.rowCount ?? 0
        positions = min(firstPosition, count)..<count
        forEach { _, effect in total += Double(effect) }
    }

    var neuronCount: Int { effects.reduce(0) { $0 + positions.count * $1.columnCount } }

    var all: [NeuronChoice.Place] {
        var places: [NeuronChoice.Place] = []
        places.reserveCapacity(neuronCount)
        forEach { place, _ in places.append(place) }
        return places
    }

    /// The largest effects above zero, largest first: all that are needed to reach `count` of them or `sum`, and some more.
    func ranked(count: Int, sum: Double) -> [(place: NeuronChoice.Place, effect: Float)] {
        var counts = [Int](repeating: 0, count: Self.binCount)
        var sums = [Double](repeating: 0, count: Self.binCount)
        forEach { _, effect in
            guard effect > 0 else { return }
            counts[Self.bin(effect)] += 1
            sums[Self.bin(effect)] += Double(effect)
        }
        var (lowest, reached, covered) = (Self.binCount, 0, 0.0)
        while lowest > 0, reached < count, covered < sum {
            lowest -= 1
            reached += counts[lowest]
            covered += sums[lowest]
        }
        var places: [(place: NeuronChoice.Place, effect: Float)] = []
        places.reserveCapacity(reached)
        forEach { place, effect in if effect > 0, Self.bin(effect) >= lowest { places.append((place, effect)) } }
        return places.sorted { ($1.effect, $0.place) < ($0.effect, $1.place) }
    }

    /// Calls `body` with every neuron in lexicographic order.
    private func forEach(_ body: (NeuronChoice.Place, Float) -> Void) {
        for (layer, matrix) in effects.enumerated() {
            matrix.values.withUnsafeBufferPointer { values in
                for position in positions {
                    for index in 0..<matrix.columnCount {
                        body(
                            NeuronChoice.Place(layer: layer, position: position, index: index),
                            values[position * matrix.columnCount + index])
                    }
                }
            }
        }
    }
}
