import CKernels
import Foundation

/// Starts the program again with fast matrix products where OpenBLAS has chosen slow ones, and does nothing elsewhere.
///
/// A processor that is newer than the library is taken for the oldest one there is, and products take several times as
/// long. Which kernels it takes can be said only before it is loaded, in the variable `OPENBLAS_CORETYPE`. To be called
/// first of all; where the variable is set already, by this function or by somebody, it counts.
public func restartWithFastMatrixProducts() {
    #if os(Linux)
        let variable = "OPENBLAS_CORETYPE"
        guard getenv(variable) == nil, unknownProcessorKernels.contains(matrixProductKernelName),
            let fastest = fa_fastest_product_kernels()
        else { return }
        setenv(variable, fastest, 1)
        // Where that fails the program goes on, slowly.
        execv("/proc/self/exe", CommandLine.unsafeArgv)
    #endif
}

/// What OpenBLAS takes for processors that it does not know.
private let unknownProcessorKernels: Set<String> = ["Prescott", "Generic", "generic"]
