import Foundation

/// A part of a mapped file whose pages can be given back.
///
/// `@unchecked Sendable`: the memory is never written and is kept alive by `owner`.
struct MappedRegion: @unchecked Sendable {
    private let base: UnsafeMutableRawPointer
    /// Bytes in whole pages.
    let byteCount: Int
    private let owner: AnyObject

    /// The whole pages inside `bytes`, which `owner` keeps mapped; nil where there is none.
    init?(_ bytes: UnsafeRawBufferPointer, owner: AnyObject) {
        guard let start = bytes.baseAddress else { return nil }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let skipped = (page - Int(bitPattern: start) % page) % page
        byteCount = max(0, bytes.count - skipped) / page * page
        guard byteCount > 0 else { return nil }
        base = UnsafeMutableRawPointer(mutating: start + skipped)
        self.owner = owner
    }

    /// Says that small parts will be read, far from each other: nothing is then read from disk around them.
    func expectScatteredReads() { _ = madvise(base, byteCount, MADV_RANDOM) }

    /// Gives the pages back; the next reader gets them from the file again, so that other threads may go on reading.
    func release() { _ = madvise(base, byteCount, MADV_DONTNEED) }
}
