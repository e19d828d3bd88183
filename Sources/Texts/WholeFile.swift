import Foundation

/// A file that is read into memory as a whole: a regular file, of a bounded size.
///
/// Settings, tokenizers and lists come from strangers. A pipe under their name would be waited for without end, a device
/// read without end, and a file of many gigabytes take all memory; each is refused before anything is read.
package enum WholeFile {
    /// Why a file was not read, without its path.
    package struct Fault: Error {
        /// What was expected and found.
        package let reason: String
        /// Whether there is nothing at the path.
        package let isMissing: Bool
    }

    /// Bytes of the largest settings, lists and graphs that are read: hundreds of times what published ones have.
    package static let usualLimit = 1 << 28

    /// The bytes of the file at `path`.
    ///
    /// - Parameter limit: how many there may be
    /// - Throws: `Fault` for what is no regular file, cannot be read, or is larger.
    package static func bytes(path: String, atMost limit: Int = usualLimit) throws(Fault) -> [UInt8] {
        // Opening a pipe would wait for whoever writes it.
        let descriptor = path.utf8.contains(0) ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = path.utf8.contains(0) ? ENOENT : errno
            throw Fault(reason: "cannot be read: \(String(cString: strerror(code)))", isMissing: code == ENOENT)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw Fault(reason: "cannot be read: \(String(cString: strerror(errno)))", isMissing: false)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw Fault(reason: "expected a regular file, found \(kind(of: status.st_mode))", isMissing: false)
        }
        guard status.st_size <= limit else {
            throw Fault(reason: "expected at most \(limit) bytes, found \(status.st_size)", isMissing: false)
        }
        // One byte more shows the end; files of the system may have more bytes than they say.
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
        var count = 0
        while true {
            let found = bytes.withUnsafeMutableBytes { buffer in
                read(descriptor, buffer.baseAddress.map { $0 + count }, buffer.count - count)
            }
            if found < 0, errno == EINTR { continue }
            guard found >= 0 else {
                throw Fault(reason: "cannot be read: \(String(cString: strerror(errno)))", isMissing: false)
            }
            guard found > 0 else { break }
            count += found
            guard count <= limit else {
                throw Fault(reason: "expected at most \(limit) bytes, found more", isMissing: false)
            }
            if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: count)) }
        }
        bytes.removeSubrange(count...)
        return bytes
    }

    /// The text of the file at `path`, or nil where it cannot be read or is not UTF-8.
    package static func text(path: String, atMost limit: Int = usualLimit) -> String? {
        (try? bytes(path: path, atMost: limit)).flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// What lies at a path where it is no regular file; opening it could wait without end. `nil` also where there is nothing.
    package static func kindUnlessRegular(path: String) -> String? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return nil }
        return kind(of: status.st_mode)
    }

    /// What a file is that is no regular one, as messages say it.
    package static func kind(of mode: mode_t) -> String {
        switch mode & S_IFMT {
        case S_IFDIR: "a folder"
        case S_IFIFO: "a pipe"
        case S_IFSOCK: "a socket"
        case S_IFCHR, S_IFBLK: "a device"
        default: "something else"
        }
    }
}
