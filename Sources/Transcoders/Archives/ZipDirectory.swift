/// The entries of a zip archive, as its central directory lists them; 64-bit sizes included.
///
/// Only what archives of arrays need: one file, no encryption, entries stored or deflated.
/// - SeeAlso: APPNOTE.TXT, ".ZIP File Format Specification", 4.3 to 4.5
struct ZipDirectory {
    /// One file of the archive.
    struct Entry: Equatable {
        /// Its name, with folders.
        let name: String
        /// How its bytes are packed.
        let packing: Packing
        /// Where its packed bytes lie in the archive.
        let byteRange: Range<Int>
        /// How many bytes it has unpacked.
        let byteCount: Int
        /// The CRC-32 of its unpacked bytes.
        let checksum: UInt32
    }

    /// How the bytes of an entry are packed.
    enum Packing: Equatable {
        /// Not at all.
        case stored
        /// By RFC 1951.
        case deflated
    }

    /// In the directory's order, each name once.
    let entries: [Entry]

    private let file: ArchiveBytes

    private static let endSignature: UInt32 = 0x0605_4B50
    private static let wideLocatorSignature: UInt32 = 0x0706_4B50
    private static let wideEndSignature: UInt32 = 0x0606_4B50
    private static let entrySignature: UInt32 = 0x0201_4B50
    private static let localSignature: UInt32 = 0x0403_4B50
    private static let endByteCount = 22
    private static let entryByteCount = 46
    private static let localByteCount = 30
    /// In a 32-bit field: the number is among the extra fields, in 64 bits.
    private static let isWide = UInt32.max
    private static let wideExtra: UInt16 = 1
    private static let encryptedFlag: UInt16 = 1

    /// Reads and checks the directory.
    ///
    /// - Throws: `TranscoderError` with the entry, what was expected and found.
    init(_ file: ArchiveBytes) throws(TranscoderError) {
        self.file = file
        let directory = try Self.location(in: file)
        var entries: [Entry] = []
        var names: Set<String> = []
        var offset = directory.lowerBound
        while offset < directory.upperBound {
            let entry = try Self.entry(in: file, at: &offset, end: directory.upperBound, dataEnd: directory.lowerBound)
            guard names.insert(entry.name).inserted else {
                throw TranscoderError(file: file.path, place: entry.name, "is in the archive twice")
            }
            entries.append(entry)
        }
        self.entries = entries
    }

    /// Where the central directory lies.
    private static func location(in file: ArchiveBytes) throws(TranscoderError) -> Range<Int> {
        let count = file.bytes.count
        var end = count - endByteCount
        // The record is followed by a comment of at most 65,535 bytes, whose length it holds.
        let lowest = max(0, end - Int(UInt16.max))
        while end >= lowest {
            if file.number(at: end, as: UInt32.self) == endSignature,
                file.number(at: end + 20, as: UInt16.self).map(Int.init) == count - end - endByteCount
            {
                break
            }
            end -= 1
        }
        guard end >= lowest, end >= 0 else {
            throw TranscoderError(file: file.path, "is no zip archive, or truncated: its end record is missing")
        }
        var size = file.number(at: end + 12, as: UInt32.self).map(UInt64.init)
        var start = file.number(at: end + 16, as: UInt32.self).map(UInt64.init)
        if size == UInt64(isWide) || start == UInt64(isWide),
            file.number(at: end - 20, as: UInt32.self) == wideLocatorSignature,
            let place = file.number(at: end - 12, as: UInt64.self).flatMap(Int.init(exactly:)), place < end,
            file.number(at: place, as: UInt32.self) == wideEndSignature
        {
            size = file.number(at: place + 40)
            start = file.number(at: place + 48)
        }
        guard let size, let start, start <= UInt64(end), size <= UInt64(end) - start else {
            throw TranscoderError(file: file.path, "expected the directory inside the archive, found it past the end")
        }
        return Int(start)..<Int(start + size)
    }

    private static func entry(in file: ArchiveBytes, at offset: inout Int, end: Int, dataEnd: Int)
        throws(TranscoderError) -> Entry
    {
        let base = offset
        guard base + entryByteCount <= end, file.number(at: base) == entrySignature,
            let flags: UInt16 = file.number(at: base + 8), let method: UInt16 = file.number(at: base + 10),
            let checksum: UInt32 = file.number(at: base + 16), let packed: UInt32 = file.number(at: base + 20),
            let unpacked: UInt32 = file.number(at: base + 24), let nameCount: UInt16 = file.number(at: base + 28),
            let extraCount: UInt16 = file.number(at: base + 30), let commentCount: UInt16 = file.number(at: base + 32),
            let local: UInt32 = file.number(at: base + 42),
            base + entryByteCount + Int(nameCount) + Int(extraCount) + Int(commentCount) <= end,
            let name = file.text(at: base + entryByteCount, count: Int(nameCount))
        else { throw TranscoderError(file: file.path, "expected an entry of the zip directory at byte \(base)") }
        let extra = base + entryByteCount + Int(nameCount)
        offset = extra + Int(extraCount) + Int(commentCount)
        func fail(_ reason: String) -> TranscoderError { TranscoderError(file: file.path, place: name, reason) }

        guard flags & encryptedFlag == 0 else { throw fail("is encrypted; write it without a password") }
        let packing: Packing
        switch method {
        case 0: packing = .stored
        case 8: packing = .deflated
        default: throw fail("expected a stored or deflated entry, found compression method \(method)")
        }
        var wide = wideNumbers(in: file, extra..<extra + Int(extraCount)).makeIterator()
        func number(_ narrow: UInt32) -> Int? {
            narrow == isWide ? wide.next().flatMap(Int.init(exactly:)) : Int(narrow)
        }
        // In this order: a field is among the extra ones only where its own place says so.
        let unpackedCount = number(unpacked)
        let packedCount = number(packed)
        guard let unpackedCount, let packedCount, let localStart = number(local) else {
            throw fail("its 64-bit sizes are missing or too large")
        }
        guard localStart <= dataEnd - localByteCount, file.number(at: localStart) == localSignature,
            let localNameCount: UInt16 = file.number(at: localStart + 26),
            let localExtraCount: UInt16 = file.number(at: localStart + 28),
            file.text(at: localStart + localByteCount, count: Int(localNameCount)) == name
        else { throw fail("expected its header at byte \(localStart)") }
        let start = localStart + localByteCount + Int(localNameCount) + Int(localExtraCount)
        guard start <= dataEnd, packedCount <= dataEnd - start else {
            throw fail("expected \(packedCount) bytes from byte \(start), found \(max(0, dataEnd - start)): truncated?")
        }
        guard packing == .deflated || packedCount == unpackedCount else {
            throw fail("expected \(unpackedCount) stored bytes, found \(packedCount)")
        }
        return Entry(
            name: name, packing: packing, byteRange: start..<start + packedCount, byteCount: unpackedCount,
            checksum: checksum)
    }

    /// The 64-bit numbers among the extra fields in `range`.
    private static func wideNumbers(in file: ArchiveBytes, _ range: Range<Int>) -> [UInt64] {
        var offset = range.lowerBound
        while let id: UInt16 = file.number(at: offset), let count: UInt16 = file.number(at: offset + 2),
            offset + 4 + Int(count) <= range.upperBound
        {
            if id == wideExtra {
                return (0..<Int(count) / 8).compactMap { file.number(at: offset + 4 + 8 * $0, as: UInt64.self) }
            }
            offset += 4 + Int(count)
        }
        return []
    }
}
