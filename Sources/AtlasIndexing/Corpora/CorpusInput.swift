import Foundation

/// The bytes of a corpus: a plain file, a gzip file or standard input.
///
/// A class because an open file has identity: it is closed, and its `gzip` ended, when the last reference goes.
final class CorpusInput {
    /// The path as it was given, or `standard input`.
    let name: String

    private let descriptor: Int32
    private let ownsDescriptor: Bool
    private var decompressor: Decompressor?

    /// Opens `path`; one that ends in `.gz` is read through `gzip -dc`, and `-` is standard input.
    ///
    /// - Throws: `CorpusError` when the file cannot be opened or `gzip` cannot be started.
    init(path: String) throws(CorpusError) {
        guard path != "-" else {
            name = "standard input"
            descriptor = 0
            ownsDescriptor = false
            return
        }
        name = path
        let opened = open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else {
            throw CorpusError(
                file: path, expected: "a readable file", found: String(cString: strerror(errno)), endsInput: true)
        }
        guard path.lowercased().hasSuffix(".gz") else {
            descriptor = opened
            ownsDescriptor = true
            return
        }
        close(opened)
        let decompressor = try Decompressor(path: path)
        self.decompressor = decompressor
        descriptor = decompressor.output
        ownsDescriptor = false
    }

    deinit {
        if ownsDescriptor { close(descriptor) }
    }

    /// Fills `buffer` from the front with what is there, waiting for at least one byte.
    ///
    /// - Returns: the number of bytes, 0 at the end of the input.
    func read(into buffer: inout [UInt8]) throws(CorpusError) -> Int {
        while true {
            let count = buffer.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return count }
            if count == 0 {
                try decompressor?.finish()
                decompressor = nil
                return 0
            }
            let code = errno
            guard code == EINTR else {
                throw CorpusError(
                    file: name, expected: "readable data", found: String(cString: strerror(code)), endsInput: true)
            }
        }
    }
}

/// A running `gzip -dc`.
private final class Decompressor {
    private let path: String
    private let process = Process()
    private let outputPipe = Pipe()
    private let errorPipe = Pipe()
    private var finished = false

    /// The descriptor that gives the decompressed bytes.
    var output: Int32 { outputPipe.fileHandleForReading.fileDescriptor }

    init(path: String) throws(CorpusError) {
        self.path = path
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        // An absolute path cannot be mistaken for an option.
        process.arguments = ["gzip", "-dc", URL(fileURLWithPath: path).path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = outputPipe
        process.standardError = errorPipe
        do {
            try process.run()
        } catch {
            finished = true
            throw CorpusError(
                file: path, expected: "the program gzip to read it", found: error.localizedDescription,
                advice: "install gzip or decompress the file first", endsInput: true)
        }
    }

    deinit {
        guard !finished else { return }
        // Nobody reads on: gzip ends at its next write.
        try? outputPipe.fileHandleForReading.close()
        process.terminate()
        process.waitUntilExit()
    }

    /// Waits for `gzip` and reports its failure; its few words on standard error never fill a pipe.
    func finish() throws(CorpusError) {
        finished = true
        let message = (try? errorPipe.fileHandleForReading.readToEnd()) ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            // gzip begins with its name and the path, which the error names already.
            let words = String(decoding: message, as: UTF8.self)
                .replacingOccurrences(of: "gzip: \(URL(fileURLWithPath: path).path): ", with: "")
                .trimmingCharacters(in: .whitespacesAndNewlines)
            throw CorpusError(
                file: path, expected: "a complete gzip file",
                found: "exit status \(process.terminationStatus) of gzip, which says \(CorpusExcerpt(words))",
                endsInput: true)
        }
    }
}
