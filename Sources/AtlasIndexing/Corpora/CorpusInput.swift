import Compression
import Foundation
import Texts

/// The bytes of a corpus: a plain file, a gzip file, standard input, or what is in memory.
///
/// A class because an open file has identity: it is closed when the last reference goes.
final class CorpusInput {
    /// The path as it was given, or `standard input`.
    let name: String

    private let descriptor: Int32
    private let ownsDescriptor: Bool
    /// What unpacks a gzip file.
    private let gzip: GzipReading?
    /// What was read from a pipe when it was opened, or all that there is in memory.
    private var first: ArraySlice<UInt8> = []

    /// Opens `path`; one that ends in `.gz` is unpacked, and `-` is standard input.
    ///
    /// - Throws: `CorpusError` when the file cannot be opened.
    init(path: String) throws(CorpusError) {
        guard path != "-" else {
            name = "standard input"
            descriptor = 0
            ownsDescriptor = false
            gzip = nil
            return
        }
        name = path
        let isPacked = path.lowercased().hasSuffix(".gz")
        if isPacked, let kind = WholeFile.kindUnlessRegular(path: path) {
            throw CorpusError(file: path, expected: "a gzip file", found: kind, endsInput: true)
        }
        do {
            gzip = isPacked ? try GzipReading() : nil
        } catch {
            throw CorpusError(file: path, expected: "memory to unpack it", found: "none", endsInput: true)
        }
        let (opened, start) = try Self.open(path)
        first = start[...]
        descriptor = opened
        ownsDescriptor = true
    }

    /// Reads bytes that are there; messages call them `name`.
    init(name: String, content: [UInt8]) {
        self.name = name
        first = content[...]
        descriptor = -1
        ownsDescriptor = false
        gzip = nil
    }

    deinit {
        if ownsDescriptor { close(descriptor) }
    }

    /// How long a pipe is waited for that nobody writes to, in milliseconds.
    private static let longestWait = 10_000
    private static let waitStep = 50

    /// Opens a file, or a pipe that is written to; folders, devices and sockets are no corpora.
    ///
    /// - Returns: the descriptor, and what was read from a pipe to see whether it is written to
    private static func open(_ path: String) throws(CorpusError) -> (descriptor: Int32, start: [UInt8]) {
        func fault(_ expected: String, _ found: String) -> CorpusError {
            CorpusError(file: path, expected: expected, found: found, endsInput: true)
        }
        // Opening a pipe would otherwise wait without end for whoever writes it.
        let opened = Foundation.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard opened >= 0 else { throw fault("a readable file", String(cString: strerror(errno))) }
        var status = stat()
        guard fstat(opened, &status) == 0 else { throw fault("a readable file", String(cString: strerror(errno))) }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            close(opened)
            throw fault("readable data", String(cString: strerror(EISDIR)))
        }
        let isPipe = status.st_mode & S_IFMT == S_IFIFO
        guard isPipe || status.st_mode & S_IFMT == S_IFREG || isatty(opened) == 1 else {
            close(opened)
            throw fault("a file or a pipe", WholeFile.kind(of: status.st_mode))
        }
        var start: [UInt8] = []
        if isPipe {
            guard let found = startOfPipe(opened) else {
                close(opened)
                throw fault("a file, or a pipe that something is written to", "a pipe without a writer")
            }
            start = found
        }
        _ = fcntl(opened, F_SETFL, fcntl(opened, F_GETFL) & ~O_NONBLOCK)
        return (opened, start)
    }

    /// Waits until a pipe has a writer; what it has written so far, at most a byte, or nil where none comes.
    private static func startOfPipe(_ descriptor: Int32) -> [UInt8]? {
        for _ in 0..<longestWait / waitStep {
            // Without a writer a pipe that does not block is at its end; with one, it has nothing yet or something.
            var byte: UInt8 = 0
            let count = Foundation.read(descriptor, &byte, 1)
            if count > 0 { return [byte] }
            if count < 0 { return errno == EAGAIN ? [] : nil }
            usleep(UInt32(waitStep) * 1_000)
        }
        return nil
    }

    /// Fills `buffer` from the front with what is there, waiting for at least one byte.
    ///
    /// - Returns: the number of bytes, 0 at the end of the input.
    func read(into buffer: inout [UInt8]) throws(CorpusError) -> Int {
        guard let gzip else { return try readBytes(into: &buffer) }
        do {
            return try gzip.read(into: &buffer) { try readBytes(into: &$0) }
        } catch let error as CorpusError {
            throw error
        } catch {
            throw CorpusError(file: name, expected: "a complete gzip file", found: "\(error)", endsInput: true)
        }
    }

    /// The same of the bytes as they are in the file.
    private func readBytes(into buffer: inout [UInt8]) throws(CorpusError) -> Int {
        guard first.isEmpty else {
            let part = first.prefix(buffer.count)
            buffer.replaceSubrange(0..<part.count, with: part)
            first = first.dropFirst(part.count)
            return part.count
        }
        guard descriptor >= 0 else { return 0 }
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 { return count }
            let code = errno
            guard code == EINTR else {
                throw CorpusError(
                    file: name, expected: "readable data", found: String(cString: strerror(code)), endsInput: true)
            }
        }
    }
}
