import CKernels
import COpenBLAS

#if canImport(Glibc)
    import Glibc
#endif

/// OpenBLAS made ready for this package's products: once a process, before the first of them.
///
/// - It starts no threads: the work is split over prompts or targets instead, which is 10 to 25 % faster at the shapes of a
///   prompt.
/// - A version older than the processor does not know it and takes kernels of 2004 ("Prescott"), a sixth as fast. It is then
///   made to choose anew among those that the processor can run, unless the variable OPENBLAS_CORETYPE has chosen already.
enum MatrixKernels {
    static let ready: Void = {
        openblas_set_num_threads(1)
        #if os(Linux) && arch(x86_64)
            chooseKnown()
        #endif
    }()

    #if os(Linux) && arch(x86_64)
        /// What OpenBLAS calls the kernels that any processor can run.
        private static let fallback = "Prescott"

        private static func chooseKnown() {
            typealias Function = @convention(c) () -> Void
            let width = fa_vector_bytes()
            guard String(cString: openblas_get_corename()) == fallback, getenv("OPENBLAS_CORETYPE") == nil, width >= 32,
                let end = dlsym(nil, "gotoblas_dynamic_quit"), let start = dlsym(nil, "gotoblas_dynamic_init")
            else { return }
            setenv("OPENBLAS_CORETYPE", width >= 64 ? "SkylakeX" : "Haswell", 1)
            unsafeBitCast(end, to: Function.self)()
            unsafeBitCast(start, to: Function.self)()
        }
    #endif
}
