import Tensors

/// What this machine's matrix product reaches, the yardstick for everything built on it.
enum MachineRate {
    /// Floating-point operations a second of single-threaded products on `jobs` threads at once, at a shape of the
    /// recursion: many gradient rows times a square weight. By processor time, so that other work beside it counts little.
    static func matrixProduct(jobs: Int, width: Int) -> Double {
        let rows = 1024
        let repetitions = max(4, 20_000_000_000 / (2 * rows * width * width))
        let spent = ProcessorTime()
        inParallel(count: jobs, jobs: jobs) { _ in
            let a = Matrix(rowCount: rows, columnCount: width, repeating: 0.5)
            let b = Matrix(rowCount: width, columnCount: width, repeating: 0.25)
            var c = Matrix(rowCount: rows, columnCount: width)
            c.values.withUnsafeMutableBufferPointer { output in
                guard let output = output.baseAddress else { return }
                for _ in 0..<repetitions {
                    multiply(
                        a.values, stride: width, b.values, stride: width, into: output, stride: width, rowCount: rows,
                        columnCount: width, innerCount: width)
                }
            }
        }
        let operations = Double(jobs) * Double(repetitions) * 2 * Double(rows) * Double(width) * Double(width)
        return operations / (spent.seconds / Double(jobs))
    }

    /// Bytes a second that one thread reads and writes, of arrays larger than any cache: `y += x`.
    static func memory() -> Double {
        let count = 1 << 26
        let x = [Float](repeating: 1, count: count)
        var y = [Float](repeating: 0, count: count)
        let repetitions = 4
        let started = ThreadTime.seconds
        y.withUnsafeMutableBufferPointer { y in
            guard let y = y.baseAddress else { return }
            for _ in 0..<repetitions { addScaled(0.5, x, to: y, count: count) }
        }
        return Double(repetitions) * 3 * 4 * Double(count) / (ThreadTime.seconds - started)
    }
}
