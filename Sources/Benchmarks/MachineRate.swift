import Dispatch
import Tensors

/// What this machine's matrix product reaches, the yardstick for everything built on it.
enum MachineRate {
    /// Floating-point operations a second of single-threaded products on `jobs` threads at once, at a shape of the
    /// recursion: many gradient rows times a square weight.
    static func matrixProduct(jobs: Int, width: Int) -> Double {
        let rows = 1024
        let repetitions = max(4, 20_000_000_000 / (2 * rows * width * width))
        let started = DispatchTime.now()
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
        return operations / started.secondsPassed
    }
}
