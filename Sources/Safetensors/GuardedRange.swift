import CKernels

/// A mapped part of memory whose file is named should it be cut.
///
/// `@unchecked Sendable`: the list behind it is made for many threads.
struct GuardedRange: @unchecked Sendable {
    private let range: OpaquePointer

    /// Remembers the file that is mapped there; `nil` where there is no memory for that.
    init?(_ bytes: UnsafeRawBufferPointer, path: String) {
        guard let range = fa_guard_mapping(bytes.baseAddress, bytes.count, path) else { return nil }
        self.range = range
    }

    /// Forgets it.
    func end() { fa_end_guard(range) }
}

extension MappedFile {
    /// Lets a mapped file that is cut, or that its disk does not give any more, end the process with one line and status 1.
    ///
    /// The system tells that by a signal (SIGBUS), which otherwise ends the process without a word. A signal belongs to the
    /// whole process, so a program asks for this; a library does not.
    public static func explainLostFiles() { fa_explain_bus_errors() }
}
