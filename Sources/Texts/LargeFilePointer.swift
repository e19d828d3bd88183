/// The small text that a clone without Git LFS leaves in place of a large file.
///
/// - SeeAlso: the Git LFS specification, "The Pointer"
package enum LargeFilePointer {
    private static let start = Array("version https://git-lfs.github.com/spec/".utf8)

    /// Whether these are the bytes of one.
    package static func isOne(_ bytes: some Sequence<UInt8>) -> Bool { bytes.starts(with: start) }

    /// What is wrong and what to do.
    package static let advice =
        "is a Git LFS pointer, not the file itself: fetch it with `git lfs pull`, or download the file"
}
